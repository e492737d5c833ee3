import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { testTerminal } from "../terminal.ts";
import { formatAge, formatDuration, parseDuration } from "./duration.ts";
import { selectFields } from "./json.ts";
import { createMessages } from "./messages.ts";
import { cleanJson, cleanLine, cleanText } from "./sanitize.ts";
import { fitColumns, fitText, printTable } from "./table.ts";

/** Any character of the first planes, half of them from the ranges a terminal obeys. */
const character = fc
  .oneof(
    fc.integer({ min: 0, max: 0xa0 }),
    fc.integer({ min: 0x2000, max: 0x2070 }),
    fc.integer({ min: 0, max: 0xd7ff }),
    fc.integer({ min: 0xe0000, max: 0xe00ff }),
  )
  .map((code) => String.fromCodePoint(code));

describe("text of servers", () => {
  test("says what it says, without what it would do to a terminal", () => {
    expect(cleanText("\u001b[31mred\u001b[0m \u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007")).toBe("red link");
    expect(cleanText("a\u001b]52;c;aGk=\u001b\\b\u009b2Jc\u0090q\u009cd\u001bPx\u001b\\e\u001bcf")).toBe("abcdef");
    expect(cleanText("over\rwrite\b\b, bell\u0007, nul\u0000")).toBe("overwrite, bell, nul");
    expect(cleanText("user\u202enimda\u2066x\u2069 \u200bzero\ufeff tag\u{e0041}\u{e007f}")).toBe("usernimdax zero tag");
    expect(cleanText("kept: \ttab\nline, ünïcode 👩‍👩‍👧 ไทย")).toBe("kept: \ttab\nline, ünïcode 👩‍👩‍👧 ไทย");
    expect(cleanLine(" two\r\nlines\tand\u2028more ")).toBe("two lines and more");
  });

  test("no control character is left of any text", () => {
    const hostile = fc
      .array(
        fc.oneof(fc.string({ unit: character }), fc.constantFrom("\u001b[", "\u001b]0;", "\u009b", "\u0007", "\u001b", "\u0090", "\r")),
      )
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(hostile, (text) => {
        expect(cleanText(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        expect(cleanLine(text)).not.toContain("\n");
      }),
    );
  });

  test("JSON stays equal and holds no control character", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: character }), (value) => {
        const json = cleanJson(JSON.stringify(value));
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(json).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
      }),
    );
    expect(cleanJson('"\u{e0041}"')).toBe('"\\udb40\\udc41"');
  });
});

describe("tables", () => {
  test("fit every width", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.string(), { minLength: 3, maxLength: 3 }), { minLength: 1 }),
        fc.integer({ min: 1, max: 120 }),
        (rows, columns) => {
          const terminal = testTerminal({ isTTY: true, columns });
          printTable(
            rows.map(([a, b, c]) => ({ a, b, c })),
            { stdout: terminal.stdout, columns: ["a", "b", "c"], now: 0 },
          );
          for (const line of terminal.out().split("\n")) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });

  test("the widest column gives way first, the last ones go when nothing else helps", () => {
    expect(fitColumns([["name", "a long description"]], 14)).toEqual([4, 8]);
    expect(fitColumns([["aaaaaa", "bbbbbb", "cccccc"]], 20)).toEqual([5, 5, 6]);
    expect(fitColumns([["aaaaaa", "bbbbbb", "cccccc"]], 10)).toEqual([4, 4]);
    expect(fitColumns([["aaaaaa"]], 3)).toEqual([3]);
  });

  test("wide characters are cut by their width", () => {
    expect(fitText("日本語テキスト", 7)).toBe("日本語…");
    expect(fitText("short", 7)).toBe("short");
  });

  test("an empty list is nothing in a pipe, and a word to a person", () => {
    const [pipe, person] = [testTerminal(), testTerminal({ isTTY: true })];
    for (const { stdout } of [pipe, person]) printTable([], { stdout, columns: ["a"], now: 0 });
    expect([pipe.out(), person.out()]).toEqual(["", "Nothing to show\n"]);
  });
});

describe("durations", () => {
  test("are read with their unit, seconds without one", () => {
    expect(["30s", "30", "1.5m", "250ms", "2h", "1d"].map((text) => parseDuration(text, "--timeout"))).toEqual([
      30_000, 30_000, 90_000, 250, 7_200_000, 86_400_000,
    ]);
    for (const text of ["", "soon", "-1s", "0", "1e3s", "1 s"])
      expect(() => parseDuration(text, "--timeout")).toThrow("--timeout takes a duration");
  });

  test("are shown in their largest unit", () => {
    expect([180, 4200, 59_900, 200_000, 4 * 3_600_000, 9 * 86_400_000].map(formatDuration)).toEqual([
      "180 ms",
      "4.2 s",
      "59 s",
      "3 m",
      "4 h",
      "9 d",
    ]);
    expect([formatAge(1000, 6000), formatAge(6000, 1000)]).toEqual(["5.0 s ago", "in 5.0 s"]);
  });
});

test("fields are chosen from an object or from each row, and never from a prototype", () => {
  expect(selectFields({ a: 1, b: { c: 2 } }, "a,b.c,d")).toEqual({ a: 1, "b.c": 2, d: null });
  expect(selectFields({ items: [{ a: 1 }], nextCursor: "x" }, "a")).toEqual({ items: [{ a: 1 }], nextCursor: "x" });
  expect(selectFields({ a: 1 }, "constructor,__proto__")).toEqual(JSON.parse('{"constructor":null,"__proto__":null}') as object);
});

test("messages go to stderr, repeated ones too, and --quiet leaves warnings only", () => {
  const terminal = testTerminal();
  const messages = createMessages(terminal);
  messages.info("once");
  messages.info("once");
  createMessages(terminal, { quiet: true }).info("not said");
  createMessages(terminal, { quiet: true }).warn("said\u001b[2J");
  expect([terminal.out(), terminal.err()]).toEqual(["", "once\nonce\nwarning: said\n"]);
});
