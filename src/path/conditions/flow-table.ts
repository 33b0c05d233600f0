import type { Millis } from "../../core/machine.ts";
import { Closing } from "../closing.ts";
import {
  PASS,
  REFUSAL,
  SILENT,
  type Condition,
  type ConditionKind,
  type Endings,
  type FlowStart,
  type Verdict,
} from "../condition.ts";
import { type Place, RecencyList } from "../recency-list.ts";
import type { Segment } from "../segment.ts";

// A flow's entry: listed -> condemned, when another flow takes its place -> gone, at once, by its endings;
//                 listed -> gone, when its adaptive time-out expires; an RST passes; a FIN has passed in both
//                 directions; the hop ends the flow; the flow is gone.
// A flow that finds no place is condemned from its start.

/** A hop that can hold so many flows and no more. */
export interface FlowTableSettings {
  readonly type: "flow-table";
  /** Most flows at a time, over all flows of the hop. 1 to 10,000,000. */
  readonly flows: number;
  /** What becomes of a flow that finds the table full, or of the one that gives way. */
  readonly whenFull: "evict-longest-idle" | "refuse" | "drop";
  /** How a flow ends whose entry is given up. */
  readonly atEviction: Endings;
  readonly adaptive?: AdaptiveSettings;
}

/**
 * Time-outs that shrink as the table fills: with more than `from` flows they are scaled by
 * (to - flows) / (to - from), and at `to` flows they are 0 (pf.conf(5), adaptive.start and adaptive.end).
 */
export interface AdaptiveSettings {
  readonly from: number;
  readonly to: number;
  /** The idle time-out of a table that is not scaled, in ms. 1 s to 30 days. */
  readonly idleTimeoutMs: Millis;
}

/** The flow table: a new flow costs the longest idle one its entry, or finds no place itself. */
export const flowTable: ConditionKind<FlowTableSettings> = {
  delays: false,
  prepare: (settings) => {
    const table = new FlowTable(settings);
    return (flow) => table.admit(flow);
  },
};

/** The table of one hop, shared by its flows. */
class FlowTable {
  readonly settings: FlowTableSettings;
  readonly #entries = new RecencyList<Entry>();
  /** When a flow was last added, which shortened every time-out. */
  #filledAt: Millis = -Infinity;
  #waking = false;
  #wakeAgain = false;

  constructor(settings: FlowTableSettings) {
    this.settings = settings;
  }

  admit(flow: FlowStart): Condition {
    const { flows, whenFull } = this.settings;
    const entry = new Entry(this, flow);
    if (this.#entries.size >= flows && whenFull !== "evict-longest-idle") {
      entry.condemn(flow.createdAt, whenFull === "refuse" ? REFUSAL : SILENT);
      return entry;
    }
    const evicted = this.#makeRoom(flow.createdAt);
    this.#filledAt = flow.createdAt;
    entry.place = this.#entries.add(entry);
    evicted?.wake();
    if (this.#entries.first !== entry) this.#wakeFirst();
    return entry;
  }

  use(place: Place<Entry>): void {
    const wasFirst = this.#entries.first === place.item;
    this.#entries.use(place);
    if (wasFirst) this.#wakeFirst();
  }

  remove(place: Place<Entry>): void {
    this.#entries.remove(place);
    this.#wakeFirst();
  }

  /** When the longest idle flow has been idle for too long; no other one expires before it. */
  expiresAt(entry: Entry, activeAt: Millis): Millis | undefined {
    const { adaptive } = this.settings;
    if (adaptive === undefined || this.#entries.first !== entry) return undefined;
    const { from, to, idleTimeoutMs } = adaptive;
    const factor = Math.min(Math.max((to - this.#entries.size) / (to - from), 0), 1);
    return Math.max(activeAt + idleTimeoutMs * factor, Math.min(this.#filledAt, activeAt + idleTimeoutMs));
  }

  /**
   * Takes the longest idle flow off a full table. Nobody is woken before its place is taken: whoever hears of an end may
   * come back at once, and would find it free.
   */
  #makeRoom(now: Millis): Entry | undefined {
    const { flows, atEviction } = this.settings;
    const { first, size } = this.#entries;
    if (first === undefined || size < flows) return undefined;
    const waking = this.#waking;
    this.#waking = true;
    first.condemn(now, atEviction);
    this.#waking = waking;
    return first;
  }

  /**
   * Time-outs have changed, or another flow has become the longest idle one: it is told. Its end changes them again; that
   * is dealt with here and not within, however many follow.
   */
  #wakeFirst(): void {
    if (this.settings.adaptive === undefined) return;
    this.#wakeAgain = true;
    if (this.#waking) return;
    this.#waking = true;
    try {
      while (this.#wakeAgain) {
        this.#wakeAgain = false;
        this.#entries.first?.wake();
      }
    } finally {
      this.#waking = false;
    }
  }
}

class Entry implements Condition {
  place: Place<Entry> | undefined;
  readonly #table: FlowTable;
  readonly #flow: FlowStart;
  readonly #closing = new Closing();
  #activeAt: Millis;
  #condemned: { readonly at: Millis; readonly endings: Endings } | undefined;

  constructor(table: FlowTable, flow: FlowStart) {
    this.#table = table;
    this.#flow = flow;
    this.#activeAt = flow.createdAt;
  }

  /** Gives the entry up. */
  condemn(at: Millis, endings: Endings): void {
    this.#leave();
    this.#condemned = { at, endings };
  }

  wake(): void {
    this.#flow.wake();
  }

  onSegment(segment: Segment, now: Millis): Verdict {
    const verdict = this.onDeadline(now);
    if (this.place === undefined) return verdict;
    this.#closing.note(segment);
    if (this.#closing.over) this.#leave();
    else if (segment.kind === "data") {
      this.#activeAt = now;
      this.#table.use(this.place);
    }
    return verdict;
  }

  nextDeadline(): Millis | undefined {
    if (this.place === undefined) return this.#condemned?.at;
    return this.#table.expiresAt(this, this.#activeAt);
  }

  onDeadline(now: Millis): Verdict {
    const deadline = this.nextDeadline();
    if (deadline === undefined || now < deadline) return PASS;
    const endings = this.#condemned?.endings ?? this.#table.settings.atEviction;
    this.forget();
    return { kind: "end", endings };
  }

  forget(): void {
    this.#condemned = undefined;
    this.#leave();
  }

  #leave(): void {
    const { place } = this;
    if (place === undefined) return;
    this.place = undefined;
    this.#table.remove(place);
  }
}
