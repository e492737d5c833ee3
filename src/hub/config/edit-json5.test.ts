import { expect, test } from "bun:test";
import fc from "fast-check";
import JSON5 from "json5";
import { removeMember, setMember, type MemberPath } from "./edit-json5.ts";

const path: MemberPath = ["mcpServers", "files"];
const entry = { command: "npx", args: ["-y", "files@1"] };

test("an empty file becomes a whole configuration", () => {
  expect(setMember("", path, entry)).toBe(`{
  "mcpServers": {
    "files": {
      "command": "npx",
      "args": [
        "-y",
        "files@1"
      ]
    }
  }
}
`);
});

const commented = `// mine
{
  // all my servers
  mcpServers: {
    github: { url: "https://example.com" }, // the one at work
    'local': {
      command: 'x', /* keep */
    },
    // the end
  },
  other: [1,   2,],
}
`;

test("what is already there stays, every character of it", () => {
  const edited = setMember(commented, path, entry);
  expect(edited).toContain('    // the end\n    "files": {\n      "command": "npx",');
  expect(edited.split("\n").filter((line) => commented.split("\n").includes(line)).length).toBeGreaterThanOrEqual(
    commented.split("\n").length - 1,
  );
  expect(removeMember(edited, path)).toBe(commented);
});

test.each([
  ["{}", '{\n  "a": 1\n}'],
  ["{ b: 2 }", '{ b: 2, "a": 1 }'],
  ["{ b: 2, }", '{ b: 2, "a": 1, }'],
  ["{\n\tb: 2\n}", '{\n\tb: 2,\n\t"a": 1\n}'],
  ["{\n\tb: 2 // two\n}", '{\n\tb: 2, // two\n\t"a": 1\n}'],
  ["{\r\n  b: 2,\r\n}", '{\r\n  b: 2,\r\n  "a": 1,\r\n}'],
  ["{ // nothing yet\n}", '{ // nothing yet\n  "a": 1\n}'],
  ["{ a: 2, b: 3 }", "{ a: 1, b: 3 }"],
  ["\uFEFF{ a: 2 }", "\uFEFF{ a: 1 }"],
  ["{ a: 2, a: 3 }", "{ a: 2, a: 1 }"],
])("%j with a = 1 is %j", (before, after) => {
  expect(setMember(before, ["a"], 1)).toBe(after);
});

test.each([
  ["{\n  a: 1,\n  b: 2\n}", "{\n  b: 2\n}"],
  ["{\n  b: 2,\n  a: 1\n}", "{\n  b: 2\n}"],
  ["{ b: 2, a: 1 }", "{ b: 2 }"],
  ["{ a: 1, a: 2, b: 3 }", "{ b: 3 }"],
  ["{ b: 2 }", "{ b: 2 }"],
])("%j without a is %j", (before, after) => {
  expect(removeMember(before, ["a"])).toBe(after);
});

test("where something else stands in the way of the path, an object takes its place", () => {
  expect(JSON5.parse(setMember("{ mcpServers: [] }", path, 1))).toEqual({ mcpServers: { files: 1 } });
});

test("whatever the file holds, only the one member changes", () => {
  const key = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => text !== "__proto__");
  const json = fc.dictionary(key, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 });
  const printed = fc.tuple(json, fc.constantFrom(undefined, 2, "\t"), fc.boolean());
  fc.assert(
    fc.property(printed, key, fc.jsonValue({ maxDepth: 2 }), ([value, space, five], name, member) => {
      const text = five ? JSON5.stringify(value, { space }) : JSON.stringify(value, undefined, space);
      const edited = setMember(text, [name], member);
      expect(JSON5.parse(edited)).toEqual({ ...JSON5.parse<object>(text), [name]: JSON.parse(JSON.stringify(member)) as unknown });
      const { [name]: _, ...rest } = JSON5.parse<Record<string, unknown>>(text);
      expect(JSON5.parse(removeMember(edited, [name]))).toEqual(rest);
    }),
  );
});

test("an object that is there is changed member by member, a list is added to", () => {
  const text = `{ servers: {
  files: {
    "command": "old", // the program
    "args": [
      "-y", // yes
      "x",
    ],
    env: {},
  },
} }`;
  const edited = setMember(text, ["servers", "files"], { command: "new", args: ["-y", "x", "z"], cwd: "/" });
  expect(edited).toBe(`{ servers: {
  files: {
    "command": "new", // the program
    "args": [
      "-y", // yes
      "x",
      "z",
    ],
    "cwd": "/",
  },
} }`);
});

test("what is in the way of the path is not thrown away", () => {
  expect(() => setMember("{ mcpServers: [1] }", path, 1)).toThrow("mcpServers is no object");
});

/** Texts as people write them: any layout, comments at every place, commas at the end. */
const layout = fc.record({
  eol: fc.constantFrom("\n", "\r\n"),
  unit: fc.constantFrom("  ", "    ", "\t"),
  comma: fc.boolean(),
  oneLine: fc.boolean(),
  comments: fc.array(fc.constantFrom("", "", "// one", "/* two */", '/* { "a": 1, } */'), { minLength: 4, maxLength: 4 }),
});
type Layout = typeof layout extends fc.Arbitrary<infer T> ? T : never;

function write(value: unknown, { eol, unit, comma, oneLine, comments }: Layout, indent = ""): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return JSON.stringify(value);
  const entries = Object.entries(value);
  if (entries.length === 0) return "{}";
  const inner = indent + unit;
  const nested = { eol, unit, comma, oneLine, comments: [...comments.slice(1), comments[0]!] };
  const members = entries.map(([key, item]) => `${JSON.stringify(key)}: ${write(item, nested, inner)}`);
  if (oneLine) return `{ ${members.join(", ")}${comma ? "," : ""} ${comments[0]!.startsWith("/*") ? `${comments[0]} ` : ""}}`;
  const lines = members.map((text, i) => `${text}${i < members.length - 1 || comma ? "," : ""} ${comments[i % 4]}`.trimEnd());
  const [above, below] = [comments[1], comments[2]].map((text) => (text ? `${inner}${text}${eol}` : ""));
  return `{${eol}${above}${lines.map((text) => inner + text + eol).join("")}${below}${indent}}`;
}

test("a member set and removed again leaves the very text", () => {
  const key = fc.constantFrom("a", "b", "c", "servers", "x y");
  const { tree } = fc.letrec((tie) => ({
    tree: fc.dictionary(key, fc.oneof({ maxDepth: 3 }, fc.constantFrom(1, "s", [], [1, 2]), tie("tree")), { maxKeys: 4 }),
  }));
  const member = fc.constantFrom<unknown>(1, "text", {}, { command: "x", args: ["-y"] }, [1, { a: 2 }]);
  fc.assert(
    fc.property(tree, layout, member, (value, how, added) => {
      const text = `${write(value, how)}${how.eol}`;
      expect(removeMember(setMember(text, ["new"], added), ["new"])).toBe(text);
      const inside = Object.entries(value as object).find(([, item]) => typeof item === "object" && !Array.isArray(item))?.[0];
      if (inside === undefined) return;
      const edited = setMember(text, [inside, "new"], added);
      expect(removeMember(edited, [inside, "new"])).toBe(text);
    }),
    { numRuns: 500 },
  );
});
