import type { Millis } from "../core/machine.ts";
import type { FlowHop, Stage } from "./flow-hop.ts";
import type { Direction } from "./segment.ts";

/** Lets a packet without payload cross the hops, given device side first, until one that has ended the flow. */
export function keepAlive(hops: readonly FlowHop<unknown>[], direction: Direction, at: Millis): void {
  for (const hop of direction === "toServer" ? hops : hops.toReversed()) {
    if (hop.blocks(direction)) return;
    for (const { condition } of hop.stages) condition.onKeepalive?.(direction, at);
  }
}

/** Whether a condition that keepalives refresh is due. */
export function keepaliveDue(stages: readonly Stage<unknown>[], now: Millis): boolean {
  return stages.some(({ hop, condition }) => {
    const heeds = hop.endings === undefined && condition.onKeepalive !== undefined;
    return heeds && (condition.nextDeadline() ?? Infinity) <= now;
  });
}
