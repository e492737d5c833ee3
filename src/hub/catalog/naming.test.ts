import { expect, test } from "bun:test";
import fc from "fast-check";
import { toolId, wireName } from "./naming.ts";

test("an everyday id has an everyday wire name", () => {
  expect(wireName("slack.messages.post")).toBe("slack__messages__post");
  expect(wireName("filesystem.read_file")).toBe("filesystem__read_file");
  expect(wireName("server-everything.get-sum")).toBe("server-everything__get-sum");
});

test("every wire name is one that all clients take", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (source, tool) => {
      expect(wireName(toolId(source, tool))).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    }),
  );
});

test("C5 two ids never share a wire name", () => {
  const part = fc.stringMatching(/^[a-c_.]{1,5}$/);
  fc.assert(
    fc.property(part, part, part, part, (a, b, c, d) => {
      const one = toolId(a, b);
      const other = toolId(c, d);
      expect(wireName(one) === wireName(other)).toBe(one === other);
    }),
    { numRuns: 2_000 },
  );
});

test("what would be ambiguous or too long carries a hash of its id", () => {
  expect(wireName("a.b__c")).not.toBe(wireName("a.b.c"));
  expect(wireName(`s.${"long_tool_name".repeat(6)}`)).toHaveLength(64);
  expect(wireName("s.ünïcode tool")).toMatch(/^s___n_code_tool_[A-Za-z0-9]{8}$/);
});
