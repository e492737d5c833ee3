import { expect, test } from "bun:test";
import { plainScope, scopesToAsk } from "./scopes.ts";

const none = { configured: undefined, challenged: undefined, resource: undefined, issuer: undefined, before: undefined };

test("the challenge, else all the resource knows, else nothing is said", () => {
  expect(scopesToAsk({ ...none, challenged: "a b", resource: ["c"] })).toBe("a b");
  expect(scopesToAsk({ ...none, resource: ["c", "d"] })).toBe("c d");
  expect(scopesToAsk(none)).toBeUndefined();
});

test("the owner's word replaces the resource's list, but a challenge is met all the same", () => {
  expect(scopesToAsk({ ...none, configured: ["x"], resource: ["c"] })).toBe("x");
  expect(scopesToAsk({ ...none, configured: ["x"], challenged: "a" })).toBe("x a");
});

test("what was granted before stays, and offline_access is added only where it is known and something else is asked for", () => {
  expect(scopesToAsk({ ...none, before: "a", challenged: "b a" })).toBe("a b");
  expect(scopesToAsk({ ...none, challenged: "a", issuer: ["a", "offline_access"] })).toBe("a offline_access");
  expect(scopesToAsk({ ...none, challenged: "a", issuer: ["a"] })).toBe("a");
  expect(scopesToAsk({ ...none, issuer: ["offline_access"] })).toBeUndefined();
});

test("letters that no scope may have are dropped", () => {
  expect(plainScope('a\u001b[31m "b"\\c\n')).toBe("a[31m bc");
  expect(plainScope("\n")).toBeUndefined();
});
