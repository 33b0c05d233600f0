import type { Machine, Millis } from "../core/machine.ts";
import { type Endings, endingsOfVerdict, type PlainEnding, type Verdict } from "./condition.ts";
import { FlowHop, openHops, type Stage, stagesOf } from "./flow-hop.ts";
import { type FlowFacts, NO_FACTS } from "./flow-facts.ts";
import { keepAlive, keepaliveDue } from "./keepalive.ts";
import { Legs } from "./legs.ts";
import type { EndCause, PathEffect, PathEvent } from "./path-effect.ts";
import type { PathFlow, PathHop } from "./path-hop.ts";
import { reweave } from "./reweave.ts";
import { type Cut, type Direction, DIRECTIONS, FIN, opposite, RST, type Segment, splitSegment } from "./segment.ts";
import { type StageView, viewOf } from "./stage-view.ts";
import { earliestDue, firstDue, holderOf, waitingBytes } from "./stages.ts";

// One flow on its path. A segment crosses the hops in travel order and each hop's conditions in listed order, whatever
// the direction; the first verdict that is not `pass` acts.
//
// A hop:    alive -> ended, when one of its conditions ends the flow; what waits in the hop then dies with it, and none
//           of its conditions is asked again. Other hops live on, and may end what is left of the flow in their turn.
// A stage's direction (a condition's): clear -> busy while segments wait there, FIN and RST behind data
//           (so an RST never overtakes) -> closed, when the condition drops a segment.
// The ends of the flow have states of their own (`Legs`).
//
// A segment that a condition splits is judged piece by piece, each going as far as it can before the next is judged.
//
// Ties: what is due at one instant is done device side first, in a hop in listed order, for one condition its own
// deadline first, then what waits toServer, then toDevice. Ending a flow, a hop serves the device's leg first. What is
// due is done as of the instant at which it was due, so a late call changes nothing but the instant of its effects.

/**
 * The machine of one flow on its path, between the device and the server.
 * A drop is final for its direction; whatever happens, a path has one answer to 'which hop?'.
 */
export class Path<Payload = unknown> implements Machine<PathEvent<Payload>, PathEffect<Payload>> {
  readonly #flow: PathFlow;
  readonly #cut: Cut<Payload>;
  readonly #legs = new Legs();
  #hops: readonly FlowHop<Payload>[];
  #stages: readonly Stage<Payload>[];
  #endedBy: string | undefined;
  #facts: FlowFacts = NO_FACTS;
  #effects: PathEffect<Payload>[] | undefined;

  /**
   * Hops stand device side first, as in a profile; none at all is a path that forwards everything.
   * @param cut default: both pieces carry the whole payload
   */
  constructor(hops: readonly PathHop[], flow: PathFlow, cut: Cut<Payload> = (payload) => [payload, payload]) {
    this.#flow = flow;
    this.#cut = cut;
    this.#hops = openHops(hops, flow);
    this.#stages = stagesOf(this.#hops);
  }

  /** The hop that ended the flow, the first to do so. */
  get endedBy(): string | undefined {
    return this.#endedBy;
  }

