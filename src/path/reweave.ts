import type { Millis } from "../core/machine.ts";
import { FlowHop, Stage } from "./flow-hop.ts";
import type { PathFlow, PathHop } from "./path-hop.ts";

// A flow whose path is changed under it keeps the order of its bytes: a condition that stays keeps its state and what
// waits in it, one that comes begins now, and one that goes stays as a mere place, just behind the last condition
// before it that stays, until what waits there has gone on. Conditions that stay but change their order can't keep what
// waits in them in order, so of those that would have to pass one another the later one begins anew.

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
  const leaveBehind = (stage: Stage<Payload>, hop: FlowHop<Payload>): void => {
    if (!stage.retired) stage.retire(now);
    if (stage.needed) hop.add(stage);
  };
  const leftovers = old.flatMap((hop) => hop.stages);
  const woven: FlowHop<Payload>[] = [];
  for (const { name, conditions } of hops) {
    const hop = new FlowHop<Payload>(name, woven.length);
    woven.push(hop);
    for (const condition of conditions) {
      const at = leftovers.findIndex((stage) => stage.prepared === condition && !stage.retired);
      for (const gone of leftovers.splice(0, Math.max(at, 0))) leaveBehind(gone, hop);
      const kept = at < 0 ? undefined : leftovers.shift();
      hop.add(kept ?? new Stage(hop, condition, flow, now));
    }
  }
  const last = woven.at(-1) ?? new FlowHop<Payload>(leftovers[0]?.hop.name ?? "", 0);
  for (const gone of leftovers) leaveBehind(gone, last);
  return woven.length === 0 && last.stages.length > 0 ? [last] : woven;
}
