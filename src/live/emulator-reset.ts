import type { EmulatedListener } from "./emulated-listener.ts";
import type { EmulatorCore } from "./emulator-core.ts";
import type { ListenerPlan } from "./emulator-plan.ts";

/**
 * Brings an emulator back to its plan: listeners that were added go, those that were removed, moved or disabled come
 * back, profiles and seed are the plan's again, for flows that are there too, and the timeline starts anew. What
 * conditions have counted is forgotten, so that the same can be run again.
 * @throws StartError an address of the plan can't be had any more; all else is as planned then
 */
export async function restore(core: EmulatorCore): Promise<void> {
  const { plan, scenario, now } = core;
  const planned = new Map(plan.listeners.map((each) => [each.name, each] as const));
  const astray = Array.from(core.listeners.values()).filter((each) => !standsFor(each, planned.get(each.name)));
  for (const listener of astray) await core.remove(listener);
  core.reseed(plan.seed);
  for (const listener of core.listeners.values()) listener.renew();
  const faults: unknown[] = [];
  for (const each of plan.listeners) {
    await bringBack(core, each).catch((fault: unknown) => faults.push(fault));
  }
  scenario.timeline.start(now);
  core.review();
  if (faults.length > 0) throw faults[0];
}

/** Whether a listener is where its plan wants it; on a port that was free to choose it may stay. */
function standsFor({ type, address, plan }: EmulatedListener, planned: ListenerPlan | undefined): boolean {
  if (planned === undefined || type !== planned.type) return false;
  if (plan === planned) return true;
  return address.host === planned.listen.host && [0, address.port].includes(planned.listen.port);
}

async function bringBack(core: EmulatorCore, plan: ListenerPlan): Promise<void> {
  const listener = core.listeners.get(plan.name) ?? core.makeListener(plan);
  if (listener.plan !== plan) listener.restart(plan);
  listener.setProfile(plan.profile, "all");
  if (plan.enabled) await listener.listen();
  else await listener.disable();
  core.add(listener);
}
