import { HubError } from "../kernel/errors.ts";

export interface SseEvent {
  readonly event: string;
  readonly data: string;
  /** The last id seen, which holds for later events too. */
  readonly id: string | undefined;
}

/** More than any event the hub sends; a stream that never ends its event must not fill the memory. */
const eventLimit = 64 * 1024 * 1024;

/**
 * Reads a text stream piece by piece as the HTML standard says: any of CRLF, LF and CR ends a line, comments are
 * skipped, an event cut off by the end of the stream is dropped.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function createSseParser(): (chunk: string) => SseEvent[] {
  let rest = "";
  let afterCr = false;
  let size = 0;
  let data: string[] = [];
  let event = "";
  let id: string | undefined;

  const takeLine = (line: string): SseEvent | undefined => {
    if (line === "") {
      const complete = data.length > 0 ? { event: event || "message", data: data.join("\n"), id } : undefined;
      [data, event, size] = [[], "", 0];
      return complete;
    }
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "data") {
      data.push(value);
      size += line.length;
    } else if (field === "event") event = value;
    else if (field === "id" && !value.includes("\0")) id = value;
    return undefined;
  };

  return (chunk) => {
    // A CR ends its line at once, so that an event need not wait for the next chunk; the LF of a CRLF is skipped when it comes.
    let start = afterCr && chunk.startsWith("\n") ? 1 : 0;
    if (chunk !== "") afterCr = chunk.endsWith("\r");
    const events: SseEvent[] = [];
    for (let end = lineEnd(chunk, start); end >= 0; end = lineEnd(chunk, start)) {
      const complete = takeLine(rest + chunk.slice(start, end));
      if (complete) events.push(complete);
      rest = "";
      start = chunk[end] === "\r" && chunk[end + 1] === "\n" ? end + 2 : end + 1;
    }
    rest += chunk.slice(start);
    if (size + rest.length > eventLimit) throw new HubError("UPSTREAM_UNAVAILABLE", "The event stream holds an event without end");
    return events;
  };
}

const lineBreak = /[\r\n]/g;

function lineEnd(text: string, from: number): number {
  lineBreak.lastIndex = from;
  return lineBreak.exec(text)?.index ?? -1;
}

/** The events of a response body; the decoder takes care of a BOM and of characters split between chunks. */
export async function* readSse(body: AsyncIterable<Uint8Array>): AsyncGenerator<SseEvent> {
  const decoder = new TextDecoder();
  const parse = createSseParser();
  for await (const chunk of body) yield* parse(decoder.decode(chunk, { stream: true }));
  yield* parse(decoder.decode());
}
