import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startHttpUpstream } from "../support/fake-upstream.ts";
import { testHub } from "../support/test-hub.ts";

const add = (a: unknown) => ({ id: "remote.add", arguments: { a, b: 3 } });

test("what tools were used for is known after a restart, and what they cost is told of those nobody used", async () => {
  const home = await mkdtemp(join(tmpdir(), "hubctl-stats-"));
  await using upstream = startHttpUpstream({});
  const config = { mcpServers: { remote: { url: upstream.url } } };
  {
    await using hub = await testHub(config, { home });
    await hub.ready("remote");
    await hub.client.tools.call(add(2));
    await hub.client.tools.call(add("no number")).catch(() => undefined);
  }
  await using hub = await testHub(config, { home });
  await hub.ready("remote");
  await hub.client.tools.call(add(2));
  const { items } = await hub.client.stats.tools({});
  expect(items[0]).toMatchObject({ id: "remote.add", source: "remote", offered: true, calls: 3, errors: 1 });
  expect(items[0]!.p95Ms).toBeGreaterThan(0);
  expect(items[0]!.resultChars).toBeGreaterThan(0);
  expect(items[0]!.schemaTokens).toBeGreaterThan(10);
  const unused = items.filter(({ calls, source }) => calls === 0 && source === "remote");
  expect(unused.length).toBeGreaterThan(0);
  const summary = await hub.client.stats.summary({});
  expect(summary).toMatchObject({ calls: 3, errors: 1, callsRunning: 0, toolsUsed: 1 });
  expect(summary.unusedTokens).toBe(summary.schemaTokens - items[0]!.schemaTokens!);

  const page = await hub.client.stats.tools({ source: "remote", by: "tokens", limit: 1 });
  const next = await hub.client.stats.tools({ source: "remote", by: "tokens", limit: 1, cursor: page.nextCursor });
  expect(page.items[0]!.schemaTokens).toBeGreaterThanOrEqual(next.items[0]!.schemaTokens!);
  expect(page.items[0]!.id).not.toBe(next.items[0]!.id);

  const text = await (await fetch(`${hub.url}/metrics`)).text();
  for (const line of [
    'hubctl_servers_state{server="remote",state="ready"} 1',
    'hubctl_tools_duration_seconds_count{source="remote",tool="remote.add"} 1',
  ])
    expect(text.split("\n")).toContain(line);
  await rm(home, { recursive: true, force: true });
});
