import { walk, type NamedOperation, type Router } from "../kernel/operation.ts";
import { errorResponseComponents, errorResponses, errorSchema } from "./openapi-errors.ts";
import { collectSchemas, type JsonSchema, type SchemaCollection } from "./openapi-schemas.ts";
import { httpOf, restPrefix, takesBody } from "./rest-surface.ts";
import type { Route } from "./routes.ts";

export interface OpenApiInfo {
  readonly title: string;
  readonly version: string;
}

export interface OpenApiDocument {
  readonly openapi: "3.1.0";
  readonly info: OpenApiInfo & { readonly description: string };
  readonly paths: Record<string, Record<string, unknown>>;
  readonly [section: string]: unknown;
}

const description = `Every operation of the hub. Failures answer \`{ "error": { code, message, retryable, hint, details } }\`.
With \`Accept: text/event-stream\` an operation answers a stream: \`progress\` events while it runs, then one \`result\` or one \`error\`.`;

/** The REST surface as an OpenAPI 3.1 document, made from the operations alone. */
export function openApiDocument(router: Router, info: OpenApiInfo): OpenApiDocument {
  const schemas = collectSchemas();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const named of walk(router)) {
    const { method, path } = httpOf(named.operation.http);
    (paths[`${restPrefix}${path}`] ??= {})[method.toLowerCase()] = operationObject(named, schemas);
  }
  paths[`${restPrefix}/events/stream`] = { get: eventStreamObject };
  const areas = [...new Set([...walk(router)].map(({ area }) => area)), "events"];
  return {
    openapi: "3.1.0",
    info: { ...info, description },
    servers: [{ url: "/" }],
    tags: [...new Set(areas)].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "Not needed on loopback and the unix socket while the hub has no users" },
      },
      responses: errorResponseComponents(),
      schemas: { Error: errorSchema, ...schemas.components },
    },
  };
}

function operationObject(named: NamedOperation, schemas: SchemaCollection): object {
  const { name, area, operation } = named;
  const { method, path } = httpOf(operation.http);
  const inPath = new Set([...path.matchAll(/\{(\w+)\}/g)].map(([, field]) => field!));
  const input = schemas.of(operation.input, "input", `${name}.input`) as InputObject;
  const fields = Object.entries(input.properties ?? {});
  const others = fields.filter(([field]) => !inPath.has(field));
  const isRequired = (field: string) => inPath.has(field) || (input.required?.includes(field) ?? false);
  const query = takesBody(method) ? [] : others;
  const hasBody = takesBody(method) && others.length > 0;
  return {
    operationId: name,
    tags: [area],
    summary: operation.summary,
    ...(operation.description && { description: operation.description }),
    security: [{ bearer: [operation.scope] }],
    parameters: [
      ...fields
        .filter(([field]) => inPath.has(field))
        .map(([field, schema]) => ({ ...parameter(field, schema), in: "path", required: true })),
      ...query.map(([field, schema]) => ({ ...parameter(field, schema), in: "query", required: isRequired(field) })),
    ],
    ...(hasBody && { requestBody: bodyOf(others, input) }),
    responses: { "200": success(schemas.of(operation.output, "output", `${name}.output`)), ...errorResponses(takesBody(method)) },
  };
}

interface InputObject extends JsonSchema {
  readonly properties?: Record<string, JsonSchema>;
  readonly required?: readonly string[];
}

/** What is no text, number or list of them travels as JSON. */
function parameter(name: string, { description: text, ...schema }: JsonSchema): object {
  const isJson = schema["type"] === "object" || schema["$ref"] !== undefined;
  return {
    name,
    ...(typeof text === "string" && { description: text }),
    ...(isJson ? { content: { "application/json": { schema } } } : { schema }),
  };
}

function bodyOf(fields: readonly [string, JsonSchema][], { required = [] }: InputObject): object {
  const mandatory = required.filter((name) => fields.some(([field]) => field === name));
  const schema = {
    type: "object",
    properties: Object.fromEntries(fields),
    ...(mandatory.length > 0 && { required: mandatory }),
    additionalProperties: false,
  };
  return { required: mandatory.length > 0, content: { "application/json": { schema } } };
}

const success = (schema: JsonSchema) => ({
  description: "It worked",
  content: {
    "application/json": { schema },
    "text/event-stream": {
      schema: { type: "string", description: "`progress` events, then one `result` with the JSON answer or one `error`" },
    },
  },
});

const eventStreamObject = {
  operationId: "events.stream",
  tags: ["events"],
  summary: "Follow what happens",
  description: "Server-sent events: `id` is the event's id, `event` its type, `data` the event as JSON. A comment comes every ten seconds.",
  security: [{ bearer: ["events:read"] }],
  parameters: [
    {
      name: "types",
      in: "query",
      required: false,
      description: "Only these types, comma-separated; `*` stands for any text",
      schema: { type: "string", examples: ["servers.*,catalog.changed"] },
    },
    {
      name: "after",
      in: "query",
      required: false,
      description: "Begin behind this event; without it, now",
      schema: { type: "integer", minimum: 0 },
    },
    {
      name: "Last-Event-ID",
      in: "header",
      required: false,
      description: "The same, as browsers send it when they reconnect",
      schema: { type: "integer", minimum: 0 },
    },
  ],
  responses: {
    "200": { description: "The stream", content: { "text/event-stream": { schema: { type: "string" } } } },
    ...errorResponses(false),
  },
};

/** Serves the document; it is made when first asked for and kept. */
export function openApiRoute(router: Router, info: OpenApiInfo): Route {
  let text: string | undefined;
  return {
    method: "GET",
    path: `${restPrefix}/openapi.json`,
    handle: () =>
      new Response((text ??= JSON.stringify(openApiDocument(router, info))), {
        headers: { "content-type": "application/json", "cache-control": "no-cache" },
      }),
  };
}
