export interface LineReaderOptions {
  readonly maxBytes: number;
  readonly line: (line: string) => void;
  /** Called once, when an unfinished line has outgrown the limit; nothing is read after. */
  readonly overflow: (length: number) => void;
}

/** Splits text into lines at LF, holding no more than one unfinished line and never scanning a character twice. */
export function createLineReader({ maxBytes, line, overflow }: LineReaderOptions): { readonly text: (chunk: string) => void } {
  let parts: string[] = [];
  let held = 0;
  let over = false;
  const finish = (end: string) => {
    const whole = parts.length === 0 ? end : parts.join("") + end;
    parts = [];
    held = 0;
    line(whole.endsWith("\r") ? whole.slice(0, -1) : whole);
  };
  return {
    text(chunk) {
      let from = 0;
      for (let at = chunk.indexOf("\n"); at !== -1 && !over; at = chunk.indexOf("\n", from)) {
        finish(chunk.slice(from, at));
        from = at + 1;
      }
      if (over || from === chunk.length) return;
      parts.push(chunk.slice(from));
      held += chunk.length - from;
      if (held > maxBytes) {
        over = true;
        parts = [];
        overflow(held);
      }
    },
  };
}
