import { expect, test } from "bun:test";
import fc from "fast-check";
import { readAnswer } from "./http-answer.ts";

const withLength = (status: number, body: string) =>
  Buffer.from(`HTTP/1.1 ${status} Whatever\r\nDate: now\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);

const withChunks = (parts: readonly string[]) =>
  Buffer.from(
    `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${parts.map((part) => `${Buffer.byteLength(part).toString(16)}\r\n${part}\r\n`).join("")}0\r\n\r\n`,
  );

test("an answer is read only once all of it is there", () => {
  const parts = fc.array(fc.string({ minLength: 1 }), { maxLength: 4 });
  fc.assert(
    fc.property(parts, fc.boolean(), (parts, chunked) => {
      const body = parts.join("");
      const whole = chunked ? withChunks(parts) : withLength(200, body);
      for (let length = 0; length < whole.length; length++) expect(readAnswer(whole.subarray(0, length))).toBeUndefined();
      const answer = readAnswer(whole);
      expect([answer?.status, answer?.body.toString()]).toEqual([200, body]);
    }),
  );
});

test("the status is told, whatever it is", () => {
  expect(readAnswer(withLength(503, "busy"))?.status).toBe(503);
});

test("an answer that cannot be delimited is no answer", () => {
  expect(() => readAnswer(Buffer.from("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nuntil I close\r\n"))).toThrow("neither");
  expect(() => readAnswer(Buffer.concat([withLength(200, "one"), Buffer.from("two")]))).toThrow("behind");
});
