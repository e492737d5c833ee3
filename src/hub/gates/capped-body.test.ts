import { expect, test } from "bun:test";
import fc from "fast-check";
import { HubError } from "#hub/kernel/errors.ts";
import { cappedBody } from "./capped-body.ts";

function world(chunks: readonly Uint8Array[], maxBytes?: number, broken?: Error) {
  const seen = { ended: 0, pulled: 0, cancelled: undefined as unknown };
  const source = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = chunks[seen.pulled++];
        if (chunk) controller.enqueue(chunk);
        else if (broken) controller.error(broken);
        else controller.close();
      },
      cancel: (reason) => void (seen.cancelled = reason),
    },
    { highWaterMark: 0 },
  );
  const failure = (cause: unknown) => new HubError("UPSTREAM_UNAVAILABLE", "broken", { cause });
  return { seen, body: cappedBody(source, { maxBytes, host: "api.test", ended: () => void seen.ended++, failure }) };
}

const read = (body: ReadableStream<Uint8Array>) => new Response(body).bytes();

test("the bytes come through unchanged up to the cap, and never one above it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 40 })), fc.nat(200), async (chunks, maxBytes) => {
      const whole = Buffer.concat(chunks);
      const { body, seen } = world(chunks, maxBytes);
      const got = await read(body).catch((cause: unknown) => cause);
      if (whole.length <= maxBytes) expect(Buffer.from(got as Uint8Array)).toEqual(whole);
      else expect(got).toMatchObject({ code: "FORBIDDEN" });
      expect(seen.ended).toBe(1);
    }),
  );
});

test("it reads no further than it is read, and lets go when it is let go", async () => {
  const { body, seen } = world(Array.from({ length: 9 }, () => new Uint8Array(10)));
  const reader = body.getReader();
  await reader.read();
  expect(seen.pulled).toBe(1);
  await reader.cancel("enough");
  expect(seen).toEqual({ ended: 1, pulled: 1, cancelled: "enough" });
});

test("a body that breaks says so in our words", async () => {
  const { body, seen } = world([new Uint8Array(3)], undefined, new Error("reset"));
  expect(await read(body).catch((cause: unknown) => cause)).toMatchObject({ code: "UPSTREAM_UNAVAILABLE" });
  expect(seen.ended).toBe(1);
});

test("above the cap the connection is let go too", async () => {
  const { body, seen } = world([new Uint8Array(3), new Uint8Array(3)], 4);
  await read(body).catch(() => undefined);
  expect(seen.cancelled).toMatchObject({ code: "FORBIDDEN" });
});
