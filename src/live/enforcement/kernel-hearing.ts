import { setTimeout } from "node:timers/promises";
import type { Millis } from "../../core/machine.ts";
import { type FlowTuple, tupleKey } from "./flow-tuple.ts";
import type { NftSession } from "./nft-session.ts";
import { readHeard } from "./nft-table.ts";

/** How long nft is left alone after a listing at least, in real ms; else for as long as the listing took. */
const REST_MS = 20;

/** When flows were heard, by their keys, in ms since the table was made. */
type Listing = ReadonlyMap<string, Millis>;

/**
 * Asks nft when watched flows were heard. A listing takes the longer the more flows are watched, so whoever asks while
 * one runs, or soon after, is answered by the next: nft lists half of the time at most.
 *
 * Instants are the kernel's own, counted from the making of the table: the same packet always has the same one,
 * however long nft takes to tell it.
 */
export class KernelHearing {
  readonly #session: NftSession;
  readonly #table: string;
  readonly #madeAt: Millis;
  readonly #families = new Set<4 | 6>();
  #running: Promise<Listing> | undefined;
  #next: Promise<Listing> | undefined;
  #restsUntil: Millis = 0;

  /** @param madeAt when the table was made, on this process's own clock */
  constructor(session: NftSession, table: string, madeAt: Millis) {
    this.#session = session;
    this.#table = table;
    this.#madeAt = madeAt;
  }

  /**
   * How long ago a flow was heard, in real ms; `undefined` when nft does not know it.
   * @throws Error what nft said
   */
  async agoMs(flow: FlowTuple): Promise<Millis | undefined> {
    this.#next ??= this.#listNext(this.#running);
    this.#families.add(flow.family);
    const heardAt = (await this.#next).get(tupleKey(flow));
    return heardAt === undefined ? undefined : performance.now() - this.#madeAt - heardAt;
  }

  async #listNext(running: Promise<Listing> | undefined): Promise<Listing> {
    await running?.catch(() => undefined);
    await setTimeout(Math.max(0, this.#restsUntil - performance.now()));
    this.#running = this.#next;
    this.#next = undefined;
    const families = [...this.#families];
    this.#families.clear();
    const beganAt = performance.now();
    const lists = families.map((family) => this.#session.run([`list set inet ${this.#table} heard${family}`]));
    const texts = await Promise.all(lists);
    const endedAt = performance.now();
    this.#restsUntil = endedAt + Math.max(REST_MS, endedAt - beganAt);
    return new Map(texts.flatMap((text) => [...readHeard(text)]));
  }
}
