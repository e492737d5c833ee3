import { EventEmitter } from "node:events";
import { expect, test } from "bun:test";
import { fakeClock } from "../../../tests/support/fake-runtime.ts";
import { StdinFilter } from "./stdin-filter.ts";

class Input extends EventEmitter {
  #chunks: string[] = [];
  setRawMode = () => this;
  setEncoding = () => this;
  read = () => this.#chunks.shift() ?? null;

  send(chunk: string): void {
    this.#chunks.push(chunk);
    this.emit("readable");
  }
}

function filtered({ isRemote = false } = {}) {
  const input = new Input();
  const clock = fakeClock();
  const filter = new StdinFilter({ input, clock, isRemote });
  const keys: string[] = [];
  const reports: unknown[] = [];
  filter.on("readable", () => {
    for (let key = filter.read(); key !== null; key = filter.read()) keys.push(key);
  });
  filter.on("report", (report) => reports.push(report));
  return { input, clock, keys, reports };
}

test("gives a burst as one key after the other", async () => {
  const { input, clock, keys } = filtered();
  input.send("jj\u001b[BG");
  await clock.advance(0);
  expect(keys).toEqual(["j", "j", "\u001b[B", "G"]);
});

test("joins an arrow key that was split on the way", async () => {
  const { input, clock, keys } = filtered({ isRemote: true });
  input.send("\u001b");
  await clock.advance(40);
  input.send("[B");
  await clock.advance(200);
  expect(keys).toEqual(["\u001b[B"]);
});

test("a lone ESC is a key after a moment, spelled so that nothing sticks to it", async () => {
  const { input, clock, keys } = filtered();
  input.send("\u001b");
  await clock.advance(10);
  expect(keys).toEqual([]);
  await clock.advance(20);
  input.send("j");
  await clock.advance(0);
  expect(keys).toEqual(["\u001b[27u", "j"]);
});

test("half a sequence that is never finished is dropped", async () => {
  const { input, clock, keys } = filtered();
  input.send("\u001b[1;");
  await clock.advance(200);
  input.send("x");
  await clock.advance(0);
  expect(keys).toEqual(["x"]);
});

test("reports leave beside the keys", async () => {
  const { input, clock, keys, reports } = filtered();
  input.send("a\u001b[<64;3;4Mb\u001b[O");
  await clock.advance(0);
  expect(keys).toEqual(["a", "b"]);
  expect(reports).toEqual([
    { kind: "mouse", button: 64, x: 2, y: 3, isRelease: false },
    { kind: "focus", hasFocus: false },
  ]);
});
