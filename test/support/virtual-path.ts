import { Driver } from "../../src/core/driver.ts";
import type { Millis } from "../../src/core/machine.ts";
import { VirtualScheduler } from "../../src/core/virtual-scheduler.ts";
import type { ProbeRole, SearchEffect, SearchEvent } from "../../src/heartbeat/path-events.ts";
import type { FlowSeen, PathFinding, ServerReport } from "../../src/heartbeat/path-finding.ts";
import type { SearchSettings } from "../../src/heartbeat/path-rungs.ts";
import { PathSearch } from "../../src/heartbeat/path-search.ts";

/** What a path of a test does to flows. */
export interface VirtualPath {
  /** Silence that ends a flow, in ms; none when absent. */
  readonly idleMs?: Millis;
  /** Age that ends a flow whatever it says. */
  readonly ageMs?: Millis;
  /** What a device is shown at that instant; nothing when absent. */
  readonly tells?: FlowSeen;
  /** What a device is shown that speaks afterwards. */
  readonly onSend?: FlowSeen;
  /** Roles whose flows are refreshed. */
  readonly refreshed?: readonly ProbeRole[];
  /** Flows that it keeps; the oldest goes when there is one more. */
  readonly most?: number;
  /** Flows, by their number, that die of something else. */
  readonly unlucky?: readonly number[];
  /** Flows, by their number, that do not come about. */
  readonly unopened?: readonly number[];
  readonly report?: ServerReport;
}

/** Runs a search against such a path, and gives what it found and all that it asked for. */
export function searchThrough(path: VirtualPath, settings: Partial<SearchSettings> = {}) {
  const scheduler = new VirtualScheduler();
  const search = new PathSearch({ ...SETTINGS, ...settings });
  const flows = new Map<number, { readonly bornAt: Millis; readonly role: ProbeRole; dead: boolean; gone: boolean }>();
  const effects: SearchEffect[] = [];
  let finding: PathFinding | undefined;
  const tell = (event: SearchEvent): void => void scheduler.schedule(scheduler.now(), () => driver.dispatch(event));
  const kill = (id: number): void => {
    const flow = flows.get(id);
    if (flow === undefined || flow.dead || flow.gone) return;
    flow.dead = true;
    if (path.tells !== undefined) tell({ kind: "ended", id, how: path.tells });
  };
  const open = (id: number, role: ProbeRole): void => {
    if (path.unopened?.includes(id) === true) return tell({ kind: "failed", id });
    flows.set(id, { bornAt: scheduler.now(), role, dead: path.unlucky?.includes(id) === true, gone: false });
    tell({ kind: "opened", id });
    const livesMs = path.ageMs ?? (path.refreshed?.includes(role) === true ? undefined : path.idleMs);
    if (livesMs !== undefined) scheduler.schedule(scheduler.now() + livesMs, () => kill(id));
    const living = [...flows].filter(([, flow]) => !flow.dead && !flow.gone);
    if (living.length > (path.most ?? Infinity)) kill(living[0]?.[0] ?? 0);
  };
  const driver = new Driver(search, scheduler, (effect: SearchEffect) => {
    effects.push(effect);
    if (effect.kind === "open") open(effect.id, effect.role);
    else if (effect.kind === "speak") {
      if (flows.get(effect.id)?.dead === false) tell({ kind: "ended", id: effect.id, how: "answered" });
      tell({ kind: "spoken", id: effect.id });
    } else if (effect.kind === "say" && path.onSend !== undefined)
      tell({ kind: "ended", id: effect.id, how: path.onSend });
    else if (effect.kind === "inspect") tell({ kind: "inspected", id: effect.id, report: path.report });
    else if (effect.kind === "close") {
      const flow = flows.get(effect.id);
      if (flow !== undefined) flow.gone = true;
    } else if (effect.kind === "concluded") finding = effect.finding;
  });
  driver.dispatch({ kind: "start" });
  scheduler.runUntil(100 * 3_600_000);
  if (finding === undefined) throw new Error("the search did not end");
  return { finding, effects, search };
}

/** Those of the command. */
export const SETTINGS: SearchSettings = {
  fromMs: 30_000,
  toMs: 3_600_000,
  precisionMs: 5000,
  flowCount: 80,
  graceMs: 10_000,
  preset: false,
};
