import { describe, expect, test } from "bun:test";
import { validate } from "@readme/openapi-parser";
import { z } from "zod";
import { operations } from "#hub/operations.ts";
import { errorTable } from "../kernel/errors.ts";
import { defineOperation, walk, type Router } from "../kernel/operation.ts";
import { openApiDocument, type OpenApiDocument } from "./openapi.ts";
import { sampleRouter } from "../../../tests/support/test-gateway.ts";

const info = { title: "test", version: "1" };
const operationOf = (document: OpenApiDocument, path: string, method: string) =>
  document.paths[`/api/v2${path}`]![method] as { readonly parameters: { name: string; in: string }[]; readonly responses: object };
const common = { summary: "x", audit: "none", scope: "things:read" } as const;
const Node = z.object({
  name: z.string(),
  get children() {
    return z.array(Node);
  },
});
const Owner = z.object({ id: z.string(), role: z.string().default("reader") }).meta({ id: "Owner" });
const oddRouter = {
  odd: {
    tree: defineOperation({
      ...common,
      http: "GET /trees/{id}",
      input: z.object({ id: z.string() }),
      output: Node,
      run: () => ({ name: "", children: [] }),
    }),
    forest: defineOperation({
      ...common,
      http: "GET /forests",
      input: z.object({ filter: z.record(z.string(), z.string()).optional() }),
      output: z.array(Node),
      run: () => [],
    }),
    owner: defineOperation({
      ...common,
      http: "GET /owners",
      input: z.object({}),
      output: z.object({ a: Owner, b: z.array(Owner) }),
      run: () => ({ a: { id: "" }, b: [] }),
    }),
    give: defineOperation({ ...common, http: "PUT /owners", input: z.object({ owner: Owner }), output: Owner, run: ({ owner }) => owner }),
  },
} satisfies Router;

describe("openApiDocument", () => {
  test.each([
    ["the hub's operations", operations],
    ["sample operations", sampleRouter],
    ["recursive and shared schemas", oddRouter],
  ] as [string, Router][])("of %s is valid OpenAPI 3.1", async (_, router) => {
    const result = await validate(
      JSON.parse(JSON.stringify(openApiDocument(router, info))) as never,
      { resolve: { external: false } } as never,
    );
    expect(result).toMatchObject({ valid: true, warnings: [] });
  });

  test("has every operation once, under its name", () => {
    const document = openApiDocument(operations, info);
    const ids = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map((one) => (one as { operationId: string }).operationId),
    );
    expect(ids.toSorted()).toEqual([...[...walk(operations)].map(({ name }) => name), "events.stream"].toSorted());
  });

  test("puts each field where the request carries it", () => {
    const document = openApiDocument(sampleRouter, info);
    const rename = operationOf(document, "/things/{id}/rename", "post");
    expect(rename).toMatchObject({
      parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
      requestBody: {
        required: true,
        content: {
          "application/json": {
            schema: {
              properties: { name: { type: "string" }, force: { default: false } },
              required: ["name"],
              additionalProperties: false,
            },
          },
        },
      },
      security: [{ bearer: ["things:write"] }],
    });
    expect(operationOf(document, "/things/{id}", "delete").parameters.map(({ name, in: where }) => [name, where])).toEqual([
      ["id", "path"],
      ["force", "query"],
    ]);
  });

  test("documents every status of the error table that a caller can meet", () => {
    const responses = Object.keys(operationOf(openApiDocument(sampleRouter, info), "/things", "get").responses);
    const expected = new Set(Object.values(errorTable).map(({ status }) => String(status)));
    expected.delete("499");
    expect(responses.toSorted()).toEqual(["200", ...expected].toSorted());
  });

  test("a schema with an id is a component that both uses refer to, with and without its defaults filled in", () => {
    const { components } = openApiDocument(oddRouter, info) as unknown as {
      components: { schemas: Record<string, { required: string[] }> };
    };
    expect([components.schemas["Owner"]!.required, components.schemas["OwnerInput"]!.required]).toEqual([["id", "role"], ["id"]]);
  });

  test("holds no reference into a schema's own definitions", () => {
    expect(JSON.stringify(openApiDocument(oddRouter, info))).not.toMatch(/#\/\$defs|"\$ref":"#"|undefined/);
  });
});
