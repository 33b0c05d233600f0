import type { Machine, Millis } from "../core/machine.ts";
import type { Endings, FlowStart, PlainEnding, Verdict } from "./condition.ts";
import { FlowHop, type Stage } from "./flow-hop.ts";
import type { PathEffect, PathEvent } from "./path-effect.ts";
import type { PathHop } from "./path-hop.ts";
import { type Direction, type End, type Segment, farEnd, nearEnd, opposite } from "./segment.ts";

// One flow on its path. A segment crosses the hops in travel order and each hop's conditions in listed order, whatever
// the direction; the first verdict that is not `pass` acts.
//
// A hop:    alive -> ended, when one of its conditions ends the flow; what waits in the hop then dies with it, and none
//           of its conditions is asked again. Other hops live on, and may end what is left of the flow in their turn.
// A stage's direction (a condition's): clear -> busy while segments wait there, FIN and RST behind data
//           (so an RST never overtakes) -> closed, when the condition drops a segment.
// An end:   open -> finished, when a FIN leaves the path for it -> over, when it sends an RST, or one leaves for it.
//           What an end that is over still sends is ignored, and so is what would still leave for it: neither exists.
//
// Ties: what is due at one instant is done device side first, in a hop in listed order, for one condition its own
// deadline first, then what waits toServer, then toDevice. Ending a flow, a hop serves the device's leg first. What is
// due is done as of the instant at which it was due, so a late call changes nothing but the instant of its effects.

/**
 * The machine of one flow on its path, between the device and the server.
 * Design 4: hops act in travel order; a drop is final for its direction; a path has one answer to 'which hop?'.
 */
export class Path<Payload = unknown> implements Machine<PathEvent<Payload>, PathEffect<Payload>> {
  readonly #atDevice: FlowHop<Payload> | undefined;
  readonly #atServer: FlowHop<Payload> | undefined;
  readonly #stages: readonly Stage<Payload>[];
  readonly #legs: Record<End, Leg> = { device: "open", server: "open" };
  #endedBy: string | undefined;
  #answering = false;
  #effects: PathEffect<Payload>[] | undefined;

  /** Hops stand device side first, as in a profile; none at all is a path that forwards everything. */
  constructor(hops: readonly PathHop[], flow: FlowStart) {
    const flowHops: FlowHop<Payload>[] = [];
    for (const hop of hops) flowHops.push(new FlowHop(hop, flow, flowHops.at(-1)));
    this.#atDevice = flowHops[0];
    this.#atServer = flowHops.at(-1);
    this.#stages = flowHops.flatMap((hop) => hop.stages);
  }

  /** The hop that ended the flow, the first to do so. */
  get endedBy(): string | undefined {
    return this.#endedBy;
  }

  /** Payload bytes that wait in the path, for the sender's back-pressure. */
  delayedBytes(direction: Direction): number {
    let bytes = 0;
    for (const stage of this.#stages) bytes += stage.bytes(direction);
    return bytes;
  }

  /**
   * Whether data that enters now can still leave at the far end.
   * As long as it can, a path that delays nothing need only be told of data, which may flow beside it.
   */
  carries(direction: Direction): boolean {
    if (this.#ignores(nearEnd(direction)) || this.#legs[farEnd(direction)] !== "open") return false;
    for (const stage of this.#stages) {
      if (stage.closed(direction) || blocks(stage.hop, direction)) return false;
    }
    return true;
  }

  handle(event: PathEvent<Payload>, now: Millis): readonly PathEffect<Payload>[] {
    switch (event.kind) {
      case "segment":
        return this.#enter(event.segment, now);
      case "keepalive":
        this.#keepAlive(event.direction, now);
        return NOTHING;
    }
  }

  /** Whether a condition that keepalives refresh is due. */
  keepaliveDue(now: Millis): boolean {
    return this.#stages.some(({ hop, condition }) => {
      const heeds = hop.endings === undefined && condition.onKeepalive !== undefined;
      return heeds && (condition.nextDeadline() ?? Infinity) <= now;
    });
  }

  #enter(segment: Segment<Payload>, now: Millis): readonly PathEffect<Payload>[] {
    const from = nearEnd(segment.direction);
    if (this.#ignores(from)) return NOTHING;
    if (segment.kind === "rst") this.#legs[from] = "over";
    this.#travel(segment, this.#entrance(segment.direction), now);
    return this.#takeEffects();
  }

