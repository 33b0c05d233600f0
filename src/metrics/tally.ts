import { Distribution } from "../core/distribution.ts";
import type { Exemplar } from "./exposition.ts";

/** A count of exchanges, with the latest of them. A plain number: `Counter` of prom-client takes twenty times as long. */
export class Tally {
  value = 0;
  exemplar: Exemplar | undefined;

  /** Counts an exchange at an instant in real ms since 1970. */
  count(exchange: number, at: number): void {
    this.value += 1;
    this.exemplar = { exchange, value: 1, at };
  }
}

/** Times of exchanges, spread over ranges, with the latest exchange of each. */
export class Spread {
  readonly distribution: Distribution;
  readonly exemplars: (Exemplar | undefined)[];

  constructor(bounds: readonly number[]) {
    this.distribution = new Distribution(bounds);
    this.exemplars = Array.from({ length: bounds.length + 1 }, () => undefined);
  }

  /** Takes in a time, in seconds. A device may ask for -100 s, and a sum that falls reads as a restart: that is left out. */
  observe(seconds: number | undefined, exchange: number, at: number): void {
    if (seconds === undefined || seconds < 0) return;
    this.exemplars[this.distribution.add(seconds)] = { exchange, value: seconds, at };
  }
}
