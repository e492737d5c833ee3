import { expect, test } from "bun:test";
import fc from "fast-check";
import { createLineReader } from "./line-reader.ts";

function read(chunks: readonly string[], maxBytes = 1_000_000) {
  const lines: string[] = [];
  const overflows: number[] = [];
  const reader = createLineReader({ maxBytes, line: (line) => lines.push(line), overflow: (length) => overflows.push(length) });
  for (const chunk of chunks) reader.text(chunk);
  return { lines, overflows };
}

test("however a text is cut into chunks, its lines are the same", () => {
  fc.assert(
    fc.property(fc.array(fc.string().map((text) => text.replaceAll(/[\r\n]/g, ""))), fc.array(fc.nat(50)), (lines, cuts) => {
      const text = lines.map((line) => `${line}\n`).join("");
      const chunks: string[] = [];
      let from = 0;
      for (const cut of cuts) {
        chunks.push(text.slice(from, from + cut));
        from += cut;
      }
      chunks.push(text.slice(from));
      expect(read(chunks).lines).toEqual(lines);
    }),
  );
});

test("CRLF ends a line as LF does", () => {
  expect(read(["a\r", "\nb\r\n"]).lines).toEqual(["a", "b"]);
});

test("D13 a line beyond the limit is told once and nothing of it is kept", () => {
  const { lines, overflows } = read(["ok\n", "x".repeat(60), "x".repeat(60), "y".repeat(500), "\nlater\n"], 100);
  expect(lines).toEqual(["ok"]);
  expect(overflows).toEqual([120]);
});
