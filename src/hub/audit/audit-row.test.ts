import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { beginning, hashOf, link, parseHead, rowOf, type AuditEntry } from "./audit-row.ts";

const entry: AuditEntry = { tenant: "default", principal: "local", action: "tools.call", outcome: "OK" };
const detailsOf = (details: unknown) => rowOf({ ...entry, details }, 1).details_json!;

describe("a row", () => {
  test("holds what the entry says", () => {
    expect(rowOf({ ...entry, target: "slack.messages.post", ms: 12.6, details: { n: 1 } }, 7)).toEqual({
      at: 7,
      tenant_id: "default",
      principal: "local",
      action: "tools.call",
      target: "slack.messages.post",
      outcome: "OK",
      ms: 13,
      details_json: `{"n":1}`,
    });
    expect(rowOf(entry, 7)).toMatchObject({ target: null, ms: null, details_json: null });
  });

  test("holds no secret, neither in its details nor in its target", () => {
    const token = `ghp_${"a".repeat(36)}`;
    const row = rowOf({ ...entry, target: `https://x/?t=${token}`, details: { password: "canary", note: `use ${token}` } }, 1);
    expect(JSON.stringify(row)).not.toContain(token);
    expect(JSON.stringify(row)).not.toContain("canary");
  });

  test("never has details of more than 4 KiB, and they are JSON always", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: "binary" }), fc.integer({ min: 0, max: 3_000 }), (value, text, times) => {
        const json = detailsOf([value, text.repeat(times)]);
        expect(Buffer.byteLength(json)).toBeLessThanOrEqual(4_096);
        expect(() => JSON.parse(json) as unknown).not.toThrow();
      }),
    );
    expect(JSON.parse(detailsOf("x".repeat(5_000)))).toMatchObject({ cut: true, length: 5_002, start: expect.stringContaining("xxx") });
    expect(JSON.parse(detailsOf("x".repeat(100_000)))).toEqual({ cut: true, length: 100_002 });
  });

  test("is written even when its details cannot be", () => {
    const round: Record<string, unknown> = {};
    round["self"] = round;
    expect(JSON.parse(detailsOf(round))).toEqual({ cut: true });
    expect(JSON.parse(detailsOf({ big: 1n }))).toEqual({ cut: true });
    expect(detailsOf(() => undefined)).toBe("null");
  });
});

describe("the chain", () => {
  test("has a hash that every column changes", () => {
    const row = link(beginning, rowOf({ ...entry, target: "t", ms: 1, details: {} }, 1));
    expect(row).toMatchObject({ seq: 1, prev_hash: "" });
    expect(row.hash).toMatch(/^[0-9a-f]{64}$/);
    for (const column of Object.keys(row) as (keyof typeof row)[]) {
      const changed = { ...row, [column]: typeof row[column] === "number" ? row[column] + 1 : `${row[column]}x` };
      if (column !== "hash") expect(hashOf(changed)).not.toBe(row.hash);
    }
    expect(link(row, rowOf(entry, 2))).toMatchObject({ seq: 2, prev_hash: row.hash });
  });

  test("does not take a text for its neighbour's", () => {
    const [left, right] = [rowOf({ ...entry, principal: "ab", action: "c" }, 1), rowOf({ ...entry, principal: "a", action: "bc" }, 1)];
    expect(link(beginning, left).hash).not.toBe(link(beginning, right).hash);
  });

  test("has an end record that is read only when it is one", () => {
    expect(parseHead(`{"seq":3,"hash":"x"}`)).toEqual({ seq: 3, hash: "x" });
    for (const json of [undefined, "", "{", "null", `{"seq":"3","hash":"x"}`]) expect(parseHead(json)).toBeUndefined();
  });
});