  /** Whether a condition on it may hold segments back. */
  get delays(): boolean {
    for (const { prepared } of this.#stages) if (prepared.delays) return true;
    return false;
  }

  /** Payload bytes that wait in the path. */
  delayedBytes(direction: Direction): number {
    return waitingBytes(this.#stages, direction);
  }

  /** Whether a condition holds as much as it may, so that the sender has to wait. */
  full(direction: Direction): boolean {
    return this.#stages.some((stage) => stage.full(direction));
  }

  /** The hop that holds segments back or has dropped some, the one nearest to whoever waits for them. */
  holder(direction: Direction): string | undefined {
    return holderOf(this.#stages, direction)?.hop.name;
  }

  /** Whether a condition that keepalives refresh is due. */
  keepaliveDue(now: Millis): boolean {
    return keepaliveDue(this.#stages, now);
  }

  /** The conditions of the flow as they stand. */
  inspect(now: Millis): readonly StageView[] {
    return this.#stages.filter((stage) => !stage.retired || stage.needed).map((stage) => viewOf(stage, now));
  }

  /** The flow is gone: its conditions let go of what they share with other flows. */
  close(): void {
    for (const stage of this.#stages) stage.dismiss();
    this.#stages = [];
    this.#hops = [];
  }

  /**
   * Whether data that enters now can still leave at the far end.
   * As long as it can, a path that delays nothing need only be told of data, which may flow beside it.
   */
  carries(direction: Direction): boolean {
    if (!this.#legs.carries(direction)) return false;
    for (const stage of this.#stages) if (stage.closed(direction)) return false;
    for (const hop of this.#hops) if (hop.blocks(direction)) return false;
    return true;
  }

  handle(event: PathEvent<Payload>, now: Millis): readonly PathEffect<Payload>[] {
    switch (event.kind) {
      case "segment":
        this.#enter(event.segment, now);
        break;
      case "keepalive":
        keepAlive(this.#hops, event.direction, now);
        break;
      case "reviewed":
        this.#review(event.facts, now);
        break;
      case "reconfigured":
        this.#reconfigure(event.hops, now);
        break;
      case "ended":
        this.#endFromOutside(event.by, event.endings, now);
    }
    return this.#takeEffects();
  }

  nextDeadline(): Millis | undefined {
    return earliestDue(this.#stages);
  }

  expire(now: Millis): readonly PathEffect<Payload>[] {
    for (let stage = firstDue(this.#stages, now); stage !== undefined; stage = firstDue(this.#stages, now)) {
      this.#settle(stage, stage.dueAt);
    }
    return this.#takeEffects();
  }

  #enter(segment: Segment<Payload>, now: Millis): void {
    if (!this.#legs.sends(segment)) return;
    this.#travel(segment, segment.direction === "toServer" ? this.#hops[0] : this.#hops.at(-1), now);
  }

  #review(facts: FlowFacts, now: Millis): void {
    this.#facts = facts;
    for (const stage of this.#stages) {
      if (stage.hop.endings !== undefined) continue;
      const verdict = stage.condition.review?.(facts, now);
      if (verdict !== undefined) this.#obeyAtDeadline(stage, verdict, now);
    }
  }

  #reconfigure(hops: readonly PathHop[], now: Millis): void {
    if (this.#endedBy !== undefined) return;
    this.#hops = reweave(this.#hops, hops, this.#flow, now);
    this.#stages = stagesOf(this.#hops);
    if (this.#facts !== NO_FACTS) this.#review(this.#facts, now);
  }

  #endFromOutside(by: string, endings: Endings, now: Millis): void {
    for (const stage of this.#stages) this.#empty(stage);
    this.close();
    const hop = new FlowHop<Payload>(by, 0);
    this.#hops = [hop];
    this.#end(hop, "operator", endings, now);
  }

  #travel(segment: Segment<Payload>, entrance: FlowHop<Payload> | undefined, at: Millis): void {
    for (let hop = entrance; hop !== undefined; hop = this.#next(hop, segment.direction)) {
      if (!this.#crossHop(hop, segment, at)) return;
    }
    if (this.#legs.receives(segment)) this.#tell({ kind: "forward", segment });
  }

  #next(hop: FlowHop<Payload>, direction: Direction): FlowHop<Payload> | undefined {
    return this.#hops[direction === "toServer" ? hop.index + 1 : hop.index - 1];
  }

  #crossHop(hop: FlowHop<Payload>, segment: Segment<Payload>, at: Millis): boolean {
    if (hop.endings === undefined) return this.#crossStages(hop, 0, segment, at);
    return hop.blocks(segment.direction) ? this.#refuse(hop, hop.endings, segment, at) : true;
  }

  #crossStages(hop: FlowHop<Payload>, first: number, segment: Segment<Payload>, at: Millis): boolean {
    for (let index = first, stage = hop.stages[index]; stage !== undefined; stage = hop.stages[(index += 1)]) {
      if (!this.#crossStage(stage, segment, at)) return false;
    }
    return true;
  }

  #crossStage(stage: Stage<Payload>, segment: Segment<Payload>, at: Millis): boolean {
    if (stage.closed(segment.direction)) return this.#lose(stage, segment, at);
    if (stage.undecided(segment.direction)) return this.#wait(stage, segment, at);
    return this.#obey(stage, stage.condition.onSegment(segment, at), segment, at);
  }

  /** What follows a dropped segment dies as that did, unless the condition ends the flow for it. */
  #lose(stage: Stage<Payload>, segment: Segment<Payload>, at: Millis): false {
    const verdict = stage.condition.onLost?.(segment, at);
    if (verdict?.kind !== "end") return this.#swallow(stage.hop, segment);
    this.#end(stage.hop, stage.prepared.type, verdict.endings, at);
    return this.#refuse(stage.hop, verdict.endings, segment, at);
  }

  /** Whether the segment goes on at once. */
  #obey(stage: Stage<Payload>, verdict: Verdict, segment: Segment<Payload>, at: Millis): boolean {
    switch (verdict.kind) {
      case "pass":
      case "release":
        return this.#goOn(stage, segment, at, at);
      case "delay":
        return this.#goOn(stage, segment, verdict.until, at);
      case "wait":
        return this.#wait(stage, segment, verdict.until);
      case "split":
        return this.#crossInPieces(stage, segment, verdict.atBytes, at);
      case "drop":
        stage.openLane(segment.direction).close();
        return this.#swallow(stage.hop, segment);
      case "reset":
      case "close":
      case "end":
        break;
    }
    const endings = endingsOfVerdict(verdict);
    this.#end(stage.hop, stage.prepared.type, endings, at);
    return this.#refuse(stage.hop, endings, segment, at);
  }

  /** No piece is asked for twice, and each has gone as far as it can before the next is judged; so false, always. */
  #crossInPieces(stage: Stage<Payload>, whole: Segment<Payload>, firstBytes: number, at: Millis): false {
    let rest = whole;
    for (let atBytes = firstBytes; ;) {
      const [head, tail] = splitSegment(rest, atBytes, this.#cut);
      if (this.#crossStage(stage, head, at)) this.#goBeyond(stage, head, at);
      const { endings } = stage.hop;
      if (endings !== undefined) return this.#refuse(stage.hop, endings, tail, at);
      if (stage.closed(tail.direction)) return this.#lose(stage, tail, at);
      const verdict = stage.condition.onSegment(tail, at);
      if (verdict.kind !== "split") return this.#finishPieces(stage, verdict, tail, at);
      rest = tail;
      atBytes = verdict.atBytes;
    }
  }

  /** Whoever crosses a stage has the whole segment in hand: the last piece goes beyond by itself, as the others did. */
  #finishPieces(stage: Stage<Payload>, verdict: Verdict, tail: Segment<Payload>, at: Millis): false {
    if (this.#obey(stage, verdict, tail, at)) this.#goBeyond(stage, tail, at);
    return false;
  }

  /** Whether the segment goes on at once; if not, it waits. */
  #goOn(stage: Stage<Payload>, segment: Segment<Payload>, until: Millis, at: Millis): boolean {
    if (until <= at && !stage.busy(segment.direction)) return true;
    stage.openLane(segment.direction).add(segment, until);
    return false;
  }

  /** So it does not go on at once. */
  #wait(stage: Stage<Payload>, segment: Segment<Payload>, until: Millis): false {
    stage.openLane(segment.direction).add(segment, until, false);
    return false;
  }

  /** An RST is never answered with an RST (RFC 9293, 3.10.7.1). */
  #refuse(hop: FlowHop<Payload>, endings: Endings, segment: Segment<Payload>, at: Millis): false {
    this.#swallow(hop, segment);
    const back = opposite(segment.direction);
    if (endings[back] === "reset-on-next" && segment.kind !== "rst") this.#travel(RST[back], this.#next(hop, back), at);
    return false;
  }

  #swallow(hop: FlowHop<Payload>, segment: Segment<Payload>): false {
    this.#tell({ kind: "swallowed", segment, hop: hop.name });
    return false;
  }

  #settle(stage: Stage<Payload>, at: Millis): void {
    const deadline = stage.condition.nextDeadline();
    if (stage.hop.endings === undefined && deadline !== undefined && deadline <= at) this.#meetDeadline(stage, at);
    else this.#release(stage, stage.releaseAt("toServer") <= at ? "toServer" : "toDevice", at);
  }

  #meetDeadline(stage: Stage<Payload>, at: Millis): void {
    this.#obeyAtDeadline(stage, stage.condition.onDeadline(at), at);
    const next = stage.hop.endings === undefined ? stage.condition.nextDeadline() : undefined;
    if (next !== undefined && next <= at) {
      const { prepared, hop } = stage;
      throw new Error(`${prepared.type} of hop ${hop.name} kept its deadline ${next} at ${at}: expected a later one`);
    }
  }

  #obeyAtDeadline(stage: Stage<Payload>, verdict: Verdict, at: Millis): void {
    switch (verdict.kind) {
      case "pass":
      case "delay":
      case "wait":
      case "split":
        return;
      case "release":
        return stage.hasten(at);
      case "drop":
        stage.openLane("toServer").close();
        stage.openLane("toDevice").close();
        return;
      case "reset":
      case "close":
      case "end":
        this.#end(stage.hop, stage.prepared.type, endingsOfVerdict(verdict), at);
    }
  }

  #release(stage: Stage<Payload>, direction: Direction, at: Millis): void {
    const first = stage.take(direction);
    if (first === undefined) return;
    if (first.judged) this.#goBeyond(stage, first.segment, at);
    else this.#judgeAnew(stage, first.segment, at);
  }

