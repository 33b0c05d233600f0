import type { Millis } from "../../core/machine.ts";
import type { Direction } from "../../path/segment.ts";
import type { FlowTuple } from "./flow-tuple.ts";

/** What becomes of the packets of a flow that a hop has forgotten: nothing, or an RST to who sends them. */
export type Silence = "drop" | "reset-on-next";

/** How long ago packets travelled each way, in real ms; no word of a way of which nothing is known. */
export type Heard = Readonly<Partial<Record<Direction, Millis>>>;

/**
 * Takes the packets of single flows off the wire below this process, so that not even an ACK crosses.
 * Nothing here rejects: what can't be enforced is reported by whoever made the enforcer, and the flow is then treated
 * as without one.
 */
export interface Enforcer {
  /** How often something could not be enforced. */
  readonly failureCount: number;
  /** Resolves when no packet of the flow crosses any more, either way. */
  silence(flow: FlowTuple, how: Silence): Promise<void>;
  /** Resolves when the flow's packets cross again. */
  lift(flow: FlowTuple): Promise<void>;
  /** Nothing of the flow is left here: it is forgotten after a while in which its peer may still try. */
  release(flow: FlowTuple): void;
  /** Begins to note when packets of the flow arrive, those without payload included. */
  watch(flow: FlowTuple): void;
  unwatch(flow: FlowTuple): void;
  /** How long ago a packet of a watched flow arrived, or it began to be watched, in real ms. */
  heardAgoMs(flow: FlowTuple): Promise<Millis | undefined>;
}
