import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from "@modelcontextprotocol/client";
import { Client as OldClient } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { expect, test } from "bun:test";
import { startHttpUpstream, type HttpUpstream } from "../support/fake-upstream.ts";
import { testHub } from "../support/test-hub.ts";

interface Sent {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
}

/** A collector on loopback that keeps what it is sent. */
function startCollector() {
  const spans: Sent[] = [];
  const requests: { path: string; key: string | null; resource: unknown }[] = [];
  const listener = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { resourceSpans } = (await request.json()) as {
        resourceSpans: { resource: unknown; scopeSpans: { spans: Sent[] }[] }[];
      };
      for (const { resource, scopeSpans } of resourceSpans) {
        requests.push({ path: new URL(request.url).pathname, key: request.headers.get("api-key"), resource });
        spans.push(...scopeSpans.flatMap((scope) => scope.spans));
      }
      return Response.json({});
    },
  });
  return { url: listener.url.origin, spans, requests, [Symbol.asyncDispose]: () => listener.stop(true) };
}

const [trace, parent] = ["0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"];
const traceparent = `00-${trace}-${parent}-01`;
const arguments_ = { a: 2, b: 3 };

const envOf = (url: string) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_HEADERS: "api-key=secret",
  OTEL_SERVICE_NAME: "my hub",
});

/** The call as it reached the server: its trace context in `_meta` and in the header. */
function arrived({ requests }: HttpUpstream) {
  const { headers, message } = requests.findLast((request) => request.message?.method === "tools/call")!;
  const meta = message!.params!["_meta"] as Record<string, unknown>;
  return { meta, header: headers.get("traceparent") };
}

const named = (spans: readonly Sent[], name: string) => spans.findLast((span) => span.name === name)!;

test("a request, its call and what its server is asked are one trace, which goes on at the server", async () => {
  for (const legacyOnly of [false, true]) {
    await using collector = startCollector();
    await using upstream = startHttpUpstream({ legacyOnly });
    const config = { mcpServers: { remote: { url: upstream.url } } };
    {
      await using hub = await testHub(config, { env: envOf(collector.url) });
      await hub.ready("remote");
      const answer = await fetch(`${hub.url}/api/v2/tools/remote.add/call`, {
        method: "POST",
        headers: { "content-type": "application/json", traceparent, tracestate: "x=1" },
        body: JSON.stringify({ arguments: arguments_ }),
      });
      expect(answer.status).toBe(200);
    }
    const { spans } = collector;
    const door = named(spans, "POST /api/v2/tools/{id}/call");
    const call = named(spans, "tools/call remote.add");
    const request = named(spans, "tools/call add");
    expect([door.parentSpanId, call.parentSpanId, request.parentSpanId]).toEqual([parent, door.spanId, call.spanId]);
    expect([door.kind, call.kind, request.kind]).toEqual([2, 1, 3]);
    for (const { traceId } of [door, call, request]) expect(traceId).toBe(trace);
    const there = `00-${trace}-${request.spanId}-01`;
    expect(arrived(upstream)).toMatchObject({ meta: { traceparent: there, tracestate: "x=1" }, header: there });
    expect(collector.requests[0]).toMatchObject({ path: "/v1/traces", key: "secret" });
    expect(JSON.stringify(collector.requests[0]!.resource)).toContain('"my hub"');
  }
});

test("the _meta of an MCP client decides, whichever revision and transport it speaks", async () => {
  await using collector = startCollector();
  await using upstream = startHttpUpstream();
  {
    await using hub = await testHub({ mcpServers: { remote: { url: upstream.url } } }, { env: envOf(collector.url) });
    await hub.ready("remote");
    const info = { name: "test", version: "1" };
    const modern = new ModernClient(info, { versionNegotiation: { mode: "auto" } });
    await modern.connect(new ModernTransport(new URL(`${hub.url}/mcp`)));
    const old = new OldClient(info);
    await old.connect(new StreamableHTTPClientTransport(new URL(`${hub.url}/mcp`)));
    const oldest = new OldClient(info);
    await oldest.connect(new SSEClientTransport(new URL(`${hub.url}/sse`)));
    for (const client of [modern, old, oldest] as unknown as OldClient[]) {
      await client.callTool({ name: "remote__add", arguments: arguments_, _meta: { traceparent, baggage: "user=ana" } });
      expect(arrived(upstream).meta).toMatchObject({ traceparent: expect.stringContaining(`00-${trace}-`), baggage: "user=ana" });
      await client.callTool({ name: "remote__add", arguments: arguments_ });
    }
    for (const client of [modern, old, oldest]) await client.close();
  }
  const calls = collector.spans.filter(({ name }) => name === "tools/call remote.add");
  expect(calls.filter(({ traceId }) => traceId === trace).map(({ parentSpanId }) => parentSpanId)).toEqual([parent, parent, parent]);
  // Without it the trace is that of the HTTP request, also where the answer comes on another stream.
  const others = calls.filter(({ traceId }) => traceId !== trace);
  const doors = new Map(collector.spans.filter(({ name }) => name.startsWith("POST /")).map(({ spanId, name }) => [spanId, name]));
  expect(others.map(({ parentSpanId }) => doors.get(parentSpanId!))).toEqual(["POST /mcp", "POST /mcp", "POST /messages"]);
  expect(new Set(others.map(({ traceId }) => traceId)).size).toBe(3);
});

test("without a collector nothing is added, and what a client sends goes through as it is", async () => {
  await using upstream = startHttpUpstream();
  await using hub = await testHub({ mcpServers: { remote: { url: upstream.url } } });
  await hub.ready("remote");
  await hub.client.tools.call({ id: "remote.add", arguments: arguments_ });
  expect(arrived(upstream).meta["traceparent"]).toBeUndefined();
  expect(arrived(upstream).header).toBeNull();
  const client = new OldClient({ name: "test", version: "1" });
  await client.connect(new StreamableHTTPClientTransport(new URL(`${hub.url}/mcp`)));
  await client.callTool({ name: "remote__add", arguments: arguments_, _meta: { traceparent } });
  expect(arrived(upstream).meta["traceparent"]).toBe(traceparent);
  await client.close();
});

test("a collector that is not there changes nothing for a call, and is told of once", async () => {
  await using upstream = startHttpUpstream();
  const gone = startCollector();
  await gone[Symbol.asyncDispose]();
  const hub = await testHub({ mcpServers: { remote: { url: upstream.url } } }, { env: envOf(gone.url) });
  await hub.ready("remote");
  await hub.client.tools.call({ id: "remote.add", arguments: arguments_ });
  await hub[Symbol.asyncDispose]();
  expect(hub.logged.filter(({ area }) => area === "tracing")).toHaveLength(1);
});
