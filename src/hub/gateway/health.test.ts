import { expect, test } from "bun:test";
import { fakeClock } from "../../../tests/support/fake-runtime.ts";
import { HubError } from "../kernel/errors.ts";
import { localOwner } from "../kernel/principal.ts";
import { healthRoutes, type HealthOptions } from "./health.ts";
import { createRoutes } from "./routes.ts";
import { guarded, testGateway } from "../../../tests/support/test-gateway.ts";

const clock = fakeClock();
const metrics = { exposition: async () => "hubctl_build_info 1\n", authenticate: () => localOwner, guard: { operation: () => undefined } };
const serve = (given: Partial<HealthOptions> = {}) =>
  testGateway(guarded(createRoutes(healthRoutes({ version: "1.2.3", clock, state: () => "ready", metrics, ...given }))));

test("/health says who lives here and for how long", async () => {
  await using hub = await serve();
  await clock.advance(61_500);
  const response = await hub.fetch("/health");
  expect([response.status, response.headers.get("cache-control"), await response.json()]).toEqual([
    200,
    "no-store",
    { service: "hubctl", status: "ok", version: "1.2.3", uptimeSeconds: 61 },
  ]);
});

test.each([
  ["starting", 503],
  ["ready", 200],
  ["stopping", 503],
] as const)("/ready while %s: %i", async (state, status) => {
  await using hub = await serve({ state: () => state });
  const response = await hub.fetch("/ready");
  expect([response.status, await response.json()]).toEqual([status, { status: state }]);
  expect(response.headers.get("retry-after")).toBe(status === 503 ? "1" : null);
});

test("HEAD is GET without the body", async () => {
  await using hub = await serve();
  const response = await hub.fetch("/health", { method: "HEAD" });
  expect([response.status, await response.text()]).toEqual([200, ""]);
});

test("/metrics is Prometheus' text", async () => {
  await using hub = await serve();
  const response = await hub.fetch("/metrics");
  expect([response.headers.get("content-type"), await response.text()]).toEqual([
    "text/plain; version=0.0.4; charset=utf-8",
    "hubctl_build_info 1\n",
  ]);
});

test("/metrics asks for the credential that probes need not have", async () => {
  const refuse = () => {
    throw new HubError("UNAUTHENTICATED", "A token is needed");
  };
  await using hub = await serve({ metrics: { ...metrics, authenticate: refuse } });
  expect([(await hub.fetch("/metrics")).status, (await hub.fetch("/health")).status, (await hub.fetch("/ready")).status]).toEqual([
    401, 200, 200,
  ]);
});
