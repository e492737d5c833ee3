import { HubError } from "#hub/kernel/errors.ts";
import type { Clock } from "#hub/kernel/runtime.ts";
import type { HubEvent } from "#hub/kernel/event.ts";
import type { Connection } from "#tui/connection.ts";
import type { OperationName, Operations } from "./operations.ts";
import { patchFor } from "./event-patches.ts";

export interface Query<T> {
  readonly data: T | undefined;
  readonly error: HubError | undefined;
  readonly isFetching: boolean;
  readonly fetchedAt: number | undefined;
}

interface Entry {
  query: Query<unknown>;
  readonly name: OperationName;
  readonly input: object;
  readonly watchers: Set<() => void>;
  isStale: boolean;
  lastAsked: number;
  waiting: Disposable | undefined;
}

const empty: Query<never> = { data: undefined, error: undefined, isFetching: false, fetchedAt: undefined };

/** Events come in bursts; a query is asked again at most this often. */
const refetchInterval = 1000;

/** Answers of the hub by operation name and input, kept true by events: `servers.*` refetches `servers.*`. */
export class QueryCache {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  read<N extends OperationName>(name: N, input: Operations[N]["input"]): Query<Operations[N]["output"]> {
    return this.#entry(name, input).query as Query<Operations[N]["output"]>;
  }

  /** Fetches now if there is no answer or an outdated one, and tells of every change until disposed. */
  watch<N extends OperationName>(name: N, input: Operations[N]["input"], changed: () => void): () => void {
    const entry = this.#entry(name, input);
    entry.watchers.add(changed);
    if (entry.query.fetchedAt === undefined || entry.isStale) void this.#fetch(entry);
    return () => void entry.watchers.delete(changed);
  }

  /** Patches what an event says outright, and asks again for the rest, if somebody looks. */
  accept(event: HubEvent): void {
    for (const entry of this.#entries.values()) {
      const patched = patchFor(entry.name, entry.query.data, event);
      if (patched !== undefined) this.#publish(entry, { ...entry.query, data: patched });
      if (outdates(event.type, entry.name)) this.#outdate(entry);
    }
  }

  /** Asks again for everything that is on screen. */
  refetch(prefix = ""): void {
    for (const entry of this.#entries.values()) {
      if (!entry.name.startsWith(prefix)) continue;
      entry.isStale = true;
      if (entry.watchers.size > 0) void this.#fetch(entry);
    }
  }

  dispose(): void {
    for (const entry of this.#entries.values()) entry.waiting?.[Symbol.dispose]();
    this.#entries.clear();
  }

  #entry(name: OperationName, input: object): Entry {
    const key = `${name} ${JSON.stringify(input)}`;
    let entry = this.#entries.get(key);
    if (!entry) {
      entry = { query: empty, name, input, watchers: new Set(), isStale: false, lastAsked: -Infinity, waiting: undefined };
      this.#entries.set(key, entry);
    }
    return entry;
  }

  #outdate(entry: Entry): void {
    entry.isStale = true;
    if (entry.watchers.size === 0 || entry.waiting) return;
    const wait = Math.max(100, entry.lastAsked + refetchInterval - this.#clock.monotonic());
    entry.waiting = this.#clock.after(wait, () => {
      entry.waiting = undefined;
      if (entry.watchers.size > 0) void this.#fetch(entry);
    });
  }

  async #fetch(entry: Entry): Promise<void> {
    if (entry.query.isFetching) return;
    entry.isStale = false;
    entry.lastAsked = this.#clock.monotonic();
    this.#publish(entry, { ...entry.query, isFetching: true });
    try {
      const data = await this.#ask(entry.name, entry.input);
      this.#publish(entry, { data, error: undefined, isFetching: false, fetchedAt: this.#clock.now() });
    } catch (cause) {
      this.#publish(entry, { ...entry.query, error: HubError.from(cause), isFetching: false });
    }
    if (entry.isStale) this.#outdate(entry);
  }

  /** Lists are asked for whole: the screen filters and sorts them itself, on every key. */
  async #ask(name: OperationName, input: object): Promise<unknown> {
    if (!name.endsWith(".list")) return this.#connection.invoke(name, input);
    const items: unknown[] = [];
    let cursor: string | undefined;
    do {
      const page = (await this.#connection.invoke(name, { limit: 1000, ...input, ...(cursor !== undefined && { cursor }) })) as {
        items: readonly unknown[];
        nextCursor?: string;
      };
      items.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return { items };
  }

  #publish(entry: Entry, query: Query<unknown>): void {
    entry.query = query;
    for (const changed of entry.watchers) changed();
  }
}

/** The answers that an event makes outdated; what only happened, such as a call, outdates none. */
function outdates(type: string, name: OperationName): boolean {
  if (name === "servers.logs" || type === "catalog.called") return false;
  const area = type.slice(0, type.indexOf("."));
  if (name.startsWith(`${area}.`)) return true;
  if (name === "hub.status") return area === "servers" || area === "catalog" || area === "config";
  return type === "catalog.changed" && name.startsWith("tools.");
}
