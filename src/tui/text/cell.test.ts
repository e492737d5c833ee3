import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { cell, cut, cutStart, fit, spread, width, wrap } from "./cell.ts";

describe("cell", () => {
  test("takes terminal sequences and line breaks out of untrusted text", () => {
    expect(cell("a\u001b[2Jb\u001b]52;c;eA==\u0007c\nd\te")).toBe("abc d e");
  });

  test("takes out what makes widths differ between terminals", () => {
    expect(cell("⚠\ufe0f👋\u{1f3fd}👩\u200d🚀\u202eabc")).toBe("⚠👋👩🚀abc");
    expect(width(cell("กำ"))).toBe(2);
  });

  test("leaves no control character whatever comes in", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(cell(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      }),
    );
  });
});

describe("fit", () => {
  test("is exactly as wide as asked for any text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }),
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom("left" as const, "right" as const),
        (text, columns, align) => {
          expect(width(fit(cell(text), columns, align))).toBe(columns);
        },
      ),
    );
  });

  test("pads where a wide character does not fit the last column", () => {
    expect(fit("日本語", 4)).toBe("日… ");
  });

  test("keeps styles of the part that stays", () => {
    expect(fit("\u001b[31mfailed\u001b[39m", 4)).toContain("\u001b[31mfai");
  });
});

test("cut and cutStart keep one end each", () => {
  expect(cut("abcdef", 4)).toBe("abc…");
  expect(cutStart("abcdef", 4)).toBe("…def");
});

test("spread keeps the right side whole", () => {
  expect(spread("a long left side", "right", 12)).toBe("a long… right".slice(0, 7) + "right");
});

test("wrap breaks at spaces and cuts words that are too long", () => {
  expect(wrap("the quick brown\nfox jumpsoverthelazy", 10)).toEqual(["the quick", "brown", "fox", "jumpsovert", "helazy"]);
});
