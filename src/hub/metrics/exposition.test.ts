import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { metrics } from "./catalog.ts";
import { escapeLabel, expositionOf } from "./exposition.ts";
import { createRegistry } from "./registry.ts";

interface Sample {
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly value: string;
}

/** A reader of the format, written from its description and not from the writer: one sample a line, escapes undone. */
function readSamples(text: string): Sample[] {
  return text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const head = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (\S+)$/.exec(line);
      if (!head) throw new Error(`no sample: ${line}`);
      const labels = [...(head[2] ?? "").matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)].map(
        ([, name, value]) => [name!, value!.replace(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped))] as const,
      );
      return { name: head[1]!, labels: Object.fromEntries(labels), value: head[3]! };
    });
}

describe("expositionOf", () => {
  test("a counter, a gauge and a histogram", async () => {
    const registry = createRegistry();
    registry.add(metrics.events, { type: "servers.ready" }, 2);
    registry.collect((set) => set(metrics.sessions, { kind: "http" }, 3));
    registry.observe(metrics.requestSeconds, { route: "/mcp" }, 0.002);
    registry.observe(metrics.requestSeconds, { route: "/mcp" }, 0.0025);
    registry.observe(metrics.requestSeconds, { route: "/mcp" }, 500);
    const text = expositionOf(await registry.read());
    expect(text).toContain(
      '# HELP hubctl_events_published_total Events by type\n# TYPE hubctl_events_published_total counter\nhubctl_events_published_total{type="servers.ready"} 2\n',
    );
    expect(text).toContain('# TYPE hubctl_gateway_sessions_open gauge\nhubctl_gateway_sessions_open{kind="http"} 3\n');
    const histogram = readSamples(text).filter(({ name }) => name.startsWith("hubctl_gateway_request_duration_seconds"));
    expect(histogram.map(({ labels, value }) => [labels["le"], value])).toEqual([
      ["0.0005", "0"],
      ["0.001", "0"],
      ["0.0025", "2"],
      ["0.005", "2"],
      ["0.01", "2"],
      ["0.025", "2"],
      ["0.05", "2"],
      ["0.1", "2"],
      ["0.25", "2"],
      ["0.5", "2"],
      ["1", "2"],
      ["2.5", "2"],
      ["5", "2"],
      ["10", "2"],
      ["30", "2"],
      ["60", "2"],
      ["120", "2"],
      ["+Inf", "3"],
      [undefined, "500.0045"],
      [undefined, "3"],
    ]);
  });

  test("any label value comes back out of the format, one sample a line", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(
          fc.string({ unit: "binary" }).map((text) => text.toWellFormed()),
          { maxLength: 5 },
        ),
        async (types) => {
          const registry = createRegistry();
          for (const type of types) registry.add(metrics.events, { type });
          const samples = readSamples(expositionOf(await registry.read()));
          expect(samples.map(({ labels }) => labels["type"])).toEqual(types);
        },
      ),
    );
  });

  test("what UTF-8 cannot carry is replaced", () => {
    expect(escapeLabel('a\\b"c\nd\uD800')).toBe('a\\\\b\\"c\\nd\uFFFD');
  });

  test.each([
    [NaN, "NaN"],
    [Infinity, "+Inf"],
    [-Infinity, "-Inf"],
    [1e21, "1e+21"],
  ])("the number %p is written %s", async (value, text) => {
    const registry = createRegistry();
    registry.collect((set) => set(metrics.memory, {}, value));
    expect(readSamples(expositionOf(await registry.read()))[0]!.value).toBe(text);
  });
});
