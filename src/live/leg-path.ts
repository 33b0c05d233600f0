import { Fifo } from "../core/fifo.ts";
import { Driver } from "../core/driver.ts";
import type { Machine, Millis } from "../core/machine.ts";
import type { Scheduler } from "../core/scheduler.ts";
import type { Endings } from "../path/condition.ts";
import { type FlowFacts, NO_FACTS } from "../path/flow-facts.ts";
import { type HeldEffect, HoldingPath } from "../path/holding-path.ts";
import type { PathEffect, PathEvent } from "../path/path-effect.ts";
import type { PathHop } from "../path/path-hop.ts";
import type { Path } from "../path/path.ts";
import type { StageView } from "../path/stage-view.ts";
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
  /** More may enter in this direction, after `mustWait` has said that it had to wait. */
  eased(direction: Direction): void;
}

/**
 * A path driven in real time below or beside one leg's TLS. It is the machine of its own driver: a path that looks for
 * untold activity before it lets a deadline expire, and tells when senders need not wait any more.
 */
export class LegPath implements Machine<PathEvent<LivePayload>, LegEffect> {
  readonly #driver: Driver<PathEvent<LivePayload>, LegEffect>;
  readonly #path: Path<LivePayload>;
  readonly #holding: HoldingPath<LivePayload>;
  readonly #scheduler: Scheduler;
  readonly #ends: LegPathEnds;
  readonly #events: DeviceLegEvents;
  readonly #enforcement: FlowEnforcement | undefined;
  /** Whether the sender was told to wait. */
  #serverBoundWaits = false;
  #deviceBoundWaits = false;
  /** Bytes toward the device that the leg was told to send, and that have left. */
  #sentBytes = 0;
  #passedBytes = 0;
  /** Whoever waits for some of these to leave; made for the first. */
  #marks: Fifo<Mark> | undefined;
  #facts = NO_FACTS;
  /** No event is told as of an instant before one that was told. */
  #latestAt = -Infinity;

