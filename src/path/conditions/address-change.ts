import type { Millis } from "../../core/machine.ts";
import type { Random } from "../../core/random.ts";
import { Closing } from "../closing.ts";
import {
  PASS,
  SILENT,
  type Condition,
  type ConditionKind,
  type ConditionSetup,
  type FlowStart,
  type Verdict,
} from "../condition.ts";
import type { FlowFacts } from "../flow-facts.ts";
import { nextOccurrence } from "../occurrence.ts";
import type { Segment } from "../segment.ts";
import type { Timeline } from "../timeline.ts";

// States: waiting (the flow dies at the next change of its device's address), over.
// waiting -> over: the address changes; an RST passes; a FIN has passed in both directions.

/** A network that gives devices another address now and then. */
export interface AddressChangeSettings {
  readonly type: "address-change";
  /** When it happens, in ms after the start of the timeline. 1 ms to 30 days. */
  readonly atMs: Millis;
  /** Time from one change to the next, in ms; absent for once. */
  readonly everyMs?: Millis;
  /** Devices follow one another within this time, in ms, each with a lag of its own drawn by the seed; 0 for all at once. */
  readonly spreadMs: Millis;
}

/**
 * The address change: every flow that a device has at the instant dies silently; flows that it opens then live until
 * the next one. Who a device is its requests tell; until one has, and where none does, its address counts.
 */
export const addressChange: ConditionKind<AddressChangeSettings> = {
  delays: false,
  prepare: (settings, setup) => (flow) => new AddressChange(settings, setup, flow),
};

class AddressChange implements Condition {
  readonly #settings: AddressChangeSettings;
  readonly #random: Random;
  readonly #timeline: Timeline;
  readonly #closing = new Closing();
  #device: string;
  #startedAt: Millis | undefined;
  #changesAt: Millis | undefined;

  constructor(settings: AddressChangeSettings, setup: ConditionSetup, { source = "", createdAt }: FlowStart) {
    this.#settings = settings;
    this.#random = setup.random;
    this.#timeline = setup.timeline;
    this.#device = source;
    this.#startedAt = setup.timeline.startedAt;
    this.#changesAt = this.#nextChange(createdAt);
  }

  onSegment(segment: Segment, now: Millis): Verdict {
    const verdict = this.onDeadline(now);
    this.#closing.note(segment);
    if (this.#closing.over) this.#changesAt = undefined;
    return verdict;
  }

  nextDeadline(): Millis | undefined {
    return this.#changesAt;
  }

  onDeadline(now: Millis): Verdict {
    if (this.#changesAt === undefined || now < this.#changesAt) return PASS;
    this.#changesAt = undefined;
    return { kind: "end", endings: SILENT };
  }

  review({ deviceId }: FlowFacts, now: Millis): Verdict {
    const device = deviceId ?? this.#device;
    const { startedAt } = this.#timeline;
    if (this.#closing.over || (device === this.#device && startedAt === this.#startedAt)) return PASS;
    this.#device = device;
    this.#startedAt = startedAt;
    this.#changesAt = this.#nextChange(now);
    return PASS;
  }

  /** A change at the very instant at which a flow is created comes before it. */
  #nextChange(now: Millis): Millis | undefined {
    if (this.#startedAt === undefined) return undefined;
    const { atMs, everyMs, spreadMs } = this.#settings;
    const lagMs = spreadMs === 0 ? 0 : this.#random.fork(this.#device).next() * spreadMs;
    return nextOccurrence(this.#startedAt, atMs + lagMs, everyMs, now);
  }
}
