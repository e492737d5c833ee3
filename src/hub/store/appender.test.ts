import { expect, test } from "bun:test";
import fc from "fast-check";
import { createAppender } from "./appender.ts";

/** A log in memory, which is busy as long as the test says. */
function memoryLog() {
  const rows: number[] = [];
  const log = { rows, isFree: true, batches: [] as number[], release: Promise.withResolvers<void>() };
  const write = (entry: number) => rows.push(entry) && entry;
  return {
    log,
    appender: createAppender<number, number>({
      immediate: { isFree: () => log.isFree, write },
      writeBatch: async (entries) => {
        log.batches.push(entries.length);
        await log.release.promise;
        if (entries.includes(-1)) throw new Error("disk full");
        return entries.map(write);
      },
    }),
  };
}

test("an entry is written at once when nothing is before it", () => {
  const { log, appender } = memoryLog();
  expect(appender.append(1)).toBe(1);
  expect(log.rows).toEqual([1]);
});

test("entries behind a waiting one wait too, also when the log is free again", async () => {
  const { log, appender } = memoryLog();
  log.isFree = false;
  const first = appender.append(1);
  log.isFree = true;
  const second = appender.append(2);
  expect(log.rows).toEqual([]);
  log.release.resolve();
  expect(await Promise.all([first, second])).toEqual([1, 2]);
  await appender.settled();
  expect(appender.append(3)).toBe(3);
  expect(log.rows).toEqual([1, 2, 3]);
});

test("a batch that fails is told to those in it, and the next one goes on", async () => {
  const { log, appender } = memoryLog();
  log.isFree = false;
  log.release.resolve();
  const failed = Promise.try(() => appender.append(-1));
  expect(await failed.catch((cause: Error) => cause.message)).toBe("disk full");
  expect(await appender.append(2)).toBe(2);
});

test("what comes while a batch is out goes into the next one, 500 at most", async () => {
  const { log, appender } = memoryLog();
  log.isFree = false;
  const all = Array.from({ length: 1_201 }, (_, index) => Promise.try(() => appender.append(index)));
  log.release.resolve();
  await Promise.all(all);
  expect(log.batches).toEqual([1, 500, 500, 200]);
});

test("whenever the log is busy, rows stand and are told of in the order they were given", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.record({ isFree: fc.boolean(), turns: fc.nat(4) }), { maxLength: 40 }), async (steps) => {
      const { log, appender } = memoryLog();
      log.release.resolve();
      const told: number[] = [];
      for (const [index, { isFree, turns }] of steps.entries()) {
        log.isFree = isFree;
        const row = appender.append(index);
        if (typeof row === "number") told.push(row);
        else void row.then((later) => told.push(later));
        for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      }
      await appender.settled();
      const given = steps.map((_, index) => index);
      expect(log.rows).toEqual(given);
      expect(told).toEqual(given);
    }),
  );
});
