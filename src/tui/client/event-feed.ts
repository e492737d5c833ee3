import type { Clock } from "#hub/kernel/runtime.ts";
import type { HubEvent } from "#hub/kernel/event.ts";
import type { Connection } from "#tui/connection.ts";
import { Ring } from "./ring.ts";

/** A line of the tail: an event, or the mark of events the hub could no longer replay. */
export type FeedItem = { readonly kind: "event"; readonly event: HubEvent } | { readonly kind: "gap"; readonly missing: number };

export interface EventFeedOptions {
  readonly connection: Connection;
  readonly clock: Clock;
}

const capacity = 10_000;
const rateSeconds = 24;
const firstPause = 500;
const longestPause = 10_000;

/** Reads the hub's events for as long as the interface lives: keeps the newest, and resumes by id where it was cut off. */
export class EventFeed {
  readonly ring = new Ring<FeedItem>(capacity);
  readonly #options: EventFeedOptions;
  readonly #stop = new AbortController();
  readonly #listeners = new Set<(event: HubEvent) => void>();
  readonly #perSecond = new Map<number, number>();
  #lastId: number | undefined;

  constructor(options: EventFeedOptions) {
    this.#options = options;
  }

  onEvent(listener: (event: HubEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Events of each of the last seconds, the running one last. */
  rates(): number[] {
    const now = this.#second();
    return Array.from({ length: rateSeconds }, (_, i) => this.#perSecond.get(now - rateSeconds + 1 + i) ?? 0);
  }

  /** Events per second over the last five full seconds. */
  rate(): number {
    const lately = this.rates().slice(-6, -1);
    return Math.round(lately.reduce((sum, events) => sum + events, 0) / lately.length);
  }

  /** Reads until `stop`; never throws: whether the hub is there is the pulse's affair. */
  async run(): Promise<void> {
    const { clock } = this.#options;
    for (let failures = 0; !this.#stop.signal.aborted;) {
      const before = this.ring.end;
      await this.#read().catch(() => undefined);
      failures = this.ring.end > before ? 0 : failures + 1;
      await clock.sleep(Math.min(firstPause * 2 ** failures, longestPause), this.#stop.signal).catch(() => undefined);
    }
  }

  stop(): void {
    this.#stop.abort(new Error("the interface is closed"));
  }

  async #read(): Promise<void> {
    const resumesAfter = this.#lastId;
    let isFirst = true;
    for await (const event of this.#options.connection.events({ after: resumesAfter, signal: this.#stop.signal })) {
      if (isFirst) this.#markGap(resumesAfter, event.id);
      isFirst = false;
      this.#accept(event);
    }
  }

  /** Only where a stream was resumed: in a running one ids are missing that belong to other tenants. */
  #markGap(after: number | undefined, first: number): void {
    if (after !== undefined && first > after + 1) this.ring.push({ kind: "gap", missing: first - after - 1 });
  }

  #accept(event: HubEvent): void {
    if (this.#lastId !== undefined && event.id <= this.#lastId) return;
    this.#lastId = event.id;
    this.ring.push({ kind: "event", event });
    const second = this.#second();
    this.#perSecond.set(second, (this.#perSecond.get(second) ?? 0) + 1);
    this.#perSecond.delete(second - rateSeconds - 1);
    for (const listener of this.#listeners) listener(event);
  }

  #second(): number {
    return Math.floor(this.#options.clock.now() / 1000);
  }
}
