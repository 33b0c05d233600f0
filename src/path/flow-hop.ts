import type { Millis } from "../core/machine.ts";
import type { Condition, Endings, FlowStart } from "./condition.ts";
import type { ConditionType } from "./conditions/index.ts";
import { Lane } from "./lane.ts";
import type { PathHop } from "./path-hop.ts";
import type { Direction, Segment } from "./segment.ts";

/** One hop as one flow finds it: the state of its conditions, its neighbours, and how it ended the flow, if it did. */
export class FlowHop<Payload> {
  readonly name: string;
  /** In the order in which they act. */
  readonly stages: readonly Stage<Payload>[];
  endings: Endings | undefined;
  readonly #towardDevice: FlowHop<Payload> | undefined;
  #towardServer: FlowHop<Payload> | undefined;

  constructor(hop: PathHop, flow: FlowStart, towardDevice: FlowHop<Payload> | undefined) {
    this.name = hop.name;
    this.stages = hop.conditions.map(({ type, open }, index) => new Stage(this, index, type, open(flow)));
    this.#towardDevice = towardDevice;
    if (towardDevice !== undefined) towardDevice.#follow(this);
  }

  next(direction: Direction): FlowHop<Payload> | undefined {
    return direction === "toServer" ? this.#towardServer : this.#towardDevice;
  }

  #follow(hop: FlowHop<Payload>): void {
    this.#towardServer = hop;
  }
}

/** One condition as one flow finds it, and what waits there. */
export class Stage<Payload> {
  readonly hop: FlowHop<Payload>;
  /** Its place in the hop. */
  readonly index: number;
  readonly type: ConditionType;
  readonly condition: Condition;
  #toServer: Lane<Payload> | undefined;
  #toDevice: Lane<Payload> | undefined;

  constructor(hop: FlowHop<Payload>, index: number, type: ConditionType, condition: Condition) {
    this.hop = hop;
    this.index = index;
    this.type = type;
    this.condition = condition;
  }

  /** When something is due here; `Infinity` for never. A hop that ended the flow asks its conditions no more. */
  get dueAt(): Millis {
    const deadline = this.hop.endings === undefined ? this.condition.nextDeadline() : undefined;
    return Math.min(deadline ?? Infinity, this.releaseAt("toServer"), this.releaseAt("toDevice"));
  }

  releaseAt(direction: Direction): Millis {
    return this.#lane(direction)?.releaseAt ?? Infinity;
  }

  bytes(direction: Direction): number {
    return this.#lane(direction)?.bytes ?? 0;
  }

  busy(direction: Direction): boolean {
    return this.#lane(direction)?.busy ?? false;
  }

  closed(direction: Direction): boolean {
    return this.#lane(direction)?.closed ?? false;
  }

  /** Most flows never make a segment wait, so a lane is made when the first one has to. */
  openLane(direction: Direction): Lane<Payload> {
    if (direction === "toServer") return (this.#toServer ??= new Lane());
    return (this.#toDevice ??= new Lane());
  }

  /** Takes out the first segment that waits in a direction. */
  take(direction: Direction): Segment<Payload> | undefined {
    return this.#lane(direction)?.take();
  }

  #lane(direction: Direction): Lane<Payload> | undefined {
    return direction === "toServer" ? this.#toServer : this.#toDevice;
  }
}
