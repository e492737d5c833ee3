import { expect, test } from "bun:test";
import fc from "fast-check";
import { createAppender } from "./appender.ts";
import { createGroupCommit } from "./group-commit.ts";

/** A log in memory, which is busy as long as the test says; what is to be written soon is written when the test ends the turn. */
function memoryLog() {
  const rows: number[] = [];
  const log = { rows, isFree: true, batches: [] as number[], release: Promise.withResolvers<void>(), transactions: 0, endTurn: () => {} };
  const isFree = () => log.isFree;
  const transaction = <T>(work: () => T): T => {
    const before = rows.length;
    log.transactions += 1;
    try {
      return work();
    } catch (cause) {
      rows.splice(before);
      throw cause;
    }
  };
  const write = (entries: readonly number[]) => {
    if (entries.includes(-1)) throw new Error("disk full");
    rows.push(...entries);
    return entries;
  };
  const group = createGroupCommit({ isFree, transaction, atTurnsEnd: (work) => (log.endTurn = work) });
  const open = () =>
    createAppender<number, number>({
      immediate: { isFree, write, transaction, group },
      writeBatch: async (entries) => {
        log.batches.push(entries.length);
        await log.release.promise;
        return write(entries);
      },
    });
  return { log, open, appender: open() };
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

test("what is to be written soon shares one transaction, also with another log", async () => {
  const { log, open, appender } = memoryLog();
  const other = open();
  const rows = [appender.appendSoon(1), other.appendSoon(10), appender.appendSoon(2), other.append(11)];
  expect(log.rows).toEqual([]);
  log.endTurn();
  expect(log.rows).toEqual([1, 2, 10, 11]);
  expect(log.transactions).toBe(1);
  expect(await Promise.all(rows)).toEqual([1, 10, 2, 11]);
  await appender.settled();
  expect(appender.append(3)).toBe(3);
});

test("a log that fails in a shared transaction spoils it for itself alone", async () => {
  const { log, open, appender } = memoryLog();
  log.release.resolve();
  const failed = appender.appendSoon(-1);
  const row = open().appendSoon(1);
  log.endTurn();
  expect(await failed.catch((cause: Error) => cause.message)).toBe("disk full");
  expect(await row).toBe(1);
  expect(log.rows).toEqual([1]);
});

test("what was to be written soon waits for a transaction that was opened in between", async () => {
  const { log, appender } = memoryLog();
  const row = appender.appendSoon(1);
  log.isFree = false;
  log.endTurn();
  expect(log.transactions).toBe(0);
  log.release.resolve();
  expect(await row).toBe(1);
  expect(log.batches).toEqual([1]);
});

test("whenever the log is busy, rows stand and are told of in the order they were given", async () => {
  const step = fc.record({ isFree: fc.boolean(), soon: fc.boolean(), endsTurn: fc.boolean(), turns: fc.nat(4) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { log, appender } = memoryLog();
      log.release.resolve();
      const told: number[] = [];
      for (const [index, { isFree, soon, endsTurn, turns }] of steps.entries()) {
        log.isFree = isFree;
        const row = soon ? appender.appendSoon(index) : appender.append(index);
        if (typeof row === "number") told.push(row);
        else void row.then((later) => told.push(later));
        // The end of a turn is a task of its own: promises it settles are told of before anything else runs.
        if (endsTurn) {
          log.endTurn();
          await Promise.resolve();
        }
        for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      }
      log.endTurn();
      await appender.settled();
      const given = steps.map((_, index) => index);
      expect(log.rows).toEqual(given);
      expect(told).toEqual(given);
    }),
  );
});
