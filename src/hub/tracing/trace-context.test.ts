import { expect, test } from "bun:test";
import fc from "fast-check";
import { parseTraceContext, traceparentOf } from "./trace-context.ts";

const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`)).filter((text) => !/^0+$/.test(text));

test("what is written is read again", () => {
  fc.assert(
    fc.property(hex(32), hex(16), fc.boolean(), (traceId, spanId, isSampled) => {
      expect(parseTraceContext(traceparentOf({ traceId, spanId, isSampled }))).toEqual({ traceId, spanId, isSampled });
    }),
  );
});

test("anything else is no trace context, and never an error", () => {
  fc.assert(fc.property(fc.anything(), fc.anything(), (parent, state) => expect(parseTraceContext(parent, state)).toBeUndefined()));
});

const [trace, span] = ["0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"];

test.each([
  [`00-${trace}-${span}-01`, true],
  [`00-${trace}-${span}-03`, true],
  [`00-${trace}-${span}-00`, false],
  [`cc-${trace}-${span}-01-what-the-future-brings`, true],
])("%s is one", (text, isSampled) => {
  expect(parseTraceContext(text)).toEqual({ traceId: trace, spanId: span, isSampled });
});

test.each([
  [`ff-${trace}-${span}-01`],
  [`00-${trace}-${span}-01-more`],
  [`00-${trace}-${span}-01 `],
  [`00-${trace.toUpperCase()}-${span}-01`],
  [`00-${"0".repeat(32)}-${span}-01`],
  [`00-${trace}-${"0".repeat(16)}-01`],
  [`00-${trace}-${span}`],
  [`cc-${trace}-${span}-01.`],
])("%s is none", (text) => {
  expect(parseTraceContext(text)).toBeUndefined();
});

test("a tracestate comes along unless it could not be handed on", () => {
  const parent = `00-${trace}-${span}-01`;
  expect(parseTraceContext(parent, "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE")?.state).toBe("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE");
  for (const state of ["", "a=b\r\nx: y", `a=${"b".repeat(600)}`, 7]) expect(parseTraceContext(parent, state)?.state).toBeUndefined();
});
