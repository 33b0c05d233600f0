import type { Millis } from "../core/machine.ts";
import type { Stage } from "./flow-hop.ts";
import type { Direction } from "./segment.ts";

// What can be asked of all conditions of a flow; given device side first. None of it changes anything.

/** When the first of them has something to do; `undefined` for never. */
export function earliestDue(stages: readonly Stage<unknown>[]): Millis | undefined {
  let earliest = Infinity;
  for (const { dueAt } of stages) if (dueAt < earliest) earliest = dueAt;
  return earliest === Infinity ? undefined : earliest;
}

/** The one that is due first, of those due at `now`; at one instant the one nearer to the device. */
export function firstDue<Payload>(stages: readonly Stage<Payload>[], now: Millis): Stage<Payload> | undefined {
  let first: Stage<Payload> | undefined;
  let earliest = Infinity;
  for (const stage of stages) {
    const { dueAt } = stage;
    if (dueAt > now || dueAt >= earliest) continue;
    earliest = dueAt;
    first = stage;
  }
  return first;
}

/** Payload bytes that wait in them. */
export function waitingBytes(stages: readonly Stage<unknown>[], direction: Direction): number {
  let bytes = 0;
  for (const stage of stages) bytes += stage.bytes(direction);
  return bytes;
}

/** The one that holds segments back or has dropped some, the nearest to whoever waits for them. */
export function holderOf<Payload>(stages: readonly Stage<Payload>[], direction: Direction): Stage<Payload> | undefined {
  let found: Stage<Payload> | undefined;
  for (const stage of stages) {
    if (!stage.holds(direction)) continue;
    if (direction === "toDevice") return stage;
    found = stage;
  }
  return found;
}
