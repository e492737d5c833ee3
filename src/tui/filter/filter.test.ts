import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { matchesFilter, type Searchable } from "./match-filter.ts";
import { parseFilter } from "./parse-filter.ts";

const github: Searchable = {
  text: "github failed stdio github_token is not set",
  fields: { name: "github", status: "failed", p95: 180, level: "error", tools: 41 },
};
const matches = (filter: string, thing = github) => {
  const { terms, error } = parseFilter(filter);
  if (error) throw new Error(error.message);
  return matchesFilter(terms, thing);
};

describe("filter", () => {
  test.each([
    ["", true],
    ["git", true],
    ["GIT token", true],
    ["git slack", false],
    ["-slack", true],
    ["-git", false],
    ["status:failed", true],
    ["st:fail", true],
    ["status:running,failed", true],
    ["status=fail", false],
    ["status!=running", true],
    ["p95>100ms", true],
    ["p95>1s", false],
    ["tools>=41 tools<42", true],
    ["level>=warn", true],
    ["level<info", false],
    ["/git(hub|lab)/", true],
    ["/GITHUB/", false],
    ["/GITHUB/i", true],
    ["-/lab/", true],
    ["~gtb", true],
    ["~gtz", false],
    ['"not set"', true],
    ['name:"git hub"', false],
    ["unknown:x", false],
    ["status:", true],
  ])("%s", (filter, expected) => {
    expect(matches(filter)).toBe(expected);
  });

  test("says where an expression is broken", () => {
    expect(parseFilter("abc /(/").error).toMatchObject({ start: 4, end: 7 });
    expect(parseFilter("(").error?.message).toBe("unterminated group");
  });

  test("reads or refuses any text, and never throws", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parseFilter(text);
        if (parsed.terms) matchesFilter(parsed.terms, github);
        else expect(parsed.error.message).not.toBe("");
      }),
    );
  });
});
