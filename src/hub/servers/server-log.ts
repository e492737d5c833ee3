import { redactText } from "../kernel/redact.ts";
import type { Clock } from "../kernel/runtime.ts";
import type { ServerLogLine } from "./schema.ts";

const keptLines = 500;
const longestLine = 2_000;

/** What a server said lately outside the protocol, bounded; secrets are taken out before a line is kept. */
export interface ServerLog {
  add(stream: ServerLogLine["stream"], text: string): void;
  /** Feeds raw output; whole lines are kept as they complete. */
  write(stream: ServerLogLine["stream"], chunk: string): void;
  lines(limit?: number): readonly ServerLogLine[];
  /** The line that best says why it failed since `since` (epoch ms). */
  reason(since: number): string | undefined;
}

/** `onLine` hears every line that is kept, in the form it is kept in. */
export function createServerLog(clock: Clock, onLine: (line: ServerLogLine) => void = ignore): ServerLog {
  const kept: ServerLogLine[] = [];
  const rest: Record<string, string> = {};
  const add: ServerLog["add"] = (stream, text) => {
    const line = printable(text);
    if (line === "") return;
    const made = { at: clock.now(), stream, text: redactText(line.length > longestLine ? `${line.slice(0, longestLine)}…` : line) };
    kept.push(made);
    onLine(made);
    if (kept.length > keptLines) kept.splice(0, kept.length - keptLines);
  };
  return {
    add,
    write(stream, chunk) {
      const lines = ((rest[stream] ?? "") + chunk).split(/\r\n|\n|\r/);
      const last = lines.pop() ?? "";
      for (const line of lines) add(stream, line);
      rest[stream] = last.slice(0, longestLine * 2);
    },
    lines: (limit = keptLines) => kept.slice(-limit),
    reason(since) {
      for (const [stream, text] of Object.entries(rest)) if (text !== "") add(stream as ServerLogLine["stream"], text);
      for (const stream of Object.keys(rest)) rest[stream] = "";
      return tellingLine(kept.filter((line) => line.stream === "stderr" && line.at >= since).map((line) => line.text));
    },
  };
}

const ignore = () => undefined;

/** Escape sequences and control characters of a server never reach a terminal. */
const printable = (text: string) =>
  text
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    .replace(/\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|.)/g, "")
    // oxlint-disable-next-line no-control-regex -- likewise
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "")
    .trimEnd();

const noise = /^\s*(at |npm (warn|notice)|node:internal|\^+$|Node\.js v|Bun v|\(Use `node --trace)/i;
const telling =
  /error|fatal|exception|panic|cannot|could not|can't|not found|no such|denied|refused|missing|required|not set|invalid|unable|failed|unauthori[sz]ed|enoent|eacces/i;

/** The first line that names a cause, or the last line that is not noise. */
export function tellingLine(lines: readonly string[]): string | undefined {
  const said = lines.map((line) => line.trim()).filter((line) => line !== "" && !noise.test(line));
  return said.find((line) => telling.test(line)) ?? said.at(-1);
}
