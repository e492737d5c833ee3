import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { HubError } from "#hub/kernel/errors.ts";
import { parsePlaceholders, type Piece } from "./placeholder.ts";

/** A short form: literals as they are, placeholders as lists of what is inside. */
type Shape = string | Shape[];
const shapeOf = (piece: Piece): Shape => (typeof piece === "string" ? piece : piece.pieces.map(shapeOf));
const shape = (text: string) => parsePlaceholders(text).map(shapeOf);

describe("parsePlaceholders", () => {
  test.each<[string, Shape[]]>([
    ["", []],
    ["plain", ["plain"]],
    ["$HOME } {", ["$HOME } {"]],
    ["${A}", [["A"]]],
    ["x${A}y${B}z", ["x", ["A"], "y", ["B"], "z"]],
    ["${}", [[]]],
    ["${${A}}", [[["A"]]]],
    ["${cmd: x ${A} y}", [["cmd: x ", ["A"], " y"]]],
    ["${cmd: echo {a,b} x}", [["cmd: echo {a,b"], " x}"]],
    ["a ${B} ${c", ["a ", ["B"], " ", "${c"]],
    ["a ${b ${C} d", ["a ", "${b ${C} d"]],
    ["$${A}", ["$", ["A"]]],
  ])("%j", (text, expected) => {
    expect(shape(text)).toEqual(expected);
  });

  test("takes ten levels and refuses eleven", () => {
    const nested = (levels: number) => "${".repeat(levels) + "A" + "}".repeat(levels);
    expect(() => parsePlaceholders(nested(10))).not.toThrow();
    expect(() => parsePlaceholders(nested(11))).toThrow("more than 10 deep");
    expect(parsePlaceholders("${".repeat(5_000))).toEqual(["${".repeat(5_000)]);
  });

  const text = fc
    .array(fc.constantFrom("${", "}", "{", "$", "A", " ", "cmd:", "\n", "é"), { maxLength: 60 })
    .map((parts) => parts.join(""));

  test("its pieces, joined, are the text, whatever that is", () => {
    const sourceOf = (piece: Piece) => (typeof piece === "string" ? piece : piece.source);
    fc.assert(
      fc.property(text, (input) => {
        try {
          expect(parsePlaceholders(input).map(sourceOf).join("")).toBe(input);
        } catch (cause) {
          expect(cause).toBeInstanceOf(HubError);
        }
      }),
    );
  });

  test("a text without ${ is one literal", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((input) => !input.includes("${")),
        (input) => expect(parsePlaceholders(input)).toEqual([input]),
      ),
    );
  });
});
