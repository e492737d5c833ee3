import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { diffConfig, fingerprint } from "./diff.ts";
import { parseLayer } from "./layer.ts";
import { mergeLayers } from "./layers.ts";

type Entries = Record<string, Record<string, unknown>>;

const configOf = (mcpServers: Entries, path = "c.json5") => mergeLayers([parseLayer(JSON.stringify({ mcpServers }), path)]);
const diff = (before: Entries, after: Entries) => diffConfig(configOf(before), configOf(after));
const base = { command: "a", args: ["x"], env: { A: "1", B: "2" } };

describe("diffConfig", () => {
  test("added, removed, modified, unchanged", () => {
    const { details, ...names } = diff(
      { gone: base, same: base, other: base },
      { other: { ...base, args: ["y"] }, same: base, fresh: base },
    );
    expect(names).toEqual({ added: ["fresh"], removed: ["gone"], modified: ["other"], unchanged: ["same"] });
    expect(details).toEqual({ other: { modifiedFields: ["args"], oldValues: { args: ["x"] }, newValues: { args: ["y"] } } });
  });

  test.each<[string, Record<string, unknown>]>([
    ["command", { command: "b" }],
    ["args", { args: ["x", "y"] }],
    ["env", { env: { A: "1" } }],
    ["disabled", { disabled: true }],
    ["dev", { dev: { cwd: "/src" } }],
    ["name", { name: "n" }],
    ["cwd", { cwd: "/" }],
    ["type", { type: "stdio" }],
    ["allowEnv", { allowEnv: ["PATH"] }],
    ["tools", { tools: { deny: ["x*"] } }],
    ["disabled_tools", { disabled_tools: ["t"] }],
    ["disabled_resources", { disabled_resources: ["r"] }],
    ["disabled_resourceTemplates", { disabled_resourceTemplates: ["t"] }],
    ["disabled_prompts", { disabled_prompts: ["p"] }],
    ["timeoutMs", { timeoutMs: 5 }],
    ["startTimeoutMs", { startTimeoutMs: 5 }],
  ])("%s matters", (field, change) => {
    const { modified, details } = diff({ s: base }, { s: { ...base, ...change } });
    expect(modified).toEqual(["s"]);
    expect(details["s"]?.modifiedFields).toEqual([field]);
  });

  test.each<[string, Record<string, unknown>]>([
    ["disabled: false", { disabled: false }],
    ["the order of keys", { env: { B: "2", A: "1" } }],
    ["a description", { description: "d" }],
    ["autoApprove", { autoApprove: true }],
    ["custom_instructions", { custom_instructions: { text: "t" } }],
    ["an unknown key", { mine: 1 }],
  ])("%s does not", (_, change) => {
    const next = { ...base, ...change };
    expect(diff({ s: base }, { s: next }).modified).toEqual([]);
    expect(fingerprint({ entry: next })).toBe(fingerprint({ entry: base }));
  });

  test.each<[string, Record<string, unknown>]>([
    ["a filter", { disabled_tools: ["t"], tools: { deny: ["u*"] }, disabled_prompts: ["p"] }],
    ["a time limit of calls", { timeoutMs: 5 }],
    ["a title", { name: "n" }],
    ["a switch", { disabled: true }],
  ])("%s matters, but needs no other connection", (_, change) => {
    const next = { ...base, ...change };
    expect(diff({ s: base }, { s: next }).modified).toEqual(["s"]);
    expect(fingerprint({ entry: next })).toBe(fingerprint({ entry: base }));
  });

  test("url and headers of a remote server, and its becoming local", () => {
    const remote = { url: "https://x.test", headers: { a: "1" } };
    expect(diff({ s: remote }, { s: { url: "https://y.test", headers: { a: "2" } } }).details["s"]?.modifiedFields).toEqual([
      "url",
      "headers",
    ]);
    expect(diff({ s: remote }, { s: { command: "a" } }).details["s"]?.modifiedFields).toEqual(["command", "url", "headers"]);
  });

  test("another file of origin", () => {
    const { details } = diffConfig(configOf({ s: base }, "a"), configOf({ s: base }, "b"));
    expect(details["s"]).toEqual({ modifiedFields: ["configSource"], oldValues: { configSource: "a" }, newValues: { configSource: "b" } });
  });

  const entries = fc.dictionary(
    fc.constantFrom("a", "b", "c", "__x", "constructor"),
    fc.record(
      {
        command: fc.constantFrom("x", "y"),
        args: fc.array(fc.constantFrom("1", "2"), { maxLength: 2 }),
        env: fc.dictionary(fc.constantFrom("A", "B"), fc.constantFrom("1", null)),
      },
      { requiredKeys: ["command"] },
    ),
  );

  test("every server is in exactly one list, and back again is the mirror image", () => {
    fc.assert(
      fc.property(entries, entries, (before, after) => {
        const there = diff(before, after);
        const back = diff(after, before);
        const all = [...there.added, ...there.removed, ...there.modified, ...there.unchanged];
        expect(all.toSorted()).toEqual([...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted());
        expect(back.added).toEqual(there.removed);
        expect(back.modified.toSorted()).toEqual(there.modified.toSorted());
        expect(Object.keys(there.details)).toEqual([...there.modified]);
        for (const name of there.modified) expect(fingerprint({ entry: before[name]! })).not.toBe(fingerprint({ entry: after[name]! }));
        for (const name of there.unchanged) expect(fingerprint({ entry: before[name]! })).toBe(fingerprint({ entry: after[name]! }));
        expect(diff(after, after).unchanged).toEqual(Object.keys(after));
      }),
    );
  });
});
