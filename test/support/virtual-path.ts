import { Driver } from "../../src/core/driver.ts";
import type { Millis } from "../../src/core/machine.ts";
import { VirtualScheduler } from "../../src/core/virtual-scheduler.ts";
import type { ProbeRole, SearchEffect, SearchEvent } from "../../src/heartbeat/path-events.ts";
import type { FlowSeen, PathFinding, ServerReport } from "../../src/heartbeat/path-finding.ts";
import type { SearchSettings } from "../../src/heartbeat/path-rungs.ts";
import { PathSearch } from "../../src/heartbeat/path-search.ts";

/** What a path of a test does to flows. */
export interface VirtualPath {
  /** Silence that ends a flow, in ms, of all or of each by its number; none when absent. */
  readonly idleMs?: Millis | ((id: number) => Millis);
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
  /** The same at an age, in ms, and told. */
  readonly strays?: Readonly<Record<number, Millis>>;
  /** Flows, by their number, that do not come about. */
  readonly unopened?: readonly number[];
  /** Flows, by their number, of which nothing is ever heard. */
  readonly stuck?: readonly number[];
  /** Flows from this number on are answered so at once. */
  readonly refused?: { readonly from: number; readonly how: FlowSeen };
  /** When all flows that there are end as `tells` says, and when the server can be asked again. */
  readonly outage?: { readonly at: Millis; readonly until: Millis };
  /** A server that was asked for a flow of before an outage knows nothing of it. */
  readonly forgets?: boolean;
  readonly report?: ServerReport;
}

interface VirtualFlow {
  readonly bornAt: Millis;
  dead: boolean;
  gone: boolean;
}

/** Runs a search against such a path, and gives what it found and all that it asked for. */
export function searchThrough(path: VirtualPath, settings: Partial<SearchSettings> = {}) {
  const run = new VirtualRun(path, { ...SETTINGS, ...settings });
  return { finding: run.finding(), effects: run.effects, search: run.search };
}

class VirtualRun {
  readonly effects: SearchEffect[] = [];
  readonly search: PathSearch;
  readonly #path: VirtualPath;
  readonly #scheduler = new VirtualScheduler();
  readonly #flows = new Map<number, VirtualFlow>();
  readonly #driver: Driver<SearchEvent, SearchEffect>;
  #finding: PathFinding | undefined;

  constructor(path: VirtualPath, settings: SearchSettings) {
    this.#path = path;
    this.search = new PathSearch(settings);
    this.#driver = new Driver(this.search, this.#scheduler, (effect: SearchEffect) => this.#perform(effect));
  }

  finding(): PathFinding {
    const { outage } = this.#path;
    if (outage !== undefined)
      this.#scheduler.schedule(outage.at, () => {
        for (const id of this.#flows.keys()) this.#kill(id);
      });
    this.#driver.dispatch({ kind: "start" });
    this.#scheduler.runUntil(100 * 3_600_000);
    if (this.#finding === undefined) throw new Error("the search did not end");
    return this.#finding;
  }

  #perform(effect: SearchEffect): void {
    this.effects.push(effect);
    switch (effect.kind) {
      case "open":
        return this.#open(effect.id, effect.role);
      case "speak":
        return this.#speak(effect.id);
      case "say":
        return this.#path.onSend === undefined
          ? undefined
          : this.#tell({ kind: "ended", id: effect.id, how: this.#path.onSend });
      case "inspect":
        return this.#tell({ kind: "inspected", id: effect.id, report: this.#path.report });
      case "close": {
        const flow = this.#flows.get(effect.id);
        if (flow !== undefined) flow.gone = true;
        return;
      }
      case "found":
        return;
      case "concluded":
        this.#finding = effect.finding;
    }
  }

  #open(id: number, role: ProbeRole): void {
    const { unopened, stuck, refused, unlucky, strays, most } = this.#path;
    if (stuck?.includes(id) === true) return;
    if (unopened?.includes(id) === true || this.#isOut) return this.#tell({ kind: "failed", id });
    this.#flows.set(id, { bornAt: this.#now, dead: unlucky?.includes(id) === true, gone: false });
    this.#tell({ kind: "opened", id });
    if (refused !== undefined && id >= refused.from) return this.#tell({ kind: "ended", id, how: refused.how });
    if (strays?.[id] !== undefined) this.#after(strays[id], () => this.#kill(id, "reset"));
    const livesMs = this.#lifeOf(id, role);
    if (livesMs !== undefined) this.#after(livesMs, () => this.#kill(id));
    const living = [...this.#flows].filter(([, flow]) => !flow.dead && !flow.gone);
    if (living.length > (most ?? Infinity)) this.#kill(living[0]?.[0] ?? 0);
  }

  #lifeOf(id: number, role: ProbeRole): Millis | undefined {
    const { ageMs, idleMs, refreshed } = this.#path;
    if (ageMs !== undefined) return ageMs;
    if (refreshed?.includes(role) === true) return undefined;
    return typeof idleMs === "function" ? idleMs(id) : idleMs;
  }

  #speak(id: number): void {
    const flow = this.#flows.get(id);
    const { outage, forgets } = this.#path;
    const isForgotten =
      forgets === true && flow !== undefined && flow.bornAt < (outage?.at ?? 0) && this.#now >= (outage?.at ?? 0);
    if (this.#isOut || isForgotten) return this.#tell({ kind: "unasked", id });
    if (flow?.dead === false) {
      flow.gone = true;
      this.#tell({ kind: "ended", id, how: "answered" });
    }
    this.#tell({ kind: "spoken", id });
  }

  #kill(id: number, tells = this.#path.tells): void {
    const flow = this.#flows.get(id);
    if (flow === undefined || flow.dead || flow.gone) return;
    flow.dead = true;
    if (tells !== undefined) this.#tell({ kind: "ended", id, how: tells });
  }

  get #isOut(): boolean {
    const { outage } = this.#path;
    return outage !== undefined && this.#now >= outage.at && this.#now < outage.until;
  }

  get #now(): Millis {
    return this.#scheduler.now();
  }

  #after(ms: Millis, act: () => void): void {
    this.#scheduler.schedule(this.#now + ms, act);
  }

  #tell(event: SearchEvent): void {
    this.#after(0, () => this.#driver.dispatch(event));
  }
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
