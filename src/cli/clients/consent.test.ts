import { expect, test } from "bun:test";
import { PassThrough } from "node:stream";
import { testTerminal, type TerminalStreams } from "../terminal.ts";
import { wantConsent } from "./consent.ts";

/** Somebody at a terminal; undefined closes it (Ctrl-D). */
async function answering(answer: string | undefined, signal = new AbortController().signal): Promise<string> {
  const [stdin, stderr] = [new PassThrough(), new PassThrough()];
  const streams = { stdin, stderr } as unknown as TerminalStreams;
  stdin.end(answer === undefined ? "" : `${answer}\n`);
  await wantConsent("Write?", undefined, { terminal: { ...testTerminal({ isTTY: true }), streams: () => streams }, signal });
  return String(stderr.read());
}

test.each(["y", "yes", " Y "])("%j is a yes", async (answer) => {
  expect(await answering(answer)).toBe("Write? [y/N] ");
});

test.each(["", "n", "yesterday", undefined])("%j is not", async (answer) => {
  await expect(answering(answer)).rejects.toMatchObject({ code: "CANCELLED" });
});

test("nobody at a terminal is no yes, unless --yes was said", async () => {
  const context = { terminal: testTerminal({ stdin: "y\n" }), signal: new AbortController().signal };
  await expect(wantConsent("Write?", false, context)).rejects.toMatchObject({ code: "VALIDATION" });
  await wantConsent("Write?", true, context);
});
