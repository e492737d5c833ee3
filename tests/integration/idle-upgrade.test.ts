import { expect, test } from "bun:test";
import { add, echo } from "../support/fake-tools.ts";
import { startHttpUpstream } from "../support/fake-upstream.ts";
import { hurriedClock } from "../support/hurried-clock.ts";
import { testHub } from "../support/test-hub.ts";
import { systemRuntime } from "#hub/kernel/system-runtime.ts";

for (const [era, legacyOnly] of Object.entries({ "2025": true, "2026": false }))
  test(`J1 a server of ${era} that came back with other tools while nobody called is listed anew`, async () => {
    const first = startHttpUpstream({ legacyOnly, tools: [echo] });
    const port = Number(new URL(first.url).port);
    await using hub = await testHub({ mcpServers: { remote: { url: first.url } } }, { runtime: { clock: hurriedClock(20) } });
    await hub.ready("remote");
    await first[Symbol.asyncDispose]();
    // It is away for longer than one attempt to hear from it again.
    await systemRuntime.clock.sleep(200);
    await using _second = startHttpUpstream({ legacyOnly, port, tools: [echo, add] });
    await hub.event("servers.lists_changed", ({ tools }) => tools === 2);
    expect((await hub.client.tools.list({ source: "remote" })).items.map(({ id }) => id)).toContain("remote.add");
  }, 10_000);
