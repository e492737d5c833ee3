import { describe, expect, test } from "bun:test";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { fail, manyTools, slowTool } from "./fake-tools.ts";
import { startHttpUpstream, type HttpUpstream } from "./fake-upstream.ts";

const eras = [
  ["2026-07-28", "auto"],
  ["2025-11-25", "legacy"],
] as const;

describe.each(eras)("a fake upstream for a client of %s", (version, mode) => {
  const connect = async (upstream: HttpUpstream) => {
    const client = new Client({ name: "test", version: "1.0.0" }, { versionNegotiation: { mode } });
    await client.connect(new StreamableHTTPClientTransport(new URL(upstream.url)));
    return client;
  };

  test("speaks its revision and calls tools", async () => {
    await using upstream = startHttpUpstream();
    const client = await connect(upstream);
    expect(client.getNegotiatedProtocolVersion()).toBe(version);
    const result = await client.callTool({ name: "add", arguments: { a: 1, b: 2 } });
    expect(result.structuredContent).toEqual({ sum: 3 });
    expect(upstream.requests.map(({ message }) => message?.method)).toContain("tools/call");
    await client.close();
  });

  test("lists in pages", async () => {
    await using upstream = startHttpUpstream({ tools: manyTools(7), pageSize: 3 });
    const client = await connect(upstream);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(manyTools(7).map(({ name }) => name));
    expect(upstream.requests.filter(({ message }) => message?.method === "tools/list")).toHaveLength(3);
    await client.close();
  });

  test("holds a call until it is let go, with progress", async () => {
    const slow = slowTool();
    await using upstream = startHttpUpstream({ tools: [slow.tool] });
    const client = await connect(upstream);
    const reported = Promise.withResolvers<number>();
    const call = client.callTool({ name: "slow" }, { onprogress: ({ progress }) => reported.resolve(progress) });
    await slow.started;
    await slow.progress(1, 2);
    expect(await reported.promise).toBe(1);
    slow.finish("at last");
    expect((await call).content).toEqual([{ type: "text", text: "at last" }]);
    await client.close();
  });

  test("notices that a caller gave up", async () => {
    const slow = slowTool();
    await using upstream = startHttpUpstream({ tools: [slow.tool] });
    const client = await connect(upstream);
    const leave = new AbortController();
    const call = client.callTool({ name: "slow" }, { signal: leave.signal });
    await slow.started;
    leave.abort();
    expect(call).rejects.toThrow();
    await slow.cancelled;
    await client.close();
  });

  test("reads resources, by template too, and refuses others", async () => {
    await using upstream = startHttpUpstream({
      resources: [{ uri: "test://a", name: "a", text: "A" }],
      templates: [{ uriTemplate: "test://n/{id}", name: "n", text: ({ id }) => `N${String(id)}` }],
    });
    const client = await connect(upstream);
    expect((await client.readResource({ uri: "test://a" })).contents).toMatchObject([{ text: "A" }]);
    expect((await client.readResource({ uri: "test://n/7" })).contents).toMatchObject([{ text: "N7" }]);
    expect(client.readResource({ uri: "test://b" })).rejects.toThrow();
    await client.close();
  });
});

test("an older client hears that the tools changed", async () => {
  await using upstream = startHttpUpstream();
  const changed = Promise.withResolvers<readonly string[]>();
  const client = new Client(
    { name: "test", version: "1.0.0" },
    {
      listChanged: {
        tools: { onChanged: (error, tools) => (error ? changed.reject(error) : changed.resolve((tools ?? []).map(({ name }) => name))) },
      },
    },
  );
  await client.connect(new StreamableHTTPClientTransport(new URL(upstream.url)));
  await client.listTools();
  upstream.offer({ tools: [fail] });
  expect(await changed.promise).toEqual(["fail"]);
  await client.close();
});

test("an older server refuses what a newer client asks first", async () => {
  await using upstream = startHttpUpstream({ legacyOnly: true });
  const client = new Client({ name: "test", version: "1.0.0" }, { versionNegotiation: { mode: "auto" } });
  await client.connect(new StreamableHTTPClientTransport(new URL(upstream.url)));
  expect(client.getNegotiatedProtocolVersion()).toBe("2025-11-25");
  await client.close();
});

test("a refusal reaches the client, and is on record", async () => {
  await using upstream = startHttpUpstream({ refuse: () => new Response("no", { status: 503 }) });
  const response = await fetch(upstream.url, { method: "POST", body: '{"jsonrpc":"2.0","id":1,"method":"ping"}' });
  expect(response.status).toBe(503);
  expect(upstream.requests).toMatchObject([{ method: "POST", message: { method: "ping" } }]);
});
