import { expect, test } from "bun:test";
import fc from "fast-check";
import { occupy, unoccupied, type Occupancy, type OccupancyInput } from "./auto-shutdown.ts";

const run = (delayMs: number | undefined, ...inputs: OccupancyInput[]) => {
  let state: Occupancy = unoccupied;
  const effects = inputs.map((input) => {
    const step = occupy(state, input, delayMs);
    state = step.state;
    return step.effects.map(({ type }) => type);
  });
  return { state, effects };
};
const connected = { type: "connected" } as const;
const disconnected = (now = 5) => ({ type: "disconnected", now }) as const;
const due = { type: "due" } as const;

test("a hub that never had a client never stops", () => {
  expect(run(0, due)).toEqual({ state: unoccupied, effects: [[]] });
});

test("the last client that leaves begins the wait, and its end stops the hub", () => {
  const { state, effects } = run(1000, connected, connected, disconnected(), disconnected(7), due);
  expect(effects).toEqual([["record"], ["record"], ["record"], ["record", "wait"], ["shut_down"]]);
  expect(state).toEqual({ connections: 0, emptySince: 7 });
});

test("a client that comes back cancels the wait", () => {
  const { state, effects } = run(1000, connected, disconnected(), connected, due);
  expect(effects.slice(2)).toEqual([["stop_waiting", "record"], []]);
  expect(state).toEqual({ connections: 1, emptySince: undefined });
});

test("a hub that stays only writes down who is there", () => {
  expect(run(undefined, connected, disconnected(), due).effects).toEqual([["record"], ["record"], []]);
});

test("whatever happens, it stops only while nobody is connected and never waits twice at once", () => {
  const input = fc.oneof(fc.constant(connected), fc.constant(disconnected()), fc.constant(due));
  fc.assert(
    fc.property(fc.array(input), (inputs) => {
      let state: Occupancy = unoccupied;
      let isWaiting = false;
      for (const input of inputs) {
        const { state: next, effects } = occupy(state, input, 10);
        for (const { type } of effects) {
          if (type === "wait") expect(isWaiting).toBe(false);
          if (type === "wait") isWaiting = true;
          if (type === "stop_waiting") isWaiting = false;
          if (type === "shut_down") expect(state.connections).toBe(0);
        }
        expect(next.connections).toBeGreaterThanOrEqual(0);
        state = next;
      }
    }),
  );
});