  nextDeadline(): Millis | undefined {
    let earliest = Infinity;
    for (const stage of this.#stages) earliest = Math.min(earliest, stage.dueAt);
    return earliest === Infinity ? undefined : earliest;
  }

  expire(now: Millis): readonly PathEffect<Payload>[] {
    for (let stage = this.#firstDue(now); stage !== undefined; stage = this.#firstDue(now)) {
      this.#settle(stage, stage.dueAt);
    }
    return this.#takeEffects();
  }

  #entrance(direction: Direction): FlowHop<Payload> | undefined {
    return direction === "toServer" ? this.#atDevice : this.#atServer;
  }

  #keepAlive(direction: Direction, at: Millis): void {
    for (let hop = this.#entrance(direction); hop !== undefined; hop = hop.next(direction)) {
      if (blocks(hop, direction)) return;
      for (const { condition } of hop.stages) condition.onKeepalive?.(direction, at);
    }
  }

  /** An end that is over sends nothing; but a hop that answers does so from the server's end. */
  #ignores(end: End): boolean {
    return this.#legs[end] === "over" && !(end === "server" && this.#answering);
  }

  #travel(segment: Segment<Payload>, entrance: FlowHop<Payload> | undefined, at: Millis): void {
    for (let hop = entrance; hop !== undefined; hop = hop.next(segment.direction)) {
      if (!this.#crossHop(hop, segment, at)) return;
    }
    this.#leave(segment);
  }

  #crossHop(hop: FlowHop<Payload>, segment: Segment<Payload>, at: Millis): boolean {
    if (hop.endings === undefined) return this.#crossStages(hop, 0, segment, at);
    return blocks(hop, segment.direction) ? this.#refuse(hop, hop.endings, segment, at) : true;
  }

  #crossStages(hop: FlowHop<Payload>, first: number, segment: Segment<Payload>, at: Millis): boolean {
    for (let index = first, stage = hop.stages[index]; stage !== undefined; stage = hop.stages[(index += 1)]) {
      if (!this.#crossStage(stage, segment, at)) return false;
    }
    return true;
  }

  #crossStage(stage: Stage<Payload>, segment: Segment<Payload>, at: Millis): boolean {
    if (stage.closed(segment.direction)) return this.#swallow(stage.hop, segment);
    const verdict = stage.condition.onSegment(segment, at);
    switch (verdict.kind) {
      case "pass":
        return this.#goOn(stage, segment, at, at);
      case "delay":
        return this.#goOn(stage, segment, verdict.until, at);
      case "drop":
        stage.openLane(segment.direction).close();
        return this.#swallow(stage.hop, segment);
      case "reset":
      case "close":
      case "end":
        break;
    }
    const endings = endingsOf(verdict);
    this.#end(stage, endings, at);
    return this.#refuse(stage.hop, endings, segment, at);
  }

  /** Whether the segment goes on at once; if not, it waits. */
  #goOn(stage: Stage<Payload>, segment: Segment<Payload>, until: Millis, at: Millis): boolean {
    if (until <= at && !stage.busy(segment.direction)) return true;
    stage.openLane(segment.direction).add(segment, until);
    return false;
  }

  /** An RST is never answered with an RST (RFC 9293, 3.10.7.1). */
  #refuse(hop: FlowHop<Payload>, endings: Endings, segment: Segment<Payload>, at: Millis): false {
    this.#swallow(hop, segment);
    const back = opposite(segment.direction);
    if (endings[back] === "reset-on-next" && segment.kind !== "rst") this.#travel(RST[back], hop.next(back), at);
    return false;
  }

  #swallow(hop: FlowHop<Payload>, segment: Segment<Payload>): false {
    this.#tell({ kind: "swallowed", segment, hop: hop.name });
    return false;
  }

  #leave(segment: Segment<Payload>): void {
    const end = farEnd(segment.direction);
    const leg = this.#legs[end];
    if (leg === "over" || (leg === "finished" && segment.kind !== "rst")) return;
    if (segment.kind !== "data") this.#legs[end] = segment.kind === "rst" ? "over" : "finished";
    this.#tell({ kind: "forward", segment });
  }

  #firstDue(now: Millis): Stage<Payload> | undefined {
    let first: Stage<Payload> | undefined;
    let earliest = Infinity;
    for (const stage of this.#stages) {
      const { dueAt } = stage;
      if (dueAt > now || dueAt >= earliest) continue;
      earliest = dueAt;
      first = stage;
    }
    return first;
  }

  #settle(stage: Stage<Payload>, at: Millis): void {
    const deadline = stage.condition.nextDeadline();
    if (stage.hop.endings === undefined && deadline !== undefined && deadline <= at) this.#meetDeadline(stage, at);
    else this.#release(stage, stage.releaseAt("toServer") <= at ? "toServer" : "toDevice", at);
  }

  #meetDeadline(stage: Stage<Payload>, at: Millis): void {
    const verdict = stage.condition.onDeadline(at);
    switch (verdict.kind) {
      case "pass":
      case "delay":
        break;
      case "drop":
        stage.openLane("toServer").close();
        stage.openLane("toDevice").close();
        break;
      case "reset":
      case "close":
      case "end":
        this.#end(stage, endingsOf(verdict), at);
        return;
    }
    const next = stage.condition.nextDeadline();
    if (next !== undefined && next <= at) {
      throw new Error(
        `${stage.type} of hop ${stage.hop.name} kept its deadline ${next} at ${at}: expected a later one`,
      );
    }
  }

  #release(stage: Stage<Payload>, direction: Direction, at: Millis): void {
    const segment = stage.take(direction);
    if (segment === undefined || !this.#crossStages(stage.hop, stage.index + 1, segment, at)) return;
    this.#travel(segment, stage.hop.next(direction), at);
  }

  #end({ hop, type }: Stage<Payload>, endings: Endings, at: Millis): void {
    hop.endings = endings;
    if (this.#endedBy === undefined) {
      this.#endedBy = hop.name;
      this.#tell({ kind: "ended", hop: hop.name, condition: type, endings });
    }
    for (const stage of hop.stages) this.#empty(stage);
    if (typeof endings.toDevice === "string") this.#endLeg(hop, "toDevice", endings.toDevice, at);
    else this.#answer(hop, endings.toDevice.respond);
    this.#endLeg(hop, "toServer", endings.toServer, at);
  }

  #empty(stage: Stage<Payload>): void {
    for (const direction of DIRECTIONS) {
      for (let segment = stage.take(direction); segment !== undefined; segment = stage.take(direction)) {
        this.#swallow(stage.hop, segment);
      }
    }
  }

  #endLeg(hop: FlowHop<Payload>, direction: Direction, ending: PlainEnding, at: Millis): void {
    switch (ending) {
      case "drop":
      case "reset-on-next":
        return;
      case "reset":
        this.#travel(RST[direction], hop.next(direction), at);
        return;
      case "close":
        this.#travel(FIN[direction], hop.next(direction), at);
    }
  }

  #answer(hop: FlowHop<Payload>, status: number): void {
    this.#answering = true;
    this.#tell({ kind: "respond", status, hop: hop.name });
  }

  #tell(effect: PathEffect<Payload>): void {
    if (this.#effects === undefined) this.#effects = [effect];
    else this.#effects.push(effect);
  }

  #takeEffects(): readonly PathEffect<Payload>[] {
    const effects = this.#effects ?? NOTHING;
    this.#effects = undefined;
    return effects;
  }
}

/** Whether an end is there to receive: `finished` heard a FIN, `over` heard or sent an RST. */
type Leg = "open" | "finished" | "over";

const NOTHING: readonly never[] = [];

const DIRECTIONS = ["toServer", "toDevice"] as const satisfies readonly Direction[];

const RST = {
  toServer: { kind: "rst", direction: "toServer" },
  toDevice: { kind: "rst", direction: "toDevice" },
} as const;

const FIN = {
  toServer: { kind: "fin", direction: "toServer" },
  toDevice: { kind: "fin", direction: "toDevice" },
} as const;

/** A hop that ended the flow lets nothing through, but for its own answer to the device. */
function blocks(hop: FlowHop<unknown>, direction: Direction): boolean {
  if (hop.endings === undefined) return false;
  return direction === "toServer" || typeof hop.endings.toDevice === "string";
}

function endingsOf(verdict: EndVerdict): Endings {
  if (verdict.kind === "end") return verdict.endings;
  const { kind, legs } = verdict;
  return { toDevice: legs.includes("device") ? kind : "drop", toServer: legs.includes("server") ? kind : "drop" };
}

type EndVerdict = Extract<Verdict, { readonly kind: "reset" | "close" | "end" }>;
