import type { Millis } from "../core/machine.ts";
import { PASS, type Condition, type Endings, type Verdict } from "./condition.ts";
import { Lane, type Waiting } from "./lane.ts";
import type { PathCondition, PathFlow, PathHop } from "./path-hop.ts";
import { type Direction, DIRECTIONS } from "./segment.ts";

/** Bytes that may wait in a condition in one direction before the sender has to, unless the condition says otherwise. */
const QUEUE_BYTES = 256 * 1024;

/** Segments that may wait likewise: who sends byte by byte would cost some 400 bytes for each (measured, Node 20.20). */
const QUEUE_SEGMENTS = 16 * 1024;

/** One hop as one flow finds it: the state of its conditions, its place, and how it ended the flow, if it did. */
export class FlowHop<Payload> {
  readonly name: string;
  /** In the order in which they act. */
  stages: readonly Stage<Payload>[] = [];
  /** Its place in the path. */
  index: number;
  endings: Endings | undefined;

  constructor(name: string, index: number) {
    this.name = name;
    this.index = index;
  }

  /** Whether it ended the flow and lets nothing through but its own answer to the device. */
  blocks(direction: Direction): boolean {
    if (this.endings === undefined) return false;
    return direction === "toServer" || typeof this.endings.toDevice === "string";
  }

  /** Puts a stage behind those that are there. */
  add(stage: Stage<Payload>): void {
    stage.hop = this;
    stage.index = this.stages.length;
    this.stages = this.stages.concat(stage);
  }
}

/** One condition as one flow finds it, and what waits there. */
export class Stage<Payload> {
  hop: FlowHop<Payload>;
  /** Its place in the hop. */
  index = 0;
  /** What it was opened from, under the id that it has now. */
  prepared: PathCondition;
  #condition: Condition;
  #toServer: Lane<Payload> | undefined;
  #toDevice: Lane<Payload> | undefined;

  constructor(hop: FlowHop<Payload>, prepared: PathCondition, flow: PathFlow, openedAt: Millis) {
    this.hop = hop;
    this.prepared = prepared;
    this.#condition = prepared.open(flow, openedAt);
  }

  get condition(): Condition {
    return this.#condition;
  }

  /** When something is due here; `Infinity` for never. A hop that ended the flow asks its conditions no more. */
  get dueAt(): Millis {
    const deadline = (this.hop.endings === undefined ? this.#condition.nextDeadline() : undefined) ?? Infinity;
    if (this.#toServer === undefined && this.#toDevice === undefined) return deadline;
    return Math.min(deadline, this.releaseAt("toServer"), this.releaseAt("toDevice"));
  }

  releaseAt(direction: Direction): Millis {
    return this.#lane(direction)?.releaseAt ?? Infinity;
  }

  bytes(direction: Direction): number {
    return this.#lane(direction)?.bytes ?? 0;
  }

  /** Whether as much waits here as may, or more. */
  full(direction: Direction): boolean {
    const lane = this.#lane(direction);
    if (lane === undefined) return false;
    return lane.bytes >= (this.#condition.queueBytes ?? QUEUE_BYTES) || lane.length >= QUEUE_SEGMENTS;
  }

  busy(direction: Direction): boolean {
    return this.#lane(direction)?.busy ?? false;
  }

  /** Whether what comes now has to wait for others to be judged before it is. */
  undecided(direction: Direction): boolean {
    return this.#lane(direction)?.undecided ?? false;
  }

  closed(direction: Direction): boolean {
    return this.#lane(direction)?.closed ?? false;
  }

  /** Whether segments wait here, or one was dropped. */
  holds(direction: Direction): boolean {
    const lane = this.#lane(direction);
    return lane !== undefined && (lane.closed || lane.busy);
  }

  /** Most flows never make a segment wait, so a lane is made when the first one has to. */
  openLane(direction: Direction): Lane<Payload> {
    if (direction === "toServer") return (this.#toServer ??= new Lane());
    return (this.#toDevice ??= new Lane());
  }

  /** Takes out the first segment that waits in a direction. */
  take(direction: Direction): Waiting<Payload> | undefined {
    return this.#lane(direction)?.take();
  }

  /** Lets all that waits go on now. */
  hasten(now: Millis): void {
    this.#toServer?.hasten(now);
    this.#toDevice?.hasten(now);
  }

  /** Takes the condition off the flow; what waits is still to go on, and a direction that was closed stays closed. */
  retire(now: Millis): void {
    this.dismiss();
    this.hasten(now);
  }

  /** Asks the condition no more, and has it let go of what it shares. */
  dismiss(): void {
    this.#condition.forget?.();
    this.#condition = RETIRED;
  }

  /** Whether the condition was taken off. */
  get retired(): boolean {
    return this.#condition === RETIRED;
  }

  /** Whether anything is left of it that the flow needs. */
  get needed(): boolean {
    return DIRECTIONS.some((direction) => this.busy(direction) || this.closed(direction));
  }

  #lane(direction: Direction): Lane<Payload> | undefined {
    return direction === "toServer" ? this.#toServer : this.#toDevice;
  }
}

const pass = (): Verdict => PASS;

/** What stands for a condition that was taken off. */
const RETIRED: Condition = { active: false, onSegment: pass, nextDeadline: () => undefined, onDeadline: pass };

/** The stages of hops, in their order, in no more room than they take: every flow has such a list. */
export function stagesOf<Payload>(hops: readonly FlowHop<Payload>[]): readonly Stage<Payload>[] {
  const none: readonly Stage<Payload>[] = [];
  return none.concat(...hops.map(({ stages }) => stages));
}

/** The hops of a profile as a new flow finds them. */
export function openHops<Payload>(hops: readonly PathHop[], flow: PathFlow): FlowHop<Payload>[] {
  return hops.map((hop, index) => {
    const flowHop = new FlowHop<Payload>(hop.name, index);
    for (const condition of hop.conditions) flowHop.add(new Stage(flowHop, condition, flow, flow.createdAt));
    return flowHop;
  });
}