  /**
   * What is due at the flow's creation happens at the first `settle`, when all are there that hear of it.
   * @param enforcement what the kernel does for this flow, where it helps
   */
  constructor(
    path: Path<LivePayload>,
    scheduler: Scheduler,
    ends: LegPathEnds,
    events: DeviceLegEvents,
    enforcement?: FlowEnforcement,
  ) {
    this.#enforcement = enforcement;
    this.#path = path;
    this.#holding = new HoldingPath(path);
    this.#scheduler = scheduler;
    this.#ends = ends;
    this.#events = events;
    const machine = enforcement?.watch(path, this, () => this.#driver.settle()) ?? this;
    this.#driver = new Driver(machine, scheduler, (effect) => this.#perform(effect));
  }

  handle(event: PathEvent<LivePayload>, now: Millis): readonly LegEffect[] {
    if (now > this.#latestAt) this.#latestAt = now;
    return this.#easing(this.#holding.handle(event, now));
  }

  nextDeadline(): Millis | undefined {
    return this.#holding.nextDeadline();
  }

  /**
   * Untold activity came before the deadline that is being judged, when exactly is not known: it counts as of just
   * before, so that no flow expires early.
   */
  expire(now: Millis): readonly LegEffect[] {
    const at = Math.max(this.#latestAt, Math.min(now, (this.#holding.nextDeadline() ?? now) - 1));
    const told = this.#ends.untold().flatMap((segment) => this.#holding.handle({ kind: "segment", segment }, at));
    this.#latestAt = now;
    return this.#easing([...told, ...this.#holding.expire(now)]);
  }

  /** Whether a condition has ended the flow. */
  get ended(): boolean {
    return this.#path.endedBy !== undefined;
  }

  /** Whether data that enters leaves at once, or never: nothing on the path keeps it. */
  get passesAtOnce(): boolean {
    return this.#enforcement === undefined && !this.#path.delays;
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

  /** Ends the flow from outside at once, whatever waits in it or has ended it. */
  endFromOutside(by: string, endings: Endings): void {
    this.#driver.dispatch({ kind: "ended", by, endings });
  }

  /** Looks at the deadlines anew, after something else than an event of this flow changed one. */
  settle(): void {
    this.#driver.settle();
  }

  /** Whether the sender has to wait; if so, the leg is told when it need not any more (`eased`). */
  mustWait(direction: Direction): boolean {
    const waits = this.#path.full(direction);
    if (direction === "toServer") this.#serverBoundWaits = waits;
    else this.#deviceBoundWaits = waits;
    return waits;
  }

  /** Whether a hop that has not ended the flow holds something back in this direction, or has dropped some. */
  holds(direction: Direction): boolean {
    return !this.ended && this.#path.holder(direction) !== undefined;
  }

  /** Whether anything can still come out of the path in this direction. */
  reaches(direction: Direction): boolean {
    return this.#path.carries(direction) || this.#path.delayedBytes(direction) > 0;
  }

  /**
   * Tells once all that was sent toward the device so far has left the path: at once where nothing is held, never where
   * something was dropped.
   */
  whenPassed(told: () => void): void {
    if (this.#passedBytes >= this.#sentBytes || !this.holds("toDevice")) told();
    else (this.#marks ??= new Fifo()).push({ atBytes: this.#sentBytes, told });
  }

  /** Bytes that wait inside the path. */
  delayedBytes(direction: Direction): number {
    return this.#path.delayedBytes(direction);
  }

  data(direction: Direction, sizeBytes: number, payload: LivePayload): void {
    if (direction === "toDevice" && payload !== undefined) this.#sentBytes += sizeBytes;
    this.#driver.dispatch({ kind: "segment", segment: { kind: "data", direction, sizeBytes, payload } });
  }

  fin(direction: Direction): void {
    this.#noteGoing(direction);
    this.#driver.dispatch({ kind: "segment", segment: { kind: "fin", direction } });
  }

  rst(direction: Direction): void {
    this.#noteGoing(direction);
    this.#driver.dispatch({ kind: "segment", segment: { kind: "rst", direction } });
  }

  stop(): void {
    this.#driver.stop();
    this.#path.close();
  }

  #noteGoing(direction: Direction): void {
    if (direction === "toServer" && this.holds("toDevice")) this.#events.answersMissed();
  }

  #perform(effect: LegEffect): void {
    switch (effect.kind) {
      case "forward":
        if (this.#enforcement?.holds(effect.segment, () => this.#forward(effect.segment)) === true) return undefined;
        return this.#forward(effect.segment);
      case "ended":
        this.#enforcement?.ended(effect.endings);
        this.#events.pathEnded(effect.hop, effect.condition, effect.endings);
        return this.#ends.ended(effect.endings);
      case "respond":
        return this.#events.respond(effect.status);
      case "swallowed":
        return this.#events.swallowed();
      case "held":
        return this.#events.answersHeld(effect.hop);
      case "eased":
        return this.#ends.eased(effect.direction);
    }
  }

  #forward(segment: Segment<LivePayload>): void {
    this.#ends.forward(segment);
    if (segment.direction === "toServer" || segment.kind !== "data" || segment.payload === undefined) return;
    this.#passedBytes += segment.sizeBytes;
    if (this.#marks !== undefined) this.#tellPassed(this.#marks);
  }

  #tellPassed(marks: Fifo<Mark>): void {
    for (let mark = marks.first; mark !== undefined && mark.atBytes <= this.#passedBytes; mark = marks.first) {
      marks.shift();
      mark.told();
    }
  }

  #easing(effects: readonly LegEffect[]): readonly LegEffect[] {
    if (!this.#serverBoundWaits && !this.#deviceBoundWaits) return effects;
    const eased: LegEffect[] = [];
    if (this.#serverBoundWaits && !this.mustWait("toServer")) eased.push(EASED.toServer);
    if (this.#deviceBoundWaits && !this.mustWait("toDevice")) eased.push(EASED.toDevice);
    return eased.length === 0 ? effects : [...effects, ...eased];
  }
}

/** Who is to be told when so many bytes have passed. */
interface Mark {
  readonly atBytes: number;
  told(): void;
}

type LegEffect = PathEffect<LivePayload> | HeldEffect | EasedEffect;

interface EasedEffect {
  readonly kind: "eased";
  readonly direction: Direction;
}

const EASED = {
  toServer: { kind: "eased", direction: "toServer" },
  toDevice: { kind: "eased", direction: "toDevice" },
} as const;
