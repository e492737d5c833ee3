/** What a person types. */
export interface Keyboard {
  setRawMode(isRaw: boolean): unknown;
  /** Reads from now on until told to stop. */
  listen(take: (text: string) => void): Listening;
}

export interface Listening {
  /** Once it resolves, no byte that comes is taken from whoever reads next. Never rejects. */
  stop(): Promise<void>;
}

/**
 * The keyboard of this process' terminal. It opens the device anew each time it listens, for a `process.stdin` that was once
 * read goes on reading in Bun, paused or without listeners, and takes every other line from the editor that follows.
 */
export function terminalKeyboard(stdin: { setRawMode(isRaw: boolean): unknown }): Keyboard {
  return {
    setRawMode: (isRaw) => stdin.setRawMode(isRaw),
    listen(take) {
      const reader = Bun.file("/dev/fd/0").stream().getReader();
      const decoder = new TextDecoder();
      const pump = async () => {
        for (let next = await reader.read(); !next.done; next = await reader.read()) take(decoder.decode(next.value, { stream: true }));
      };
      // A terminal that was closed ends the reading with EIO; the signal that comes with it ends the interface.
      void pump().catch(() => undefined);
      return { stop: () => reader.cancel().catch(() => undefined) };
    },
  };
}
