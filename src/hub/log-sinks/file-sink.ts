import { join } from "node:path";
import type { LogRecord, LogSink } from "../kernel/log.ts";
import type { Runtime } from "../kernel/runtime.ts";
import { jsonLine } from "./json-line.ts";

export interface FileSinkOptions {
  /** `logs` below the state directory. */
  readonly directory: string;
  readonly runtime: Pick<Runtime, "clock" | "files">;
  readonly keepDays?: number;
}

export interface FileSink extends AsyncDisposable {
  readonly sink: LogSink;
  /** When everything logged so far is written, or has been given up. */
  flush(): Promise<void>;
}

const batchMs = 200;
const dayMs = 86_400_000;
/** A disk that takes nothing must not fill the memory instead. */
const waitingLimit = 10_000;
const filePattern = /^hubctl-(\d{4}-\d{2}-\d{2})\.log$/;

/**
 * Appends JSON lines to a file a day (UTC) and removes what is older than `keepDays`. Whole lines go into one write each,
 * so that several hubs may append to the same file without tearing them. A failure loses lines, never the hub.
 */
export function createFileSink({ directory, runtime: { clock, files }, keepDays = 30 }: FileSinkOptions): FileSink {
  let waiting: { readonly day: string; readonly line: string }[] = [];
  let dropped = 0;
  let timer: Disposable | undefined;
  let writing = Promise.resolve();
  let cleanedOn = "";

  const write = async () => {
    const batch = waiting;
    const lost = dropped;
    [waiting, dropped] = [[], 0];
    for (const [day, lines] of Map.groupBy(batch, ({ day }) => day)) {
      if (day !== cleanedOn) await removeOld((cleanedOn = day)).catch(() => undefined);
      for (const text of pieces(lines.map(({ line }) => line))) await append(day, text);
    }
    if (lost > 0) await append(new Date(clock.now()).toISOString().slice(0, 10), lossLine(lost));
  };
  const append = (day: string, text: string) =>
    files.append(join(directory, `hubctl-${day}.log`), text).catch(() => void (dropped += text.split("\n").length - 1));
  const lossLine = (count: number) =>
    jsonLine({
      at: new Date(clock.now()).toISOString(),
      level: "warn",
      area: "log",
      message: "Records were lost, since they could not be written",
      count,
    });
  const removeOld = async (today: string) => {
    const oldest = new Date(Date.parse(today) - keepDays * dayMs).toISOString().slice(0, 10);
    for (const name of await files.list(directory)) {
      const day = filePattern.exec(name)?.[1];
      if (day !== undefined && day < oldest) await files.remove(join(directory, name));
    }
  };
  const flush = () => {
    timer?.[Symbol.dispose]();
    timer = undefined;
    writing = writing.then(write);
    return writing;
  };
  const sink = (record: LogRecord) => {
    if (waiting.length >= waitingLimit) return void dropped++;
    waiting.push({ day: record.at.slice(0, 10), line: jsonLine(record) });
    timer ??= clock.after(batchMs, () => void flush());
  };
  return { sink, flush, [Symbol.asyncDispose]: flush };
}

/** What one write takes whole. */
const pieceLength = 64 * 1024;

function pieces(lines: readonly string[]): string[] {
  const made = [""];
  for (const line of lines) {
    if (made.at(-1)!.length + line.length > pieceLength && made.at(-1) !== "") made.push("");
    made[made.length - 1] += line;
  }
  return made;
}
