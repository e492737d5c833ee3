import {
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  Server,
  UriTemplate,
  type CallToolResult,
  type GetPromptResult,
  type InputRequiredResult,
  type Prompt,
  type Resource,
  type ResourceTemplateType,
  type ServerContext,
  type ServerEventBus,
  type Tool,
} from "@modelcontextprotocol/server";

type Arguments = Record<string, unknown>;
type Eventually<T> = T | Promise<T>;

export interface FakeTool extends Omit<Tool, "inputSchema"> {
  readonly inputSchema?: Tool["inputSchema"];
  readonly call: (args: Arguments, context: ServerContext) => Eventually<CallToolResult | InputRequiredResult>;
}

export interface FakeResource extends Resource {
  readonly text: string;
}

export interface FakeTemplate extends ResourceTemplateType {
  readonly text: (variables: Record<string, string | string[]>) => string;
}

export interface FakePrompt extends Prompt {
  readonly get: (args: Arguments) => GetPromptResult;
}

/** What a fake server has; read anew for every request, so a test may change it and then announce the change. */
export interface Offer {
  readonly tools?: readonly FakeTool[];
  readonly resources?: readonly FakeResource[];
  readonly templates?: readonly FakeTemplate[];
  readonly prompts?: readonly FakePrompt[];
  /** Lists come in pages of this many, with cursors. */
  readonly pageSize?: number;
  readonly instructions?: string;
  /** Answers requests of methods that no specification knows, and declares an extension for them. */
  readonly extension?: (method: string, params: Arguments) => Arguments;
}

export const fakeExtension = "example.com/skills";

/** A real MCP server that offers what the test says, schemas untouched. */
export function createFakeServer(offer: () => Offer, changes: ServerEventBus): Server {
  const server = new Server(
    { name: "fake", version: "1.0.0" },
    {
      capabilities: {
        completions: {},
        logging: {},
        prompts: { listChanged: true },
        resources: { listChanged: true, subscribe: true },
        tools: { listChanged: true },
        ...(offer().extension && { extensions: { [fakeExtension]: { levels: [1] } }, experimental: { trial: {} } }),
      },
      instructions: offer().instructions,
    },
  );
  serveTools(server, offer);
  serveResources(server, offer);
  servePrompts(server, offer);
  announceChanges(server, changes);
  const { extension } = offer();
  if (extension) server.fallbackRequestHandler = async ({ method, params }) => extension(method, params ?? {});
  return server;
}

function serveTools(server: Server, offer: () => Offer): void {
  server.setRequestHandler("tools/list", ({ params }) => {
    const { items, ...page } = pageOf(offer().tools, params?.cursor, offer().pageSize);
    return { ...page, tools: items.map((tool) => ({ inputSchema: { type: "object" as const }, ...without(tool, "call") })) };
  });
  server.setRequestHandler("tools/call", ({ params }, context) => {
    const tool = offer().tools?.find(({ name }) => name === params.name);
    if (!tool) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `There is no tool ${params.name}`);
    return tool.call(params.arguments ?? {}, context);
  });
}

function serveResources(server: Server, offer: () => Offer): void {
  server.setRequestHandler("resources/list", ({ params }) => {
    const { items, ...page } = pageOf(offer().resources, params?.cursor, offer().pageSize);
    return { ...page, resources: items.map((resource) => without(resource, "text")) };
  });
  server.setRequestHandler("resources/templates/list", ({ params }) => {
    const { items, ...page } = pageOf(offer().templates, params?.cursor, offer().pageSize);
    return { ...page, resourceTemplates: items.map((template) => without(template, "text")) };
  });
  server.setRequestHandler("resources/read", ({ params: { uri } }) => {
    const text = textAt(offer(), uri);
    if (text === undefined) throw new ResourceNotFoundError(uri);
    return { contents: [{ uri, mimeType: "text/plain", text }] };
  });
}

function textAt({ resources = [], templates = [] }: Offer, uri: string): string | undefined {
  const direct = resources.find((resource) => resource.uri === uri);
  if (direct) return direct.text;
  for (const template of templates) {
    const variables = new UriTemplate(template.uriTemplate).match(uri);
    if (variables) return template.text(variables);
  }
  return undefined;
}

function servePrompts(server: Server, offer: () => Offer): void {
  server.setRequestHandler("prompts/list", ({ params }) => {
    const { items, ...page } = pageOf(offer().prompts, params?.cursor, offer().pageSize);
    return { ...page, prompts: items.map((prompt) => without(prompt, "get")) };
  });
  server.setRequestHandler("prompts/get", ({ params }) => {
    const prompt = offer().prompts?.find(({ name }) => name === params.name);
    if (!prompt) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `There is no prompt ${params.name}`);
    return prompt.get(params.arguments ?? {});
  });
  server.setRequestHandler("completion/complete", ({ params: { argument } }) => ({
    completion: { values: [`${argument.value}-completed`], total: 1, hasMore: false },
  }));
}

/** Instances that live as long as a session or a pipe tell their client themselves; the others' clients listen on the bus. */
function announceChanges(server: Server, changes: ServerEventBus): void {
  const watched = new Set<string>();
  server.setRequestHandler("resources/subscribe", ({ params }) => {
    watched.add(params.uri);
    return {};
  });
  server.setRequestHandler("resources/unsubscribe", ({ params }) => {
    watched.delete(params.uri);
    return {};
  });
  // An instance that has not been connected yet, or no longer, has nobody to tell.
  const tell = (sent: Promise<void>) => void sent.catch(() => undefined);
  server.onclose = changes.subscribe((event) => {
    if (event.kind === "tools_list_changed") tell(server.sendToolListChanged());
    else if (event.kind === "prompts_list_changed") tell(server.sendPromptListChanged());
    else if (event.kind === "resources_list_changed") tell(server.sendResourceListChanged());
    else if (watched.has(event.uri)) tell(server.sendResourceUpdated({ uri: event.uri }));
  });
}

function pageOf<T>(all: readonly T[] = [], cursor = "0", size = all.length) {
  const start = Number(cursor);
  const end = start + Math.max(size, 1);
  return { items: all.slice(start, end), ...(end < all.length && { nextCursor: String(end) }) };
}

/** What of an entry goes over the wire. */
function without<T extends object, Key extends keyof T>(entry: T, key: Key): Omit<T, Key> {
  const { [key]: _hidden, ...rest } = entry;
  return rest;
}
