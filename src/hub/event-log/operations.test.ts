import { expect, test } from "bun:test";
import { z } from "zod";
import { fakeRuntime } from "../../../tests/support/fake-runtime.ts";
import { defineEvent } from "../kernel/event.ts";
import { silentLog } from "../kernel/log.ts";
import { invoke, type Context } from "../kernel/operation.ts";
import { localOwner } from "../kernel/principal.ts";
import { openStore } from "../store/open-store.ts";
import { createEventBus } from "./event-bus.ts";
import { list } from "./operations.ts";

test("events are listed from an id on, the newest ones without, and of the caller's tenant only", async () => {
  const runtime = fakeRuntime();
  const store = await openStore({ location: ":memory:", runtime, log: silentLog });
  const counted = defineEvent({ version: 1, summary: "", level: "info", data: z.object({ n: z.int() }) });
  const events = createEventBus({ definitions: { test: { counted } }, store, clock: runtime.clock, log: silentLog, hub: "h" });
  for (let n = 1; n <= 5; n++) events.publish(counted, { n });
  events.publish(counted, { n: 6 }, { tenant: "t1" });
  const context = {
    events,
    runtime,
    principal: localOwner,
    signal: new AbortController().signal,
    guard: { operation: () => undefined },
    observe: () => undefined,
  } as unknown as Context;
  const run = async (input: object) => {
    const result = (await invoke({ name: "events.list", area: "events", verb: "list", operation: list }, input, context)) as {
      items: { data: { n: number } }[];
      nextCursor?: string;
    };
    return [result.items.map(({ data }) => data.n), result.nextCursor];
  };
  expect(await run({ after: 0, limit: 3 })).toEqual([[1, 2, 3], "3"]);
  expect(await run({ after: 3, limit: 3 })).toEqual([[4, 5], undefined]);
  expect(await run({ limit: 2 })).toEqual([[4, 5], undefined]);
  expect(await run({ types: ["servers.*"] })).toEqual([[], undefined]);
  await store.close();
});
