/**
 * A map of bounded size: when it is full, what was longest not touched makes room. Each operation takes the same time,
 * however many entries there are.
 */
export class RecentMap<Key, Value> {
  readonly #entries = new Map<Key, Entry<Key, Value>>();
  readonly #capacity: number;
  #oldest: Entry<Key, Value> | undefined;
  #newest: Entry<Key, Value> | undefined;

  /** Holds at most `capacity` entries; at least 1. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Reads without touching. */
  get(key: Key): Value | undefined {
    return this.#entries.get(key)?.value;
  }

  /** Writes and touches; gives what had to make room, if anything. */
  set(key: Key, value: Value): Value | undefined {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      known.value = value;
      if (this.#takeOut(known)) this.#append(known);
      return undefined;
    }
    const entry: Entry<Key, Value> = { key, value, older: undefined, newer: undefined };
    this.#entries.set(key, entry);
    this.#append(entry);
    return this.#makeRoom();
  }

  /** All values, longest not touched first. */
  *values(): Generator<Value, void> {
    for (let entry = this.#oldest; entry !== undefined; entry = entry.newer) yield entry.value;
  }

  #makeRoom(): Value | undefined {
    const oldest = this.#oldest;
    if (oldest === undefined || this.#entries.size <= this.#capacity) return undefined;
    this.#takeOut(oldest);
    this.#entries.delete(oldest.key);
    return oldest.value;
  }

  #append(entry: Entry<Key, Value>): void {
    entry.older = this.#newest;
    entry.newer = undefined;
    if (this.#newest === undefined) this.#oldest = entry;
    else this.#newest.newer = entry;
    this.#newest = entry;
  }

  /** Takes an entry out of the order, unless it is the newest, which stays where it is; tells whether it has. */
  #takeOut({ older, newer }: Entry<Key, Value>): boolean {
    if (newer === undefined) return false;
    newer.older = older;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    return true;
  }
}

interface Entry<Key, Value> {
  readonly key: Key;
  value: Value;
  older: Entry<Key, Value> | undefined;
  newer: Entry<Key, Value> | undefined;
}
