import type { Millis } from "../core/machine.ts";
import type { Stage } from "./flow-hop.ts";
import type { Direction } from "./segment.ts";

/** One condition as a flow has it, for people who look at live flows. */
export interface StageView {
  readonly hop: string;
  /** Its own name, or the hop's and its type. */
  readonly name: string;
  readonly type: string;
  /** Whether it acts at present. */
  readonly active: boolean;
  /** Until it next does something, in ms; `undefined` for no time that is known. */
  readonly dueInMs: Millis | undefined;
  /** Payload bytes that wait in it. */
  readonly waitingBytes: Readonly<Record<Direction, number>>;
}

/** Shows a stage as it stands at an instant. */
export function viewOf(stage: Stage<unknown>, now: Millis): StageView {
  const { condition, dueAt, hop, prepared } = stage;
  return {
    hop: hop.name,
    name: prepared.id,
    type: prepared.type,
    active: hop.endings === undefined && (condition.active ?? true),
    dueInMs: dueAt === Infinity ? undefined : Math.max(dueAt - now, 0),
    waitingBytes: { toServer: stage.bytes("toServer"), toDevice: stage.bytes("toDevice") },
  };
}
