import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { samplerOf } from "./sampler.ts";
import { tracingSettings } from "./settings.ts";

describe("tracingSettings", () => {
  test("traces are off unless an endpoint is given", () => {
    expect(tracingSettings({})).toEqual({ problems: [] });
    expect(tracingSettings({ OTEL_SERVICE_NAME: "x", OTEL_TRACES_SAMPLER: "always_on" })).toEqual({ problems: [] });
    expect(tracingSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: " " })).toEqual({ problems: [] });
    const base = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:4318" };
    expect(tracingSettings({ ...base, OTEL_SDK_DISABLED: "true" })).toEqual({ problems: [] });
    expect(tracingSettings({ ...base, OTEL_TRACES_EXPORTER: "none" })).toEqual({ problems: [] });
  });

  test("the general endpoint gets the path of traces, theirs is taken as it is", () => {
    const url = (env: Record<string, string>) => tracingSettings(env).settings?.url;
    expect(url({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:4318" })).toBe("http://c:4318/v1/traces");
    expect(url({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:4318/otlp/" })).toBe("http://c:4318/otlp/v1/traces");
    expect(url({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://c", OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://d/x" })).toBe("http://d/x");
  });

  test("headers, timeout and resource", () => {
    const { settings } = tracingSettings({
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://c",
      OTEL_EXPORTER_OTLP_HEADERS: "api-key=a%20b%3D, x = y ,broken,=z,bad=%zz",
      OTEL_EXPORTER_OTLP_TIMEOUT: "250",
      OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=test,service.name=other",
      OTEL_SERVICE_NAME: "my hub",
    });
    expect(settings).toMatchObject({
      headers: { "api-key": "a b=", x: "y" },
      timeoutMs: 250,
      resource: { "deployment.environment.name": "test", "service.name": "my hub" },
    });
    expect(Object.keys(settings!.headers)).toHaveLength(2);
    expect(tracingSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://c" }).settings!.resource).toEqual({ "service.name": "hubctl" });
  });

  test("what cannot be followed is said, without what stands in it", () => {
    const bad = tracingSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: "ftp://token@c" });
    expect(bad.settings).toBeUndefined();
    expect(bad.problems.join()).not.toContain("token");
    const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://c" };
    expect(tracingSettings({ ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" })).toMatchObject({ problems: [expect.any(String)] });
    const odd = tracingSettings({ ...endpoint, OTEL_TRACES_SAMPLER: "jaeger_remote" });
    expect(odd.problems).toHaveLength(1);
    expect(odd.settings!.sampler(undefined, "f".repeat(32))).toBe(true);
  });
});

describe("samplerOf", () => {
  const traceId = fc.stringMatching(/^[0-9a-f]{32}$/);
  const parent = (isSampled: boolean) => ({ traceId: "a".repeat(32), spanId: "b".repeat(16), isSampled });

  test("a share takes about that many, and who takes few takes none that who takes more leaves", () => {
    const [few, more] = [samplerOf("traceidratio", "0.2")!, samplerOf("traceidratio", "0.6")!];
    const ids = fc.sample(traceId, { numRuns: 2_000, seed: 7 }).filter((id) => !/^0{8}/.test(id));
    fc.assert(fc.property(traceId, (id) => expect(!few(undefined, id) || more(undefined, id)).toBe(true)));
    expect(ids.filter((id) => more(undefined, id)).length / ids.length).toBeWithin(0.4, 0.8);
  });

  test.each([
    ["always_on", undefined, [true, true, true]],
    ["always_off", undefined, [false, false, false]],
    ["traceidratio", "0", [false, false, false]],
    ["traceidratio", "2", [true, true, true]],
    ["parentbased_always_on", undefined, [true, true, false]],
    ["parentbased_always_off", undefined, [false, true, false]],
    ["parentbased_traceidratio", "0", [false, true, false]],
  ] as const)("%s %p without parent, with a recorded one, with another", (name, argument, expected) => {
    const sampler = samplerOf(name, argument)!;
    const id = "0123456789abcdef".repeat(2);
    expect([sampler(undefined, id), sampler(parent(true), id), sampler(parent(false), id)]).toEqual([...expected]);
  });

  test("other names are unknown", () => {
    for (const name of ["xray", "parentbased_", "toString", "parentbased_constructor"]) expect(samplerOf(name)).toBeUndefined();
  });
});
