import { expect, test } from "bun:test";
import { chooseIssuer, sameIssuer } from "./issuer-choice.ts";

const none = { expected: undefined, bound: undefined, accepted: undefined };
const [a, b] = ["https://a.example", "https://b.example"];

test("the first that is named, where nothing is known yet", () => {
  expect(chooseIssuer("s", { ...none, named: [a, b] })).toBe(a);
});

test("B1 the former one, in whatever place it is named, and no other without a person's word", () => {
  expect(chooseIssuer("s", { ...none, named: [b, a], bound: a })).toBe(a);
  expect(() => chooseIssuer("s", { ...none, named: [b], bound: a })).toThrow(
    expect.objectContaining({ code: "CONFLICT", details: { issuerChanged: { from: a, to: b } } }),
  );
  expect(chooseIssuer("s", { ...none, named: [b], bound: a, accepted: b })).toBe(b);
});

test("B1 nobody agrees to an issuer that the server does not name, nor past the configuration", () => {
  expect(() => chooseIssuer("s", { ...none, named: [a], accepted: b })).toThrow(expect.objectContaining({ code: "VALIDATION" }));
  expect(() => chooseIssuer("s", { ...none, named: [a, b], expected: a, accepted: b })).toThrow(
    expect.objectContaining({ code: "CONFLICT" }),
  );
  expect(() => chooseIssuer("s", { ...none, named: [b], expected: a })).toThrow(expect.objectContaining({ code: "CONFLICT" }));
});

test("issuers are the same but for a slash at the end, and for nothing else", () => {
  expect(sameIssuer("https://a.example", "https://a.example/")).toBe(true);
  for (const other of ["https://A.example", "https://a.example:443", "http://a.example", "https://a.example//", "https://a.example/x"])
    expect(sameIssuer("https://a.example", other)).toBe(false);
});
