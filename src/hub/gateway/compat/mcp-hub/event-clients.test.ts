import { expect, test } from "bun:test";
import { fakeClock, fakeRuntime } from "../../../../../tests/support/fake-runtime.ts";
import type { Exchange } from "../../exchange.ts";
import { createEventClients } from "./event-clients.ts";

function clients() {
  const clock = fakeClock(0);
  let following = 0;
  const made = createEventClients({
    clock,
    random: fakeRuntime().random,
    follow: () => {
      following++;
      return { [Symbol.dispose]: () => void following-- };
    },
  });
  const exchange = { keepOpen: () => undefined } as Exchange;
  return { made, clock, following: () => following, open: () => made.open(exchange, (send) => send("hub_state", { state: "ready" })) };
}

test("a frame is an event line, a data line and an empty line, and the time is that of sending", async () => {
  const { made, clock, open } = clients();
  const response = open();
  await clock.advance(1_500);
  made.send("log", { message: "two\nlines", timestamp: "of the past" });
  made.end();
  expect(await response.text()).toBe(
    `event: hub_state\ndata: {"state":"ready","timestamp":"1970-01-01T00:00:00.000Z"}\n\n` +
      `event: log\ndata: {"message":"two\\nlines","timestamp":"1970-01-01T00:00:01.500Z"}\n\n`,
  );
});

test("the greeting goes to the newcomer alone", async () => {
  const { made, open } = clients();
  const [first, second] = [open(), open()];
  made.end();
  expect((await first.text()).match(/hub_state/g)).toHaveLength(1);
  expect((await second.text()).match(/hub_state/g)).toHaveLength(1);
});

test("a client that leaves is forgotten at once, and counted no more", async () => {
  const { made, open, following } = clients();
  const response = open();
  expect([made.count(), following(), made.summaries().length]).toEqual([1, 1, 1]);
  await response.body!.cancel();
  made.send("heartbeat", { connections: 0 });
  expect([made.count(), following(), made.summaries().length]).toEqual([0, 0, 0]);
});

test("a client that reads nothing is let go before it fills the memory", () => {
  const { made, open, following } = clients();
  open();
  const message = "x".repeat(1024 * 1024);
  for (let sent = 0; sent < 8; sent++) made.send("log", { message });
  expect([made.count(), following()]).toEqual([0, 0]);
});
