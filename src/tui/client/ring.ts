/** The newest `capacity` things, the oldest dropped; positions are absolute and never reused. */
export class Ring<T> {
  readonly #slots: T[] = [];
  #end = 0;

  constructor(readonly capacity: number) {}

  push(item: T): void {
    this.#slots[this.#end % this.capacity] = item;
    this.#end++;
  }

  /** Position after the newest. */
  get end(): number {
    return this.#end;
  }

  /** Position of the oldest that is kept. */
  get start(): number {
    return Math.max(0, this.#end - this.capacity);
  }

  get size(): number {
    return this.#end - this.start;
  }

  at(position: number): T | undefined {
    return position >= this.start && position < this.#end ? this.#slots[position % this.capacity] : undefined;
  }
}
