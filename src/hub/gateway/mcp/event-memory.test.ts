import type { JSONRPCMessage } from "@modelcontextprotocol/server";
import { expect, test } from "bun:test";
import fc from "fast-check";
import { createEventMemory } from "./event-memory.ts";

const says = (text: string): JSONRPCMessage => ({ jsonrpc: "2.0", method: "notifications/message", params: { text } });

function memory() {
  const events = createEventMemory();
  const after = async (id: string) => {
    const heard: string[] = [];
    await events.replayEventsAfter(id, {
      send: async (_, message) => void heard.push("params" in message ? String(message.params?.["text"]) : ""),
    });
    return heard;
  };
  return { ...events, say: (stream: string, text: string) => events.storeEvent(stream, says(text)), after };
}

test("an id that was never given out, or no longer leads anywhere, replays nothing", async () => {
  const { storeEvent, say, after, getStreamIdForEventId } = memory();
  const first = await say("a", "1");
  await storeEvent("b", {} as JSONRPCMessage);
  for (let times = 0; times < 256; times++) await say("b", "2");
  for (const id of [first, "", "a", "a_0", "b_1", "__proto__"]) {
    expect(await getStreamIdForEventId!(id)).toBeUndefined();
    expect(await after(id)).toEqual([]);
  }
});

test("an answer too large for the memory is still there for who lost its stream, and takes the place of others", async () => {
  const { storeEvent, say, after } = memory();
  const [old, priming] = [await say("old", "x"), await storeEvent("large", {} as JSONRPCMessage)];
  await say("old", "y");
  const large = "z".repeat(2_000_000);
  await say("large", large);
  expect(await after(priming)).toEqual([large]);
  expect(await after(old)).toEqual([]);
  await say("next", "n");
  expect(await after(priming)).toEqual([]);
});

test("whoever resumes hears all that followed on that stream and nothing else, or nothing", async () => {
  const said = fc.array(fc.tuple(fc.constantFrom("a", "b", "c"), fc.integer({ min: 0, max: 600_000 })), { maxLength: 300 });
  await fc.assert(
    fc.asyncProperty(said, async (messages) => {
      const { say, after, getStreamIdForEventId } = memory();
      const all: { id: string; stream: string; text: string }[] = [];
      for (const [index, [stream, length]] of messages.entries()) {
        const text = `${index} ${"x".repeat(length)}`;
        all.push({ id: await say(stream, text), stream, text });
      }
      for (const [index, { id, stream }] of all.entries()) {
        const followed = all.slice(index + 1).filter((event) => event.stream === stream);
        if (await getStreamIdForEventId!(id)) expect(await after(id)).toEqual(followed.map(({ text }) => text));
        else expect(await after(id)).toEqual([]);
      }
      if (all.length > 0) expect(await getStreamIdForEventId!(all.at(-1)!.id)).toBe(all.at(-1)!.stream);
    }),
    { numRuns: 30 },
  );
});
