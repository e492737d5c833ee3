import { expect, test } from "bun:test";
import fc from "fast-check";
import { capabilityFilter, matchesGlob } from "./capability-filter.ts";
import { parseLayer } from "./layer.ts";

const filterOf = (entry: object) =>
  capabilityFilter(parseLayer(JSON.stringify({ mcpServers: { s: { command: "a", ...entry } } }), "c").servers.get("s")!);

test.each<[string, string, boolean]>([
  ["*", "", true],
  ["", "x", false],
  ["get_*", "get_issue", true],
  ["get_*", "forget_issue", false],
  ["*_issue", "get_issue", true],
  ["*a*b*", "xxaxxbxx", true],
  ["*a*b*", "xxbxxaxx", false],
  ["get_?", "get_a", true],
  ["get_?", "get_", false],
  ["a.b", "axb", false],
  ["[a]", "a", false],
])("glob %s, name %s: %p", (glob, name, expected) => {
  expect(matchesGlob(glob, name)).toBe(expected);
});

test("a glob matches what the same regular expression does", () => {
  const letters = (alphabet: string[]) => fc.array(fc.constantFrom(...alphabet), { maxLength: 8 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(letters(["a", "b", "*", "?"]), letters(["a", "b"]), (glob, name) => {
      const expression = new RegExp(`^${glob.replace(/\*+/g, ".*").replace(/\?/g, ".")}$`);
      expect(matchesGlob(glob, name)).toBe(expression.test(name));
    }),
  );
});

test("a hostile glob takes no time to speak of", () => {
  expect(matchesGlob("*a".repeat(2_000) + "b", "a".repeat(4_000))).toBe(false);
});

test("without settings everything passes", () => {
  const filter = filterOf({});
  expect([filter.tool("t"), filter.resource("r"), filter.resourceTemplate("rt"), filter.prompt("p")]).toEqual([true, true, true, true]);
});

test("tools: allowed, not denied, not disabled", () => {
  const { tool } = filterOf({ tools: { allow: ["get_*", "list_*"], deny: ["*_secret"] }, disabled_tools: ["list_users"] });
  expect(["get_issue", "list_repos", "get_secret", "list_users", "delete_repo"].filter(tool)).toEqual(["get_issue", "list_repos"]);
});

test("an empty allow list lets nothing through", () => {
  expect(filterOf({ tools: { allow: [] } }).tool("t")).toBe(false);
});

test("disabled resources, templates and prompts", () => {
  const filter = filterOf({ disabled_resources: ["x"], disabled_resourceTemplates: ["x"], disabled_prompts: ["x"] });
  expect([filter.resource("x"), filter.resourceTemplate("x"), filter.prompt("x"), filter.tool("x"), filter.prompt("y")]).toEqual([
    false,
    false,
    false,
    true,
    true,
  ]);
});
