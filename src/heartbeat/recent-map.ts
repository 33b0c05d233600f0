/** A map of bounded size: when it is full, what was longest not touched makes room. */
export class RecentMap<Key, Value> {
  readonly #entries = new Map<Key, Value>();
  readonly #capacity: number;

  /** Holds at most `capacity` entries; at least 1. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Reads without touching. */
  get(key: Key): Value | undefined {
    return this.#entries.get(key);
  }

  /** Writes and touches; gives what had to make room, if anything. */
  set(key: Key, value: Value): Value | undefined {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    let forgotten: Value | undefined;
    for (const [oldest, unseen] of this.#entries) {
      if (this.#entries.size <= this.#capacity) break;
      this.#entries.delete(oldest);
      forgotten = unseen;
    }
    return forgotten;
  }

  /** All values, longest not touched first. */
  values(): IterableIterator<Value> {
    return this.#entries.values();
  }
}
