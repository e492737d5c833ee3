import { describe, expect, test } from "bun:test";
import { fakeClock } from "../../../tests/support/fake-runtime.ts";
import { createLog, type LogRecord, type LogSink } from "../kernel/log.ts";
import { HubError } from "../kernel/errors.ts";
import { createRingSink } from "./ring-sink.ts";
import { createStderrSink } from "./stderr-sink.ts";

const logTo = (sink: LogSink) =>
  createLog({ clock: fakeClock(Date.parse("2026-11-20T10:11:12.345Z")), level: "debug", sinks: [sink] }, "gateway");

describe("createStderrSink", () => {
  const written = (options: { isTTY: boolean; colour?: boolean }, say: (log: ReturnType<typeof logTo>) => void) => {
    let text = "";
    say(logTo(createStderrSink({ write: (part) => void (text += part), ...options })));
    return text;
  };

  test("a person gets a line", () => {
    expect(written({ isTTY: true }, (log) => log.info("Listening", { url: "http://127.0.0.1:1", tools: 3, why: "two words" }))).toBe(
      '10:11:12.345 info  gateway: Listening url=http://127.0.0.1:1 tools=3 why="two words"\n',
    );
  });

  test("an error is its sentence and its causes, without stacks", () => {
    const error = new HubError("CONFLICT", "Port is taken", { cause: new Error("EADDRINUSE") });
    expect(written({ isTTY: true }, (log) => log.error("Failed", { error }))).toBe(
      '10:11:12.345 error gateway: Failed error="Port is taken" cause="EADDRINUSE"\n',
    );
  });

  test("what a server says cannot drive the terminal", () => {
    const text = written({ isTTY: true }, (log) => log.warn("evil \u001b[2J\r\n\u202e line", { more: "\u009b31m" }));
    expect(text.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  });

  test("colour only marks the level", () => {
    expect(written({ isTTY: true, colour: true }, (log) => log.error("x"))).toBe("10:11:12.345 \u001b[31merror\u001b[0m gateway: x\n");
  });

  test("a program gets JSON", () => {
    expect(JSON.parse(written({ isTTY: false }, (log) => log.warn("Careful", { n: 1 })))).toEqual({
      at: "2026-11-20T10:11:12.345Z",
      level: "warn",
      area: "gateway",
      message: "Careful",
      n: 1,
    });
  });

  test("a record that JSON cannot say keeps its message", () => {
    let text = "";
    const record: Record<string, unknown> = { at: "2026-11-20T10:11:12.345Z", level: "info", area: "x", message: "kept" };
    record["self"] = record;
    createStderrSink({ write: (part) => void (text += part), isTTY: false })(record as unknown as LogRecord);
    expect((JSON.parse(text) as LogRecord).message).toBe("kept");
  });
});

describe("createRingSink", () => {
  test("keeps the newest, oldest first", () => {
    const ring = createRingSink(3);
    const log = logTo(ring.sink);
    expect(ring.records()).toEqual([]);
    for (const message of ["a", "b"]) log.info(message);
    expect(ring.records().map(({ message }) => message)).toEqual(["a", "b"]);
    for (const message of ["c", "d", "e"]) log.info(message);
    expect(ring.records().map(({ message }) => message)).toEqual(["c", "d", "e"]);
  });
});
