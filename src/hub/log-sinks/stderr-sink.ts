import type { LogLevel, LogRecord, LogSink } from "../kernel/log.ts";
import { jsonLine, jsonText } from "./json-line.ts";

export interface StderrSinkOptions {
  readonly write: (text: string) => void;
  /** People read lines, programs read JSON. */
  readonly isTTY: boolean;
  /** Colours, where a person reads. */
  readonly colour?: boolean;
}

const colours: Record<LogLevel, string> = { debug: "90", info: "36", warn: "33", error: "31" };

/** Writes each record to the standard error, for a person or for a program. */
export function createStderrSink({ write, isTTY, colour = false }: StderrSinkOptions): LogSink {
  return (record) => write(isTTY ? humanLine(record, colour) : jsonLine(record));
}

function humanLine({ at, level, area, message, ...fields }: LogRecord, colour: boolean): string {
  const name = level.padEnd(5);
  const rest = Object.entries(fields).map(([key, value]) => ` ${key}=${valueText(value)}`);
  return `${at.slice(11, 23)} ${colour ? `\x1b[${colours[level]}m${name}\x1b[0m` : name} ${plain(area)}: ${plain(message)}${plain(rest.join(""))}\n`;
}

/** Of an error the sentence and its causes; stacks are in the file. */
function valueText(value: unknown): string {
  if (typeof value === "string") return /^[\w./:@-]+$/.test(value) ? value : JSON.stringify(value);
  const error = value as { name?: unknown; message?: unknown; cause?: unknown } | null | undefined;
  if (typeof error?.name === "string" && typeof error.message === "string")
    return JSON.stringify(error.message) + (error.cause === undefined ? "" : ` cause=${valueText(error.cause)}`);
  return jsonText(value) ?? "undefined";
}

/** What a server says ends up in the log, and must not move the cursor or colour the terminal. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const plain = (text: string) => text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, " ");