  /** Those behind it keep their places. */
  #judgeAnew(stage: Stage<Payload>, segment: Segment<Payload>, at: Millis): void {
    const lane = stage.openLane(segment.direction);
    const behind = lane.takeAll();
    if (this.#crossStage(stage, segment, at)) this.#goBeyond(stage, segment, at);
    for (const each of behind) {
      if (stage.hop.endings === undefined) lane.add(each.segment, each.until, each.judged);
      else this.#swallow(stage.hop, each.segment);
    }
  }

  /** Lets a segment travel on that has a condition behind it. */
  #goBeyond({ hop, index }: Stage<Payload>, segment: Segment<Payload>, at: Millis): void {
    if (this.#crossStages(hop, index + 1, segment, at)) this.#travel(segment, this.#next(hop, segment.direction), at);
  }

  #end(hop: FlowHop<Payload>, condition: EndCause, endings: Endings, at: Millis): void {
    hop.endings = endings;
    if (this.#endedBy === undefined) {
      this.#endedBy = hop.name;
      this.#tell({ kind: "ended", hop: hop.name, condition, endings });
    }
    for (const stage of hop.stages) {
      this.#empty(stage);
      stage.dismiss();
    }
    if (typeof endings.toDevice === "string") this.#endLeg(hop, "toDevice", endings.toDevice, at);
    else this.#answer(hop, endings.toDevice.respond);
    this.#endLeg(hop, "toServer", endings.toServer, at);
  }

  #empty(stage: Stage<Payload>): void {
    for (const direction of DIRECTIONS) {
      for (let first = stage.take(direction); first !== undefined; first = stage.take(direction)) {
        this.#swallow(stage.hop, first.segment);
      }
    }
  }

  #endLeg(hop: FlowHop<Payload>, direction: Direction, ending: PlainEnding, at: Millis): void {
    switch (ending) {
      case "drop":
      case "reset-on-next":
        return;
      case "reset":
        this.#travel(RST[direction], this.#next(hop, direction), at);
        return;
      case "close":
        this.#travel(FIN[direction], this.#next(hop, direction), at);
    }
  }

  #answer(hop: FlowHop<Payload>, status: number): void {
    this.#legs.answer();
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

const NOTHING: readonly never[] = [];
