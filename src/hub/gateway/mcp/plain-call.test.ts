import { expect, test } from "bun:test";
import { fakeSource } from "../../../../tests/support/fake-source.ts";
import { testEndpoint } from "../../../../tests/support/test-endpoint.ts";
import type { Result } from "../../catalog/call.ts";
import { HubError } from "../../kernel/errors.ts";
import { plainCall } from "./plain-call.ts";

const prefix = "io.modelcontextprotocol/";
const envelope = {
  [`${prefix}protocolVersion`]: "2026-07-28",
  [`${prefix}clientInfo`]: { name: "test", version: "1" },
  [`${prefix}clientCapabilities`]: { elicitation: {} },
};
const headers = { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": "files__read" };
const params = { name: "files__read", arguments: { path: "a" }, _meta: envelope };
const message = { jsonrpc: "2.0", id: 1, method: "tools/call", params };
const read = (body: unknown, changed: Record<string, string> = {}) => plainCall(new Headers({ ...headers, ...changed }), body);

test("reads a call apart", () => {
  const meta = { ...envelope, traceparent: "00-1-2-03" };
  expect(read({ ...message, id: "a", params: { ...params, _meta: meta } })).toEqual({
    id: "a",
    name: "files__read",
    args: { path: "a" },
    meta: { traceparent: "00-1-2-03" },
    clientCapabilities: { elicitation: {} },
  });
  expect(read({ ...message, params: { name: "files__read", _meta: envelope } })).toMatchObject({ args: undefined, meta: undefined });
});

test("leaves to the SDK what has to be judged, and what may be told of before its result", () => {
  const withMeta = (more: object) => ({ ...message, params: { ...params, _meta: { ...envelope, ...more } } });
  const others: unknown[] = [
    [message],
    null,
    { ...message, id: null },
    { ...message, id: 1.5 },
    { ...message, id: undefined },
    { ...message, jsonrpc: "1.0" },
    { ...message, method: "tools/list" },
    { ...message, params: undefined },
    { ...message, params: { ...params, name: 7 } },
    { ...message, params: { ...params, arguments: [] } },
    { ...message, params: { ...params, _meta: undefined } },
    { ...message, params: { ...params, task: {} } },
    { ...message, params: { ...params, inputResponses: {} } },
    { ...message, params: { ...params, requestState: "s" } },
    withMeta({ progressToken: 1 }),
    withMeta({ [`${prefix}logLevel`]: "info" }),
    withMeta({ [`${prefix}related-task`]: {} }),
    withMeta({ [`${prefix}protocolVersion`]: "2025-11-25" }),
    withMeta({ [`${prefix}clientInfo`]: { name: "test" } }),
    withMeta({ [`${prefix}clientInfo`]: { name: "test", version: "1", icons: [] } }),
    withMeta({ [`${prefix}clientCapabilities`]: undefined }),
    withMeta({ [`${prefix}clientCapabilities`]: { elicitation: true } }),
  ];
  for (const body of others) expect(read(body)).toBeUndefined();
  for (const header of Object.keys(headers)) expect(read(message, { [header]: "other" })).toBeUndefined();
});

/** What a server does with a call, by the argument it is called with. */
const doings: Readonly<Record<string, () => Result>> = {
  plain: () => ({ content: [{ type: "text", text: "é" }], structuredContent: { a: [1] }, unknown: { b: null } }),
  "says complete and has a _meta": () => ({
    resultType: "complete",
    content: [],
    _meta: { "x/y": 1, [`${prefix}serverInfo`]: { name: "n", version: "0" } },
  }),
  "a tool's own failure": () => ({ content: [], isError: true }),
  "no content": () => ({ structuredContent: {} }),
  "content that is none": () => ({ content: "text" }),
  "a _meta that is none": () => ({ content: [], _meta: 7 }),
  "another type of result": () => ({ resultType: "task", content: [] }),
  "asks for input": () => ({
    resultType: "input_required",
    inputRequests: {
      q: { method: "elicitation/create", params: { mode: "form", message: "?", requestedSchema: { type: "object", properties: {} } } },
    },
  }),
  "asks for what the client cannot": () => ({ resultType: "input_required", inputRequests: { q: { method: "roots/list" } } }),
  "asks for nothing": () => ({ resultType: "input_required" }),
  "too large": () => ({ content: [{ type: "text", text: "x".repeat(20_000) }] }),
  "out of time": () => {
    throw new HubError("TIMEOUT", "files did not answer in time");
  },
  "an error of the server's own": () => {
    throw new HubError("UPSTREAM_REJECTED", "no", { details: { rpcCode: -32099, data: { why: "so" } } });
  },
};

function world() {
  const asked: unknown[] = [];
  const properties = { path: { type: "string" } };
  const files = fakeSource("files", {
    tools: [
      { name: "read", inputSchema: { type: "object", properties } },
      { name: "mirrored", inputSchema: { type: "object", properties: { path: { type: "string", "x-mcp-header": "Path" } } } },
    ],
    request: async (_, given) => {
      const { arguments: args, _meta: meta } = given as { arguments: { path?: string }; _meta?: Record<string, unknown> };
      asked.push({ args, meta: { ...meta, progressToken: undefined } });
      return doings[args.path ?? "plain"]!();
    },
  });
  return { asked, endpoint: testEndpoint([files], { ana: {}, guest: { sources: ["other"] } }) };
}

type World = ReturnType<typeof world>;
interface Asking {
  readonly name?: string;
  readonly as?: string;
  readonly path?: string;
  readonly args?: unknown;
}

/** Makes one call; a progress token makes it one for the SDK without changing its meaning. */
async function call({ endpoint }: World, { name = "files__read", as = "ana", path = "/mcp", args = {} }: Asking, way: "short" | "SDK") {
  const meta = { ...envelope, traceparent: "00-1-2-03", ...(way === "SDK" && { progressToken: "t" }) };
  const body = { ...message, params: { name, arguments: args, _meta: meta } };
  expect(plainCall(new Headers({ ...headers, "mcp-name": name }), body) !== undefined).toBe(way === "short");
  const response = await endpoint.ask(path, { method: "POST", headers: { ...headers, "mcp-name": name }, body: JSON.stringify(body) }, as);
  // The state of a round is sealed anew each time.
  const text = (await response.text()).replace(/"requestState":"[^"]*"/, '"requestState":"sealed"');
  return { status: response.status, type: response.headers.get("content-type")?.split(";")[0], body: JSON.parse(text) as unknown };
}

const cases: Readonly<Record<string, Asking>> = {
  ...Object.fromEntries(Object.keys(doings).map((doing) => [doing, { args: { path: doing } }])),
  "arguments that do not fit": { args: { path: 7 } },
  "a tool that is not there": { name: "files__write" },
  "a tool that may not be known of": { as: "guest" },
  "a header that is missing": { name: "files__mirrored", args: { path: "plain" } },
  "the door of one server": { name: "read", path: "/mcp/s/files" },
};

for (const [what, asking] of Object.entries(cases))
  test(`${what}: the short way answers as the SDK does, and asks the server as often`, async () => {
    const [short, long] = [world(), world()];
    await using _ = short.endpoint;
    await using __ = long.endpoint;
    expect(await call(short, asking, "short")).toEqual(await call(long, asking, "SDK"));
    expect(short.asked).toEqual(long.asked);
  });
