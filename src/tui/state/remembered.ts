import { createContext, useCallback, useContext, useState } from "react";

/** What screens keep while they are not shown: selection, filter, sort, drafts. Keys starting with `session.` are not written to disk. */
export class Memory {
  readonly #values: Map<string, unknown>;

  constructor(saved: Readonly<Record<string, unknown>> = {}) {
    this.#values = new Map(Object.entries(saved));
  }

  get<T>(key: string, initial: T): T {
    const value = this.#values.get(key);
    return value === undefined ? initial : (value as T);
  }

  set(key: string, value: unknown): void {
    this.#values.set(key, value);
  }

  /** What outlives the session. */
  toJSON(): Record<string, unknown> {
    return Object.fromEntries([...this.#values].filter(([key]) => !key.startsWith("session.")));
  }
}

export const MemoryContext = createContext(new Memory());

/** State that survives leaving the screen. */
export function useRemembered<T>(key: string, initial: T): [T, (next: T | ((now: T) => T)) => void] {
  const memory = useContext(MemoryContext);
  const [, rerender] = useState(0);
  const [first] = useState(() => initial);
  const set = useCallback(
    (next: T | ((now: T) => T)) => {
      const now = memory.get(key, first);
      const value = typeof next === "function" ? (next as (now: T) => T)(now) : next;
      if (Object.is(value, now)) return;
      memory.set(key, value);
      rerender((version) => version + 1);
    },
    [memory, key, first],
  );
  return [memory.get(key, first), set];
}
