import { describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fakeClock, fakeFiles } from "../../../tests/support/fake-runtime.ts";
import { createLog, type LogRecord } from "../kernel/log.ts";
import { systemRuntime } from "../kernel/system-runtime.ts";
import { createFileSink } from "./file-sink.ts";

const start = Date.parse("2026-11-20T23:59:59.000Z");
const linesOf = (text: string | undefined): LogRecord[] =>
  (text ?? "")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as LogRecord);

function setup(files = fakeFiles()) {
  const clock = fakeClock(start);
  const file = createFileSink({ directory: "/logs", runtime: { clock, files } });
  return { clock, files, file, log: createLog({ clock, level: "debug", sinks: [file.sink] }) };
}

describe("createFileSink", () => {
  test("writes a batch as one append, soon", async () => {
    const files = fakeFiles();
    let appends = 0;
    const { clock, log } = setup({ ...files, append: (path, text) => (appends++, files.append(path, text)) });
    log.info("one", { port: 1 });
    log.warn("two");
    expect(files.content.size).toBe(0);
    await clock.advance(200);
    expect(linesOf(files.content.get("/logs/hubctl-2026-11-20.log")).map(({ level, message, port }) => [level, message, port])).toEqual([
      ["info", "one", 1],
      ["warn", "two", undefined],
    ]);
    expect(appends).toBe(1);
  });

  test("begins a file with the day, by the time of the record", async () => {
    const { clock, files, log } = setup();
    log.info("yesterday");
    await clock.advance(2000);
    log.info("today");
    await clock.advance(200);
    expect([...files.content.keys()].toSorted()).toEqual(["/logs/hubctl-2026-11-20.log", "/logs/hubctl-2026-11-21.log"]);
  });

  test("removes what is older than thirty days, and nothing else", async () => {
    const kept = ["hubctl-2026-10-21.log", "hubctl-2026-11-19.log", "notes.txt", "hubctl-2026-01-01.log.gz"];
    const files = fakeFiles(
      Object.fromEntries([...kept, "hubctl-2026-10-20.log", "hubctl-2025-11-20.log"].map((name) => [`/logs/${name}`, "old"])),
    );
    const { clock, log } = setup(files);
    log.info("now");
    await clock.advance(200);
    expect([...files.content.keys()].toSorted()).toEqual([...kept, "hubctl-2026-11-20.log"].map((name) => `/logs/${name}`).toSorted());
  });

  test("a disk that fails costs lines, not the hub, and their number is written when it works again", async () => {
    const files = fakeFiles();
    let isFull = true;
    const { clock, log, file } = setup({
      ...files,
      append: (path, text) => (isFull ? Promise.reject(new Error("ENOSPC")) : files.append(path, text)),
    });
    log.info("lost");
    log.info("lost too");
    await clock.advance(200);
    isFull = false;
    log.info("kept");
    await file.flush();
    expect(linesOf(files.content.get("/logs/hubctl-2026-11-20.log")).map(({ message, count }) => [message, count])).toEqual([
      ["kept", undefined],
      ["Records were lost, since they could not be written", 2],
    ]);
  });

  test("a disk that hangs fills no memory", async () => {
    const files = fakeFiles();
    const disk = Promise.withResolvers<void>();
    const { clock, log, file } = setup({ ...files, append: (path, text) => disk.promise.then(() => files.append(path, text)) });
    log.info("first");
    await clock.advance(200);
    for (let at = 0; at < 12_000; at++) log.debug("flood");
    disk.resolve();
    await file.flush();
    const lines = linesOf(files.content.get("/logs/hubctl-2026-11-20.log"));
    expect([lines.length, lines.at(-1)!["count"]]).toEqual([10_002, 2000]);
  });

  test("disposing writes what waits", async () => {
    const { files, file, log } = setup();
    log.info("last words");
    await file[Symbol.asyncDispose]();
    expect(linesOf(files.content.get("/logs/hubctl-2026-11-20.log"))).toHaveLength(1);
  });

  test("several hubs in one file tear no line", async () => {
    const directory = await mkdtemp(join(tmpdir(), "hubctl-logs-"));
    const hubs = ["a", "b", "c"].map((area) => {
      const file = createFileSink({ directory, runtime: { clock: fakeClock(start), files: systemRuntime.files } });
      return { file, log: createLog({ clock: fakeClock(start), level: "info", sinks: [file.sink] }, area) };
    });
    for (let round = 0; round < 20; round++) {
      for (const { log } of hubs) for (let at = 0; at < 50; at++) log.info("x".repeat(1 + ((at * 97) % 3000)));
      await Promise.all(hubs.map(({ file }) => file.flush()));
    }
    expect(linesOf(await systemRuntime.files.read(join(directory, "hubctl-2026-11-20.log")))).toHaveLength(3000);
    await rm(directory, { recursive: true });
  });
});
