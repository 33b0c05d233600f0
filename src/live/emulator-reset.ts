import type { EmulatorCore } from "./emulator-core.ts";
import type { ListenerPlan } from "./emulator-plan.ts";

/**
 * Brings an emulator back to its plan: listeners that were added go, those that were removed, moved or disabled come
 * back, profiles and seed are the plan's again, for flows that are there too, and the timeline starts anew.
 * @throws StartError an address of the plan can't be had any more; all else is as planned then
 */
export async function restore(core: EmulatorCore): Promise<void> {
  const { plan, scenario, now } = core;
  const planned = new Set<ListenerPlan>(plan.listeners);
  const astray = Array.from(core.listeners.values()).filter(
    ({ plan: own, enabled }) => !planned.has(own) || enabled !== own.enabled,
  );
  for (const listener of astray) await core.remove(listener);
  const faults: unknown[] = [];
  for (const each of plan.listeners) {
    const known = core.listeners.get(each.name);
    known?.setProfile(each.profile, "all");
    if (known === undefined) await bringBack(core, each).catch((fault: unknown) => faults.push(fault));
  }
  core.reseed(plan.seed);
  scenario.timeline.start(now);
  core.review();
  if (faults.length > 0) throw faults[0];
}

async function bringBack(core: EmulatorCore, plan: ListenerPlan): Promise<void> {
  const listener = core.makeListener(plan);
  if (plan.enabled) await listener.listen();
  core.add(listener);
}
