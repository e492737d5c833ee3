import { until } from "./program.ts";

export interface SeenEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Reads `/api/events` with the parser of mcphub.nvim: exactly an `event` line, a `data` line and an empty line. */
export interface Followed extends AsyncDisposable {
  readonly seen: SeenEvent[];
  /** Text that the parser would have dropped. */
  readonly malformed: string[];
  readonly headers: Headers;
  /** Resolves with the first event that fits, those that came before included. */
  next(event: string, fits?: (data: SeenEvent["data"]) => boolean): Promise<SeenEvent>;
  /** Resolves when the stream has ended in order; rejects when it broke. */
  readonly ended: Promise<void>;
}

export async function followEvents(base: string): Promise<Followed> {
  const leaving = new AbortController();
  const response = await fetch(`${base}/events`, { signal: leaving.signal });
  const seen: SeenEvent[] = [];
  const malformed: string[] = [];
  const read = async () => {
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of response.body!) {
      text += decoder.decode(chunk, { stream: true });
      const frames = text.split("\n\n");
      text = frames.pop()!;
      for (const frame of frames) {
        const [, event, data] = /^event: ([^\n]+)\ndata: (\{[^\n]*\})$/.exec(frame) ?? [];
        if (event === undefined) malformed.push(frame);
        else seen.push({ event, data: JSON.parse(data!) as SeenEvent["data"] });
      }
    }
    if (text !== "") malformed.push(text);
  };
  const ended = read();
  ended.catch(() => undefined);
  return {
    seen,
    malformed,
    headers: response.headers,
    ended,
    async next(event, fits = () => true) {
      const find = () => seen.find((one) => one.event === event && fits(one.data));
      await until(() => find() !== undefined);
      return find()!;
    },
    async [Symbol.asyncDispose]() {
      leaving.abort();
      await ended.catch(() => undefined);
    },
  };
}
