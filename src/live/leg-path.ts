import { Driver } from "../core/driver.ts";
import type { Machine, Millis } from "../core/machine.ts";
import type { Scheduler } from "../core/scheduler.ts";
import type { Endings } from "../path/condition.ts";
import type { PathEffect, PathEvent } from "../path/path-effect.ts";
import type { Path } from "../path/path.ts";
import type { Direction, Segment } from "../path/segment.ts";
import type { DeviceLegEvents } from "./device-leg.ts";
import type { FlowEnforcement } from "./enforcement/flow-enforcement.ts";

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

  /** @param enforcement what the kernel does for this flow, where it helps */
  constructor(
    path: Path<LivePayload>,
    scheduler: Scheduler,
    ends: LegPathEnds,
    events: DeviceLegEvents,
    enforcement?: FlowEnforcement,
  ) {
    this.#path = path;
    const attentive = new Attentive(path, ends);
    const machine = enforcement?.watch(path, attentive, () => this.#driver.settle()) ?? attentive;
    this.#driver = new Driver(machine, scheduler, (effect) => {
      switch (effect.kind) {
        case "forward":
          if (enforcement?.holds(effect.segment, () => ends.forward(effect.segment)) === true) return undefined;
          return ends.forward(effect.segment);
        case "ended":
          enforcement?.ended(effect.endings);
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
