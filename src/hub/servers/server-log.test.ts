import { expect, test } from "bun:test";
import fc from "fast-check";
import { fakeClock } from "../../../tests/support/fake-runtime.ts";
import { createServerLog, tellingLine } from "./server-log.ts";

test("finds the line that names the cause among the noise", () => {
  expect(
    tellingLine([
      "npm warn deprecated node-domexception@1.0.0",
      "node:internal/process/promises:288",
      "    at main (/app/index.js:14:9)",
      "Error: GITHUB_TOKEN is not set",
      "Node.js v24.9.0",
    ]),
  ).toBe("Error: GITHUB_TOKEN is not set");
  expect(tellingLine(["starting up", "listening"])).toBe("listening");
  expect(tellingLine([])).toBeUndefined();
});

test("a line that came in pieces is one line, an unfinished one counts when a reason is asked for", () => {
  const log = createServerLog(fakeClock());
  log.write("stderr", "Error: no ");
  log.write("stderr", "token\r\nbye");
  expect(log.lines().map(({ text }) => text)).toEqual(["Error: no token"]);
  expect(log.reason(0)).toBe("Error: no token");
  expect(log.lines().map(({ text }) => text)).toEqual(["Error: no token", "bye"]);
});

test("D14 secrets and escape sequences do not reach the log", () => {
  const log = createServerLog(fakeClock());
  log.write("stderr", "\u001b[31mtoken ghp_abcdefghijklmnopqrstuvwxyz0123456789 refused\u001b[0m\u0007\n");
  expect(log.lines()[0]?.text).toBe("token [redacted] refused");
});

test("holds at most 500 lines of bounded length, whatever is written", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 200 }), { maxLength: 40 }), fc.integer({ min: 1, max: 60 }), (chunks, repeat) => {
      const log = createServerLog(fakeClock());
      for (let i = 0; i < repeat; i++) for (const chunk of chunks) log.write("stderr", `${chunk}\n`);
      log.write("stderr", "x".repeat(100_000));
      log.reason(0);
      expect(log.lines().length).toBeLessThanOrEqual(500);
      for (const { text } of log.lines()) expect(text.length).toBeLessThanOrEqual(2_001);
    }),
    { numRuns: 30 },
  );
});
