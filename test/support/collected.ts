/** Things that are told one by one, and a way to wait for them. */
export class Collected<Thing> {
  readonly things: Thing[] = [];
  readonly #waiting = new Set<() => void>();

  /** Takes a thing; bound, so that it can be handed in as a callback. */
  readonly add = (thing: Thing): void => {
    this.things.push(thing);
    for (const look of this.#waiting) look();
  };

  /** Resolves once so many things are there, with all of them. */
  count(least: number): Promise<readonly Thing[]> {
    return this.until(() => this.things.length >= least);
  }

  /** Resolves once one of them fits, with all of them. */
  some(fits: (thing: Thing) => boolean): Promise<readonly Thing[]> {
    return this.until(() => this.things.some(fits));
  }

  /** Resolves once it holds, looked at whenever a thing comes. */
  until(holds: () => boolean): Promise<readonly Thing[]> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!holds()) return;
        this.#waiting.delete(look);
        resolve(this.things);
      };
      this.#waiting.add(look);
      look();
    });
  }
}
