import { StreamableHTTPClientTransport, type JSONRPCMessage } from "@modelcontextprotocol/client";
import { expect, test } from "bun:test";
import { HttpTransport } from "./http-transport.ts";

const url = new URL("http://server.test/mcp");
const json = { headers: { "content-type": "application/json" } };
const modern = { "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {} };
const call = (name: string, meta?: Record<string, unknown>) =>
  ({ jsonrpc: "2.0", id: 7, method: "tools/call", params: { name, arguments: { text: "é" }, ...(meta && { _meta: meta }) } }) as const;
const result = { jsonrpc: "2.0", id: 7, result: { content: [], unknown: [1], _meta: { a: 1 } } };

interface Seen {
  readonly requests: { readonly method: string; readonly headers: Record<string, string>; readonly body: string }[];
  readonly messages: JSONRPCMessage[];
  readonly errors: string[];
  readonly refused: number;
  readonly thrown: string | undefined;
}

/** What a transport does with one message where the server answers so, one answer behind the other. */
async function seenBy(
  Transport: typeof HttpTransport | typeof StreamableHTTPClientTransport,
  message: JSONRPCMessage,
  answers: readonly (() => Response)[],
): Promise<Seen> {
  const left = [...answers];
  const seen = {
    requests: [] as Seen["requests"],
    messages: [] as JSONRPCMessage[],
    errors: [] as string[],
    refused: 0,
    thrown: undefined as string | undefined,
  };
  const transport = new Transport(url, {
    fetch: async (_, init) => {
      seen.requests.push({
        method: init?.method ?? "GET",
        headers: Object.fromEntries(new Headers(init?.headers)),
        body: String(init?.body),
      });
      return left.length > 1 ? left.shift()!() : left[0]!();
    },
    authProvider: { token: async () => `token-${seen.refused}`, onUnauthorized: async () => void (seen.refused += 1) },
    requestInit: { headers: { "x-of-the-owner": "1" } },
  });
  const closed = Promise.withResolvers<void>();
  transport.onmessage = (received) => void seen.messages.push(received);
  transport.onerror = (cause) => void seen.errors.push(cause.message);
  transport.onclose = () => closed.resolve();
  await transport.start();
  transport.setProtocolVersion("2025-11-25");
  await transport.send(message).catch((cause: Error) => (seen.thrown = `${cause.name}: ${cause.message}`));
  // A stream is read on after `send`; each of these is over after a few turns.
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
  await transport.close();
  return seen;
}

const event = (message: object) => `event: message\ndata: ${JSON.stringify(message)}\n\n`;
const progress = { jsonrpc: "2.0", method: "notifications/progress", params: { progressToken: 7, progress: 1 } };
const ok = () => Response.json(result);

const answers: Record<string, readonly (() => Response)[]> = {
  "one result": [ok],
  "a charset": [() => new Response(JSON.stringify(result), { headers: { "content-type": "application/json; charset=utf-8" } })],
  "an error": [() => Response.json({ jsonrpc: "2.0", id: 7, error: { code: -32602, message: "no", data: { a: 1 } } })],
  "an array": [() => Response.json([progress, result])],
  "another id": [() => Response.json({ ...result, id: "7" })],
  "no result": [() => Response.json({ jsonrpc: "2.0", id: 7 })],
  "an unknown field beside the result": [() => Response.json({ ...result, extra: 1 })],
  "no JSON": [() => new Response("<html>", json)],
  "a stream": [() => new Response(event(progress) + event(result), { headers: { "content-type": "text/event-stream" } })],
  "nothing to say": [() => new Response(null, { status: 202 })],
  "another type": [() => new Response("hello", { headers: { "content-type": "text/plain" } })],
  "401, then a result": [() => new Response(null, { status: 401 }), ok],
  "401 always": [() => new Response(null, { status: 401 })],
  "403 for want of scope": [
    () => new Response(null, { status: 403, headers: { "www-authenticate": 'Bearer error="insufficient_scope", scope="a"' } }),
  ],
  "404": [() => new Response("session not found", { status: 404 })],
  "400 with an error of its own": [
    () => Response.json({ jsonrpc: "2.0", id: 7, error: { code: -32020, message: "mismatch" } }, { status: 400 }),
  ],
  "500": [() => new Response("oops", { status: 500 })],
  "a redirect within, then a result": [() => new Response(null, { status: 307, headers: { location: "/elsewhere" } }), ok],
  "a redirect to another host": [() => new Response(null, { status: 307, headers: { location: "http://other.test/" } })],
};

for (const [what, given] of Object.entries(answers))
  for (const [era, meta] of [
    ["2025", undefined],
    ["2026", modern],
  ] as const)
    test(`${what}, ${era}: does what the SDK's transport does`, async () => {
      const own = await seenBy(HttpTransport, call("echo", meta), given);
      expect(own).toEqual(await seenBy(StreamableHTTPClientTransport, call("echo", meta), given));
      expect(own.messages.length + (own.thrown ? 1 : 0) + own.errors.length > 0 || what === "nothing to say").toBe(true);
    });

test("a name that is no plain header value, and other requests, go the SDK's way, to the same effect", async () => {
  for (const name of ["a tool", " x", "=?base64?eA==?=", "é", ""])
    expect(await seenBy(HttpTransport, call(name, modern), [ok])).toEqual(
      await seenBy(StreamableHTTPClientTransport, call(name, modern), [ok]),
    );
  const ping = { jsonrpc: "2.0", id: 7, method: "ping" } as const;
  expect(await seenBy(HttpTransport, ping, [ok])).toEqual(await seenBy(StreamableHTTPClientTransport, ping, [ok]));
});

test("what is under way ends when the transport is closed or the request given up, and is no error of the connection then", async () => {
  for (const end of ["close", "abort"] as const) {
    const asked = Promise.withResolvers<AbortSignal>();
    const transport = new HttpTransport(url, {
      fetch: (_, init) => {
        asked.resolve(init!.signal!);
        return new Promise((__, reject) => init!.signal!.addEventListener("abort", () => reject(init!.signal!.reason as Error)));
      },
      requestInit: { headers: {} },
    });
    const errors: Error[] = [];
    transport.onerror = (cause) => void errors.push(cause);
    await transport.start();
    const request = new AbortController();
    const sent = transport.send(call("echo", modern), { requestSignal: request.signal });
    await asked.promise;
    if (end === "close") await transport.close();
    else request.abort();
    await expect(sent).rejects.toThrow("abort");
    expect(errors).toHaveLength(end === "close" ? 1 : 0);
  }
});
