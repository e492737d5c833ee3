import { expect, test } from "bun:test";
import type { HubError } from "#hub/kernel/errors.ts";
import { systemRuntime } from "#hub/kernel/system-runtime.ts";
import type { FakeTool } from "../support/fake-server.ts";
import { echo, says } from "../support/fake-tools.ts";
import { startHttpUpstream } from "../support/fake-upstream.ts";
import { testHub, type TestHub } from "../support/test-hub.ts";

/** A tool that never answers until it is mended. */
function moodyTool() {
  const never = new Promise<never>(() => undefined);
  const mood = { calls: 0, isMended: false };
  const tool: FakeTool = {
    name: "moody",
    call: () => {
      mood.calls += 1;
      return mood.isMended ? says("fine") : never;
    },
  };
  return { tool, mood };
}

/** A hub with a moody tool beside a good one, whose breakers take three failures; time can be skipped. */
async function world(legacyOnly: boolean) {
  const { tool, mood } = moodyTool();
  const upstreams = new AsyncDisposableStack();
  const upstream = upstreams.use(startHttpUpstream({ tools: [tool, echo], legacyOnly }));
  const { clock } = systemRuntime;
  let skipped = 0;
  const hub = await testHub(
    { hub: { maxToolFailures: 3, callTimeoutMs: 500 }, mcpServers: { remote: { url: upstream.url } } },
    { runtime: { clock: { ...clock, monotonic: () => clock.monotonic() + skipped } } },
  );
  upstreams.use(hub);
  await hub.ready("remote");
  return {
    hub,
    mood,
    skip: (ms: number) => void (skipped += ms),
    call: () => outcomeOf(hub.client.tools.call({ id: "remote.moody" })),
    [Symbol.asyncDispose]: () => upstreams.disposeAsync(),
  };
}

const outcomeOf = (called: Promise<{ content: readonly unknown[] }>) =>
  called.then(
    () => "answered",
    (cause: unknown) => cause as HubError,
  );

const refusal = { code: "UPSTREAM_UNAVAILABLE", message: expect.stringContaining("remote.moody is refused for a while") };

async function refusedTools(hub: TestHub): Promise<string[]> {
  const text = await (await fetch(`${hub.url}/metrics`)).text();
  return text.split("\n").filter((line) => line.startsWith("hubctl_tools_refused{"));
}

for (const [name, legacyOnly] of Object.entries({ "older server": true, "new server": false }))
  test(`J8 ${name}: a tool that hangs is refused while the others go on, and is back without anybody doing anything`, async () => {
    await using here = await world(legacyOnly);
    const { hub, mood, skip, call } = here;
    for (const outcome of await Promise.all([call(), call(), call()])) expect(outcome).toMatchObject({ code: "TIMEOUT" });

    const refused = (await call()) as HubError;
    expect(refused).toMatchObject(refusal);
    expect(refused.details!["retryAfterMs"]).toBeWithin(1, 5_001);
    expect(mood.calls).toBe(3);
    expect((await hub.client.tools.call({ id: "remote.echo", arguments: { text: "hello" } })).content).toEqual(says("hello").content);
    expect((await hub.client.tools.show({ id: "remote.moody" })).refusedForMs).toBeWithin(1, 5_001);
    expect((await hub.client.tools.show({ id: "remote.echo" })).refusedForMs).toBeUndefined();
    expect(await refusedTools(hub)).toEqual(['hubctl_tools_refused{source="remote"} 1']);

    skip(5_000);
    const probe = call();
    for (const outcome of await Promise.all([call(), call(), call()])) expect(outcome).toMatchObject(refusal);
    expect(await probe).toMatchObject({ code: "TIMEOUT" });
    expect(mood.calls).toBe(4);
    expect(((await call()) as HubError).details!["retryAfterMs"]).toBeWithin(5_001, 10_001);

    mood.isMended = true;
    expect(await call()).toMatchObject(refusal);
    skip(10_000);
    expect([await call(), await call()]).toEqual(["answered", "answered"]);
    expect(await refusedTools(hub)).toEqual([]);
  });

test("J8 a refused tool says at every door when to come again", async () => {
  await using here = await world(false);
  await Promise.all([here.call(), here.call(), here.call()]);
  const rest = await fetch(`${here.hub.url}/api/v2/tools/remote.moody/call`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  expect(rest.status).toBe(502);
  expect(Number(rest.headers.get("retry-after"))).toBeWithin(1, 6);
  const viaHub = await here.hub.client.tools
    .call({ id: "hub.tools.call", arguments: { provider: "remote", tool_name: "moody" } })
    .catch((cause: unknown) => cause);
  expect(JSON.stringify(viaHub)).toContain("retryAfterMs");
});

test("a server that connects anew begins with all its tools", async () => {
  await using here = await world(true);
  await Promise.all([here.call(), here.call(), here.call()]);
  expect(await here.call()).toMatchObject(refusal);
  here.mood.isMended = true;
  await here.hub.client.servers.restart({ name: "remote" });
  expect(await here.call()).toBe("answered");
});
