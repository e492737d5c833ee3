import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { echo, slowTool } from "../support/fake-tools.ts";
import { startHttpUpstream, type HttpUpstream } from "../support/fake-upstream.ts";
import { testHub, type TestHub } from "../support/test-hub.ts";

const slow = slowTool();
let upstream: HttpUpstream;
let hub: TestHub;
let session: Record<string, string>;
let messages: string;
let sse: Response;

const json = { "content-type": "application/json", accept: "application/json, text/event-stream" };
const initialize = {
  jsonrpc: "2.0",
  id: 0,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } },
};
const modernMeta = { "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {} };
const modern = { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": "remote__echo" };

beforeAll(async () => {
  upstream = startHttpUpstream({ tools: [echo, slow.tool] });
  hub = await testHub({ mcpServers: { remote: { url: upstream.url } } });
  await hub.ready("remote");
  const opened = await post("/mcp", JSON.stringify(initialize));
  session = { "mcp-session-id": opened.headers.get("mcp-session-id")!, "mcp-protocol-version": "2025-11-25" };
  sse = await fetch(`${hub.url}/sse`);
  const first = await sse.body!.getReader().read();
  messages = /data: (\S+)/.exec(new TextDecoder().decode(first.value))![1]!;
});

afterAll(async () => {
  await hub[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

function post(path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${hub.url}${path}`, { method: "POST", headers: { ...json, ...headers }, body, signal: AbortSignal.timeout(10_000) });
}

/** A call of the echo tool, its arguments and other fields as text, for what no object can hold. */
interface EchoCall {
  readonly args: string;
  readonly fields: string;
}
type Body = string | Uint8Array<ArrayBuffer> | EchoCall;

const around = (args: string, fields = `"id":1,"method":"tools/call"`): EchoCall => ({ args, fields });

const rpc = ({ args, fields }: EchoCall, name = "remote__echo"): string =>
  `{"jsonrpc":"2.0",${fields},"params":{"name":"${name}","arguments":${args},"_meta":${JSON.stringify(modernMeta)}}}`;

const asRpc = (body: Body, name?: string) => (typeof body === "object" && "args" in body ? rpc(body, name) : body);
const asRest = (body: Body) => (typeof body === "object" && "args" in body ? `{"arguments":${body.args}}` : body);

/** Every door that takes JSON of a stranger. */
const doors: Record<string, (body: Body) => Promise<Response>> = {
  "a session of 2025": (body) => post("/mcp", asRpc(body), session),
  "no session yet": (body) => post("/mcp", asRpc(body)),
  "a request of 2026": (body) => post("/mcp", asRpc(body), modern),
  "one server": (body) => post("/mcp/s/remote", asRpc(body, "echo"), { ...modern, "mcp-name": "echo" }),
  "HTTP+SSE": (body) => post(messages, asRpc(body)),
  REST: (body) => post("/api/v2/tools/remote.echo/call", asRest(body)),
};

const nested = (depth: number) => `{"text":${'{"a":'.repeat(depth)}1${"}".repeat(depth)}}`;
const bom = new Uint8Array([0xef, 0xbb, 0xbf, ...new TextEncoder().encode(rpc(around(`{"text":"x"}`)))]);

/** Bodies that no door may carry out. */
const refused: Record<string, Body> = {
  nothing: "",
  "cut off": rpc(around(`{"text":"x"}`)).slice(0, -5),
  "trailing data": `${rpc(around(`{"text":"x"}`))}{}`,
  NaN: around(`{"text":NaN}`),
  "1e400": around(`{"text":"x","n":1e400}`),
  "nested 10,000 deep": around(nested(10_000)),
  "nested 200,000 deep": "[".repeat(200_000) + "]".repeat(200_000),
  __proto__: around(`{"text":"x","__proto__":{"polluted":true}}`),
  "__proto__ in a list": around(`{"text":"x","l":[{"__proto__":{"polluted":true}}]}`),
  "invalid UTF-8 alone": new Uint8Array([0xff, 0xfe, 0x00]),
  "a number": "7",
  null: "null",
  "a string": `"tools/call"`,
  "an empty batch": "[]",
};

/** Bodies that may be carried out or refused, as long as the answer is a defined one. */
const defined: Record<string, Body> = {
  "duplicate keys": around(`{"text":"x"}`, `"id":1,"method":"tools/list","method":"tools/call"`),
  "keys in another case": around(`{"text":"x"}`, `"id":1,"Method":"tools/call","METHOD":"ping"`),
  "a byte order mark": bom,
  "a lone surrogate": around(`{"text":"\\ud800"}`),
  constructor: around(`{"text":"x","constructor":{"prototype":{"polluted":true}}}`),
  "id null": around(`{"text":"x"}`, `"id":null,"method":"tools/call"`),
  "id 1.5": around(`{"text":"x"}`, `"id":1.5,"method":"tools/call"`),
  "id an object": around(`{"text":"x"}`, `"id":{},"method":"tools/call"`),
  "id true": around(`{"text":"x"}`, `"id":true,"method":"tools/call"`),
  "an answer nobody asked for": `{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}`,
  "an error nobody asked for": `{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"x"}}`,
  "request and answer in one": around(`{"text":"x"}`, `"id":1,"method":"tools/call","result":{}`),
  "a batch": `[${rpc(around(`{"text":"x"}`))},${rpc(around(`{"text":"y"}`, `"id":2,"method":"tools/call"`))}]`,
  "a batch of nonsense": `[1,null,{},[]]`,
  "an unknown method": around("{}", `"id":1,"method":"no/such"`),
  "an unknown notification": `{"jsonrpc":"2.0","method":"notifications/no-such"}`,
  "jsonrpc 1.0": `{"jsonrpc":"1.0","id":1,"method":"ping"}`,
};

async function expectDefined(response: Response): Promise<string> {
  expect(response.status).toBeLessThan(500);
  const text = await response.text();
  expect(text).not.toMatch(/\n\s+at /);
  return text;
}

async function expectWell(): Promise<void> {
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  const answer = await doors["a request of 2026"]!(around(`{"text":"well"}`));
  expect(await answer.text()).toContain(`"text":"well"`);
}

const callsSeen = () => upstream.requests.filter(({ message }) => message?.method === "tools/call").length;

for (const [door, send] of Object.entries(doors)) {
  test(`H1 H3 ${door}: what is no honest message is refused with a defined error, and no server sees it`, async () => {
    const before = callsSeen();
    for (const [name, body] of Object.entries(refused)) {
      // A REST call without a body is one without arguments.
      if (door === "REST" && name === "nothing") continue;
      const response = await send(body);
      const text = await expectDefined(response);
      expect([name, response.ok && !/"(error|isError)":/.test(text)]).toEqual([name, false]);
    }
    expect(callsSeen()).toBe(before);
    await expectWell();
  }, 20_000);

  test(`H1 H3 H4 ${door}: what is odd has a defined answer`, async () => {
    for (const body of Object.values(defined)) await expectDefined(await send(body));
    await expectWell();
  }, 20_000);

  test(`H12 ${door}: no JSON and no text makes the hub fail`, async () => {
    const message = fc.record(
      {
        jsonrpc: fc.constantFrom("2.0", "1.0", 2),
        id: fc.oneof(fc.integer(), fc.string(), fc.jsonValue()),
        method: fc.oneof(
          fc.constantFrom("tools/call", "tools/list", "ping", "initialize", "resources/read", "completion/complete"),
          fc.string(),
        ),
        params: fc.oneof(
          fc.jsonValue(),
          fc.record({ name: fc.jsonValue(), arguments: fc.jsonValue(), _meta: fc.jsonValue(), uri: fc.jsonValue() }),
        ),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          message.map((value) => JSON.stringify(value)),
          fc.json(),
          fc.string(),
        ),
        async (body) => {
          await expectDefined(await send(body));
        },
      ),
      { numRuns: 60 },
    );
    await expectWell();
  }, 30_000);
}

test("H1 a body of 50 MB is refused before it is read", async () => {
  const huge = around(`{"text":"${"x".repeat(50_000_000)}"}`);
  for (const send of Object.values(doors)) {
    const status = await send(huge).then(
      (response) => response.status,
      // The hub may close while the client still writes.
      () => 413,
    );
    expect(status).toBe(413);
  }
  await expectWell();
}, 20_000);

test("H2 headers that say something else than the body are refused with -32020, and no server sees it", async () => {
  const before = callsSeen();
  const body = rpc(around(`{"text":"x"}`));
  for (const headers of [
    { ...modern, "mcp-method": "tools/list" },
    { ...modern, "mcp-name": "remote__slow" },
    { ...modern, "mcp-name": "" },
    { "mcp-protocol-version": modern["mcp-protocol-version"] },
  ]) {
    const response = await post("/mcp", body, headers);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: -32020 } });
  }
  expect(callsSeen()).toBe(before);
});

test("H3 a second request under an id that is in flight neither crosses with the first nor stops it", async () => {
  const request = (name: string, text: string) =>
    post("/mcp", JSON.stringify({ jsonrpc: "2.0", id: 77, method: "tools/call", params: { name, arguments: { text } } }), session);
  const first = request("remote__slow", "");
  await slow.started;
  const second = await request("remote__echo", "second");
  slow.finish("first");
  const answers = [await (await first).text(), await second.text()];
  expect(answers[0]).not.toContain("second");
  expect(answers[1]).not.toContain("first");
  await expectWell();
}, 15_000);

test("H3 an answer smuggled in by another session answers nothing", async () => {
  const opened = await post("/mcp", JSON.stringify(initialize));
  const other = { "mcp-session-id": opened.headers.get("mcp-session-id")!, "mcp-protocol-version": "2025-11-25" };
  for (const id of [0, 1, 2, "0"]) {
    const response = await post("/mcp", JSON.stringify({ jsonrpc: "2.0", id, result: { action: "accept" } }), other);
    await expectDefined(response);
  }
  await expectWell();
});
