import { Driver } from "../core/driver.ts";
import type { Machine, Millis } from "../core/machine.ts";
import type { Scheduler } from "../core/scheduler.ts";
import type { Endings } from "../path/condition.ts";
import { type FlowFacts, NO_FACTS } from "../path/flow-facts.ts";
import type { PathEffect, PathEvent } from "../path/path-effect.ts";
import type { PathHop } from "../path/path-hop.ts";
import type { Path } from "../path/path.ts";
import type { StageView } from "../path/stage-view.ts";
import type { Direction, Segment } from "../path/segment.ts";
import type { DeviceLegEvents } from "./device-leg.ts";

/** What a segment carries in live flows: decrypted bytes, TLS bytes, or nothing where only activity was seen. */
export type LivePayload = Uint8Array | undefined;

/** Cuts a payload in two; where only activity was seen, there are no bytes to cut. */
export function cutBytes(payload: LivePayload, atBytes: number): readonly [LivePayload, LivePayload] {
  return [payload?.subarray(0, atBytes), payload?.subarray(atBytes)];
}

/** What comes out of the path at its ends, told to the leg that drives it. */
export interface LegPathEnds {
  /** Activity on the wire that was not told yet; asked before a deadline is judged. */
  untold(): readonly Segment<LivePayload>[];
  forward(segment: Segment<LivePayload>): void;
  /** A condition has ended the flow, and the flow above knows. */
  ended(endings: Endings): void;
}

/** A path driven in real time below or beside one leg's TLS. */
export class LegPath {
  readonly #driver: Driver<PathEvent<LivePayload>, PathEffect<LivePayload>>;
  readonly #path: Path<LivePayload>;
  readonly #scheduler: Scheduler;
  #facts = NO_FACTS;

  constructor(path: Path<LivePayload>, scheduler: Scheduler, ends: LegPathEnds, events: DeviceLegEvents) {
    this.#path = path;
    this.#scheduler = scheduler;
    this.#driver = new Driver(new Attentive(path, ends), scheduler, (effect) => {
      switch (effect.kind) {
        case "forward":
          return ends.forward(effect.segment);
        case "ended":
          events.pathEnded(effect.hop, effect.condition, effect.endings);
          return ends.ended(effect.endings);
        case "respond":
          return events.respond(effect.status);
        case "swallowed":
          return undefined;
      }
    });
    this.#driver.settle();
  }

  /** Whether a condition has ended the flow. */
  get ended(): boolean {
    return this.#path.endedBy !== undefined;
  }

  /** The hop that ended the flow. */
  get endedBy(): string | undefined {
    return this.#path.endedBy;
  }

  /** What is known of the flow. */
  get facts(): FlowFacts {
    return this.#facts;
  }

  /** Its conditions as they stand. */
  inspect(): readonly StageView[] {
    return this.#path.inspect(this.#scheduler.now());
  }

  /** Tells the conditions what is known of the flow, when that or the timeline has changed. */
  review(facts: FlowFacts = this.#facts): void {
    this.#facts = facts;
    this.#driver.dispatch({ kind: "reviewed", facts });
  }

  /** Puts other conditions on the flow. */
  reconfigure(hops: readonly PathHop[]): void {
    this.#driver.dispatch({ kind: "reconfigured", hops });
  }

  /** Ends the flow from outside, as a last hop of that name would. */
  endFromOutside(by: string, endings: Endings): void {
    this.#driver.dispatch({ kind: "ended", by, endings });
  }

  /** Looks at the deadlines anew, after something else than an event of this flow changed one. */
  settle(): void {
    this.#driver.settle();
  }

  /** Whether the sender has to wait. */
  full(direction: Direction): boolean {
    return this.#path.full(direction);
  }

  /** Bytes that wait inside the path. */
  delayedBytes(direction: Direction): number {
    return this.#path.delayedBytes(direction);
  }

  data(direction: Direction, sizeBytes: number, payload: LivePayload): void {
    this.#driver.dispatch({ kind: "segment", segment: { kind: "data", direction, sizeBytes, payload } });
  }

  fin(direction: Direction): void {
    this.#driver.dispatch({ kind: "segment", segment: { kind: "fin", direction } });
  }

  rst(direction: Direction): void {
    this.#driver.dispatch({ kind: "segment", segment: { kind: "rst", direction } });
  }

  stop(): void {
    this.#driver.stop();
    this.#path.close();
  }
}

/** A path that looks for untold activity before it lets a deadline expire. */
class Attentive implements Machine<PathEvent<LivePayload>, PathEffect<LivePayload>> {
  readonly #path: Path<LivePayload>;
  readonly #ends: LegPathEnds;

  constructor(path: Path<LivePayload>, ends: LegPathEnds) {
    this.#path = path;
    this.#ends = ends;
  }

  handle(event: PathEvent<LivePayload>, now: Millis): readonly PathEffect<LivePayload>[] {
    return this.#path.handle(event, now);
  }

  nextDeadline(): Millis | undefined {
    return this.#path.nextDeadline();
  }

  /**
   * Untold activity came before the deadline that is being judged, when exactly is not known: it counts as of just
   * before, so that no flow expires early.
   */
  expire(now: Millis): readonly PathEffect<LivePayload>[] {
    const at = Math.min(now, (this.#path.nextDeadline() ?? now) - 1);
    const told = this.#ends.untold().flatMap((segment) => this.#path.handle({ kind: "segment", segment }, at));
    return [...told, ...this.#path.expire(now)];
  }
}
