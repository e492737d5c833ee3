import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createSseParser, readSse, type SseEvent } from "./sse-parse.ts";

const parse = (text: string): SseEvent[] => createSseParser()(text);

async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const size of sizes) {
    yield bytes.slice(at, at + size);
    at += size;
  }
  yield bytes.slice(at);
}

describe("createSseParser", () => {
  test.each([
    ["data: a\n\n", [{ event: "message", data: "a", id: undefined }]],
    ["data:a\n\n", [{ event: "message", data: "a", id: undefined }]],
    ["data:  a\n\n", [{ event: "message", data: " a", id: undefined }]],
    ["data\n\n", [{ event: "message", data: "", id: undefined }]],
    ["event: x\nid: 7\ndata: a\ndata: b\n\n", [{ event: "x", data: "a\nb", id: "7" }]],
    ["event: x\n\n", []],
    [": only a comment\n\n", []],
    ["data: cut off", []],
    ["data: cut off\n", []],
    [
      "id: 1\ndata: a\n\ndata: b\n\n",
      [
        { event: "message", data: "a", id: "1" },
        { event: "message", data: "b", id: "1" },
      ],
    ],
    ["id: bad\0id\ndata: a\n\n", [{ event: "message", data: "a", id: undefined }]],
    [
      "retry: 10\nunknown: x\ndata: a\r\rdata: b\r\n\r\n",
      [
        { event: "message", data: "a", id: undefined },
        { event: "message", data: "b", id: undefined },
      ],
    ],
  ])("%j", (text, events) => {
    expect(parse(text)).toEqual(events);
  });

  test("an event ended by CR does not wait for the next chunk, and its LF makes no empty line", () => {
    const parser = createSseParser();
    expect(parser("data: a\r\n\r")).toHaveLength(1);
    expect(parser("\ndata: b\n\n")).toEqual([{ event: "message", data: "b", id: undefined }]);
  });

  test("a CR and its LF apart, with an empty chunk between", () => {
    const parser = createSseParser();
    expect([...parser("data: a\r"), ...parser(""), ...parser("\ndata: b\r\n"), ...parser("\r\n")]).toEqual([
      { event: "message", data: "a\nb", id: undefined },
    ]);
  });

  test("a flood of comments is no event without end", () => {
    const parser = createSseParser();
    const comment = `:${"x".repeat(1024 * 1024)}\n`;
    for (let i = 0; i < 100; i++) expect(parser(comment)).toEqual([]);
  });

  test("an event that never ends is refused", () => {
    const parser = createSseParser();
    const megabyte = "x".repeat(1024 * 1024);
    expect(() => {
      for (let i = 0; i < 100; i++) parser(megabyte);
    }).toThrow("without end");
  });
});

describe("readSse", () => {
  const line = fc.string({ unit: "binary" }).map((text) => text.replace(/[\r\n]/g, " "));
  const events = fc.array(
    fc.record({ event: line.filter((name) => name !== ""), data: fc.array(line, { minLength: 1, maxLength: 3 }), comment: line }),
    { maxLength: 6 },
  );

  test("gives back what was sent, however it is cut and its lines are ended", async () => {
    await fc.assert(
      fc.asyncProperty(events, fc.constantFrom("\n", "\r", "\r\n"), fc.array(fc.nat(9)), async (sent, newline, sizes) => {
        const wellFormed = sent.map(({ event, data, comment }) => ({
          event: event.toWellFormed(),
          data: data.map((one) => one.toWellFormed()),
          comment: comment.toWellFormed(),
        }));
        const text = wellFormed
          .map(({ event, data, comment }) => [`:${comment}`, `event: ${event}`, ...data.map((one) => `data: ${one}`), "", ""].join(newline))
          .join("");
        const read = await Array.fromAsync(readSse(cut(new TextEncoder().encode(text), sizes)));
        expect(read).toEqual(wellFormed.map(({ event, data }) => ({ event, data: data.join("\n"), id: undefined })));
      }),
    );
  });

  test("survives any bytes", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 200 }),
        fc.array(fc.nat(5)),
        async (bytes, sizes) => void (await Array.fromAsync(readSse(cut(bytes, sizes)))),
      ),
    );
  });

  test("a one-megabyte event arrives whole", async () => {
    const data = "é".repeat(512 * 1024);
    const bytes = new TextEncoder().encode(`\uFEFFid: 9\ndata: ${data}\n\n`);
    const [event] = await Array.fromAsync(
      readSse(
        cut(
          bytes,
          Array.from({ length: 64 }, () => 16_383),
        ),
      ),
    );
    expect(event).toEqual({ event: "message", data, id: "9" });
  });
});
