import type { Millis } from "../core/machine.ts";
import { FlowHop, Stage } from "./flow-hop.ts";
import type { PathCondition, PathFlow, PathHop } from "./path-hop.ts";

// A flow whose path is changed under it keeps the order of its bytes: a condition that stays keeps its state and what
// waits in it, one that comes begins now, and one that goes stays as a mere place until what waits there has gone on.
//
// Hops are crossed one way and the other, a hop's conditions always in listed order. So a place must keep its hop: it
// stays between the conditions of its hop that stay, or in a hop of its own between the hops that stay. Hops or
// conditions that stay but change their order can't keep what waits in them in order, so of those that would have to
// pass one another the later one begins anew.

/**
 * The hops of a flow after a change, at `now`.
 * A direction that a condition has closed by dropping a segment stays closed: what is missing is missing for good.
 */
export function reweave<Payload>(
  old: readonly FlowHop<Payload>[],
  hops: readonly PathHop[],
  flow: PathFlow,
  now: Millis,
): FlowHop<Payload>[] {
  const rest = [...old];
  const woven: FlowHop<Payload>[] = [];
  const push = (hop: FlowHop<Payload>): void => {
    hop.index = woven.push(hop) - 1;
  };
  const leaveBehind = (gone: readonly FlowHop<Payload>[]): void => {
    for (const { name, stages } of gone) {
      const place = new FlowHop<Payload>(name, 0);
      for (const stage of stages) retire(stage, place, now);
      if (place.stages.length > 0) push(place);
    }
  };
  for (const [index, { name, conditions }] of hops.entries()) {
    const at = sourceOf(hops, index, rest);
    const source = at < 0 ? [] : rest.splice(0, at + 1);
    leaveBehind(source.slice(0, -1));
    push(reweaveHop(name, conditions, source.at(-1)?.stages ?? [], flow, now));
  }
  leaveBehind(rest);
  return woven;
}

/**
 * Finds the old hop that a hop goes on from: the one whose conditions it keeps, else its namesake, so that what waited in
 * a condition that changed goes on past the new one, either way; but no hop that stays is passed for a namesake.
 */
function sourceOf(hops: readonly PathHop[], index: number, rest: readonly FlowHop<unknown>[]): number {
  const kept = rest.findIndex((old) => keeps(old, hops[index]));
  if (kept >= 0) return kept;
  const namesake = rest.findIndex((old) => old.name === hops[index]?.name);
  const passed = rest.slice(0, Math.max(namesake, 0));
  return passed.some((old) => hops.slice(index).some((hop) => keeps(old, hop))) ? -1 : namesake;
}

function keeps({ stages }: FlowHop<unknown>, hop: PathHop | undefined): boolean {
  return stages.some(({ prepared }) => hop?.conditions.some(({ origin }) => origin === prepared.origin) === true);
}

function reweaveHop<Payload>(
  name: string,
  conditions: readonly PathCondition[],
  old: readonly Stage<Payload>[],
  flow: PathFlow,
  now: Millis,
): FlowHop<Payload> {
  const rest = [...old];
  const hop = new FlowHop<Payload>(name, 0);
  for (const condition of conditions) {
    const at = rest.findIndex((stage) => stage.prepared.origin === condition.origin && !stage.retired);
    for (const gone of rest.splice(0, Math.max(at, 0))) retire(gone, hop, now);
    const kept = at < 0 ? undefined : rest.shift();
    if (kept !== undefined) kept.prepared = condition;
    hop.add(kept ?? new Stage(hop, condition, flow, now));
  }
  for (const gone of rest) retire(gone, hop, now);
  return hop;
}

/** Takes a condition off the flow, and keeps its place in a hop as long as it is needed. */
function retire<Payload>(stage: Stage<Payload>, hop: FlowHop<Payload>, now: Millis): void {
  stage.retire(now);
  if (stage.needed) hop.add(stage);
}
