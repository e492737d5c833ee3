import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { z } from "zod";
import { decodeStrings, type InputSchema } from "./decode-strings.ts";

const Input = z.object({
  id: z.string(),
  count: z.int().optional(),
  ratio: z.number().optional(),
  force: z.boolean().default(false),
  state: z.enum(["up", "down"]).optional(),
  level: z.union([z.literal(1), z.literal(2)]).optional(),
  tags: z.array(z.string()).optional(),
  sizes: z.array(z.int()).optional(),
  filter: z.record(z.string(), z.unknown()).optional(),
  any: z.unknown().optional(),
  maybe: z.int().nullable().optional(),
  either: z.union([z.boolean(), z.string()]).optional(),
});
const schema = z.toJSONSchema(Input, { io: "input" }) as InputSchema;

describe("decodeStrings", () => {
  test.each([
    ["id", "007", "007"],
    ["id", "true", "true"],
    ["count", "12", 12],
    ["count", "-1", -1],
    ["ratio", "1e3", 1000],
    ["ratio", ".5", 0.5],
    ["force", "false", false],
    ["force", "true", true],
    ["state", "up", "up"],
    ["level", "2", 2],
    ["tags", "a", ["a"]],
    ["tags", ["1", "2"], ["1", "2"]],
    ["sizes", ["1", "2"], [1, 2]],
    ["sizes", "[1,2]", [1, 2]],
    ["filter", '{"a":{"b":1}}', { a: { b: 1 } }],
    ["any", '{"a":1}', { a: 1 }],
    ["any", "plain words", "plain words"],
    ["maybe", "null", null],
    ["maybe", "3", 3],
    ["either", "true", true],
    ["either", "yes", "yes"],
    ["force", true, true],
  ])("%s: %p becomes %p", (name, text, value) => {
    expect(decodeStrings(schema, { [name]: text })).toEqual({ [name]: value });
  });

  test.each([
    ["count", ""],
    ["count", "0x10"],
    ["count", "1e400"],
    ["count", "Infinity"],
    ["count", "12px"],
    ["force", "yes"],
    ["force", ""],
    ["level", "3"],
    ["filter", "[1]"],
    ["filter", "{"],
  ])("%s: %p stays a string, for the schema to refuse", (name, text) => {
    const decoded = decodeStrings(schema, { id: "x", [name]: text });
    expect(decoded[name]).toBe(text);
    expect(Input.strict().safeParse(decoded).success).toBe(false);
  });

  test("unknown names pass through, whatever they are called", () => {
    const record = JSON.parse('{"__proto__":"1","constructor":"2","nope":"3"}') as Record<string, unknown>;
    const decoded = decodeStrings(schema, record);
    expect(Object.keys(decoded)).toEqual(["__proto__", "constructor", "nope"]);
    expect(({} as Record<string, unknown>)["nope"]).toBeUndefined();
  });

  test("follows references, and ends on one that points at itself", () => {
    const root: InputSchema = {
      properties: { n: { $ref: "#/$defs/N" }, loop: { $ref: "#/$defs/L" } },
      $defs: { N: { type: "integer" }, L: { $ref: "#/$defs/L" } },
    };
    expect(decodeStrings(root, { n: "4", loop: "word" })).toEqual({ n: 4, loop: "word" });
  });

  test("what is printed with String comes back", () => {
    fc.assert(
      fc.property(
        fc.record({
          count: fc.integer(),
          ratio: fc.double({ noNaN: true, noDefaultInfinity: true }),
          force: fc.boolean(),
          id: fc.string(),
        }),
        (given) => {
          const printed = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]));
          expect(decodeStrings(schema, printed)).toEqual({
            ...given,
            ratio: given.ratio === 0 ? Number(String(given.ratio)) : given.ratio,
          });
        },
      ),
    );
  });

  test("never throws", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...Object.keys(Input.shape), "x"), fc.oneof(fc.string(), fc.array(fc.string()), fc.json())),
        (record) => void decodeStrings(schema, record),
      ),
    );
  });
});
