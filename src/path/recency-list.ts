/** Items in the order in which they were last used; each operation takes the same time, however many there are. */
export class RecencyList<Item> {
  #first: Place<Item> | undefined;
  #last: Place<Item> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The item that was used longest ago. */
  get first(): Item | undefined {
    return this.#first?.item;
  }

  /** Adds an item as the one used last, and gives its place, by which it is found again. */
  add(item: Item): Place<Item> {
    const place: Place<Item> = { item, before: undefined, after: undefined };
    this.#append(place);
    this.#size += 1;
    return place;
  }

  /** Makes an item the one used last. */
  use(place: Place<Item>): void {
    this.#unlink(place);
    this.#append(place);
  }

  remove(place: Place<Item>): void {
    this.#unlink(place);
    this.#size -= 1;
  }

  #append(place: Place<Item>): void {
    place.before = this.#last;
    place.after = undefined;
    if (this.#last === undefined) this.#first = place;
    else this.#last.after = place;
    this.#last = place;
  }

  #unlink({ before, after }: Place<Item>): void {
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
  }
}

/** Where an item stands; whoever holds it gives it back to the list it is of. */
export interface Place<Item> {
  readonly item: Item;
  before: Place<Item> | undefined;
  after: Place<Item> | undefined;
}
