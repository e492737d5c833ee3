import { expect, test } from "bun:test";
import { startHttpUpstream } from "../support/fake-upstream.ts";
import { testHub } from "../support/test-hub.ts";

const add = { id: "remote.add", arguments: { a: 2, b: 3 } };
const five = { content: [{ type: "text", text: "5" }] };

test("J2 a server of 2025 that forgot its sessions is asked again in a new one, and the caller notices nothing", async () => {
  await using upstream = startHttpUpstream({ legacyOnly: true });
  await using hub = await testHub({ mcpServers: { remote: { url: upstream.url } } });
  await hub.ready("remote");
  expect(await hub.client.tools.call(add)).toMatchObject(five);
  await upstream.dropSessions();
  expect(await hub.client.tools.call(add)).toMatchObject(five);
});

test("J1 a server that restarts on its port is there again without anybody's help", async () => {
  for (const legacyOnly of [false, true]) {
    const first = startHttpUpstream({ legacyOnly });
    const port = Number(new URL(first.url).port);
    await using hub = await testHub({ mcpServers: { remote: { url: first.url } } });
    await hub.ready("remote");
    await first[Symbol.asyncDispose]();
    await expect(hub.client.tools.call(add)).rejects.toMatchObject({ code: "UPSTREAM_UNAVAILABLE" });
    await using _second = startHttpUpstream({ legacyOnly, port });
    let answer: unknown;
    for (let attempt = 0; attempt < 40 && answer === undefined; attempt++) answer = await hub.client.tools.call(add).catch(() => undefined);
    expect(answer).toMatchObject(five);
  }
});

test("J3 a call that may have run is not sent again", async () => {
  let calls = 0;
  await using upstream = startHttpUpstream({
    refuse: (request) =>
      request.headers.get("mcp-method") === "tools/call" && ++calls > 0 ? new Response("{", { status: 502 }) : undefined,
  });
  await using hub = await testHub({ mcpServers: { remote: { url: upstream.url } } });
  await hub.ready("remote");
  await expect(hub.client.tools.call(add)).rejects.toMatchObject({ code: "UPSTREAM_UNAVAILABLE" });
  expect(calls).toBe(1);
});

test("a refusal without a word is told by its status", async () => {
  let isRefusing = false;
  await using upstream = startHttpUpstream({ refuse: () => (isRefusing ? new Response(null, { status: 503 }) : undefined) });
  await using hub = await testHub({ mcpServers: { remote: { url: upstream.url } } });
  await hub.ready("remote");
  isRefusing = true;
  await expect(hub.client.tools.call(add)).rejects.toThrow(/HTTP 503$/);
});
