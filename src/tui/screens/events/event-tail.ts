import { matchesFilter } from "#tui/filter/match-filter.ts";
import type { FilterTerm } from "#tui/filter/parse-filter.ts";
import type { FeedItem } from "#tui/client/event-feed.ts";
import type { Ring } from "#tui/client/ring.ts";
import { searchEvent } from "./event-row.ts";

/**
 * A window on the ring of events: the positions that pass the filter, the newest last. It follows the newest until somebody
 * pauses or scrolls; from then on nothing moves, and what arrives is only counted. Lives outside React: events are too many.
 */
export class EventTail {
  #terms: readonly FilterTerm[] = [];
  #matching: number[] = [];
  #dropped = 0;
  #read = 0;
  #selected: number | undefined;
  #pausedAt: number | undefined;
  /** Matching events that arrived since it was paused. */
  newer = 0;

  constructor(readonly ring: Ring<FeedItem>) {}

  get isFollowing(): boolean {
    return this.#pausedAt === undefined;
  }

  /** Wall clock of the pause. */
  get pausedAt(): number | undefined {
    return this.#pausedAt;
  }

  get length(): number {
    return this.#visible().length;
  }

  get selectedIndex(): number {
    const visible = this.#visible();
    if (this.isFollowing || this.#selected === undefined) return visible.length - 1;
    const at = visible.indexOf(this.#selected);
    return at === -1 ? 0 : at;
  }

  get selected(): FeedItem | undefined {
    return this.itemAt(this.selectedIndex);
  }

  itemAt(index: number): FeedItem | undefined {
    const position = this.#visible()[index];
    return position === undefined ? undefined : this.ring.at(position);
  }

  setFilter(terms: readonly FilterTerm[]): void {
    if (terms === this.#terms) return;
    this.#terms = terms;
    this.#matching = [];
    this.#dropped = 0;
    this.#read = this.ring.start;
    this.newer = 0;
    this.catchUp();
  }

  /** Looks at the events that came since the last time. */
  catchUp(): void {
    const from = Math.max(this.#read, this.ring.start);
    for (let position = from; position < this.ring.end; position++) {
      if (!this.#passes(this.ring.at(position)!)) continue;
      this.#matching.push(position);
      if (!this.isFollowing) this.newer++;
    }
    this.#read = this.ring.end;
    this.#dropOld();
  }

  pause(now: number): void {
    if (!this.isFollowing) return;
    this.catchUp();
    this.#selected = this.#matching.at(-1);
    this.#pausedAt = now;
    this.newer = 0;
  }

  follow(): void {
    this.#pausedAt = undefined;
    this.newer = 0;
    this.catchUp();
  }

  /** Moves the selection; the first step away from the newest pauses. */
  move(by: number | "first" | "last", now: number): void {
    if (by === "last") return this.follow();
    this.pause(now);
    const visible = this.#visible();
    const index = by === "first" ? 0 : Math.max(0, Math.min(visible.length - 1, this.selectedIndex + by));
    this.#selected = visible[index];
  }

  #passes(item: FeedItem): boolean {
    return item.kind === "gap" || matchesFilter(this.#terms, searchEvent(item.event));
  }

  /** While paused, events that came later are kept out of sight. */
  #visible(): readonly number[] {
    return this.newer === 0 ? this.#matching : this.#matching.slice(0, this.#matching.length - this.newer);
  }

  #dropOld(): void {
    while (this.#dropped < this.#matching.length && this.#matching[this.#dropped]! < this.ring.start) this.#dropped++;
    if (this.#dropped === 0) return;
    this.#matching = this.#matching.slice(this.#dropped);
    this.newer = Math.min(this.newer, this.#matching.length);
    this.#dropped = 0;
  }
}
