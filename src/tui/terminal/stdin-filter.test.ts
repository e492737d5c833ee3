import { expect, test } from "bun:test";
import { fakeClock } from "../../../tests/support/fake-runtime.ts";
import type { Keyboard } from "./keyboard.ts";
import { StdinFilter } from "./stdin-filter.ts";

class FakeKeyboard implements Keyboard {
  #take: ((text: string) => void) | undefined;
  setRawMode = () => this;

  listen(take: (text: string) => void) {
    this.#take = take;
    return { stop: async () => void (this.#take = undefined) };
  }

  send(chunk: string): void {
    this.#take?.(chunk);
  }
}

function filtered({ isRemote = false } = {}) {
  const keyboard = new FakeKeyboard();
  const clock = fakeClock();
  const filter = new StdinFilter({ keyboard, clock, isRemote });
  const keys: string[] = [];
  const reports: unknown[] = [];
  filter.on("readable", () => {
    for (let key = filter.read(); key !== null; key = filter.read()) keys.push(key);
  });
  filter.on("report", (report) => reports.push(report));
  return { keyboard, filter, clock, keys, reports };
}

test("gives a burst as one key after the other", async () => {
  const { keyboard, clock, keys } = filtered();
  keyboard.send("jj\u001b[BG");
  await clock.advance(0);
  expect(keys).toEqual(["j", "j", "\u001b[B", "G"]);
});

test("joins an arrow key that was split on the way", async () => {
  const { keyboard, clock, keys } = filtered({ isRemote: true });
  keyboard.send("\u001b");
  await clock.advance(40);
  keyboard.send("[B");
  await clock.advance(200);
  expect(keys).toEqual(["\u001b[B"]);
});

test("a lone ESC is a key after a moment, spelled so that nothing sticks to it", async () => {
  const { keyboard, clock, keys } = filtered();
  keyboard.send("\u001b");
  await clock.advance(10);
  expect(keys).toEqual([]);
  await clock.advance(20);
  keyboard.send("j");
  await clock.advance(0);
  expect(keys).toEqual(["\u001b[27u", "j"]);
});

test("half a sequence that is never finished is dropped", async () => {
  const { keyboard, clock, keys } = filtered();
  keyboard.send("\u001b[1;");
  await clock.advance(200);
  keyboard.send("x");
  await clock.advance(0);
  expect(keys).toEqual(["x"]);
});

test("reports leave beside the keys", async () => {
  const { keyboard, clock, keys, reports } = filtered();
  keyboard.send("a\u001b[<64;3;4Mb\u001b[O");
  await clock.advance(0);
  expect(keys).toEqual(["a", "b"]);
  expect(reports).toEqual([
    { kind: "mouse", button: 64, x: 2, y: 3, isRelease: false },
    { kind: "focus", hasFocus: false },
  ]);
});

test("paused, it takes nothing, and goes on where it was when it is resumed", async () => {
  const { keyboard, filter, clock, keys } = filtered();
  await filter.pause();
  keyboard.send("typed in an editor");
  filter.resume();
  keyboard.send("j");
  await clock.advance(0);
  expect(keys).toEqual(["j"]);
});
