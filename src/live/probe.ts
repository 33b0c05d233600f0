import { Driver } from "../core/driver.ts";
import type { Millis } from "../core/machine.ts";
import type { Scheduler } from "../core/scheduler.ts";
import { StartError, UsageError } from "../errors.ts";
import type { SearchEffect, SearchEvent } from "../heartbeat/path-events.ts";
import type { PathFinding } from "../heartbeat/path-finding.ts";
import type { SearchSettings } from "../heartbeat/path-rungs.ts";
import { PathSearch } from "../heartbeat/path-search.ts";
import type { DeviceServer } from "./device-server.ts";
import { greetProbe } from "./probe-asking.ts";
import { type ProbeCarrier, ProbeFlows } from "./probe-flows.ts";

/** What a probe is to find, where, and who hears of it. */
export interface ProbeOptions {
  readonly server: DeviceServer;
  readonly scheduler: Scheduler;
  /** Emulated seconds in one real second; must be the server's. */
  readonly timeScale: number;
  readonly search: SearchSettings;
  /** The bracket has become narrower. */
  onFound?(aliveMs: Millis, deadMs: Millis | undefined): void;
  /** Makes the flows; default: to an idlewall that answers probes. */
  readonly makeCarrier?: (tell: (event: SearchEvent) => void) => ProbeCarrier;
}

/** A running search. */
export interface Probe {
  /**
   * What was found; `undefined` when the search was stopped. Rejects with StartError E_TARGET_UNREACHABLE when no flow
   * came about.
   */
  readonly finding: Promise<PathFinding | undefined>;
  stop(): Promise<void>;
}

/**
 * Starts to search for the silence that ends the flows of a path.
 * @throws StartError E_TARGET_UNREACHABLE, E_TARGET_UNTRUSTED or E_PROTOCOL
 * @throws UsageError E_USAGE the server's time runs at another scale
 */
export async function startProbe(options: ProbeOptions): Promise<Probe> {
  const { server, timeScale, makeCarrier } = options;
  if (makeCarrier === undefined) checkScale(timeScale, (await greetProbe(server)).timeScale);
  return new RunningProbe(options);
}

class RunningProbe implements Probe {
  readonly finding: Promise<PathFinding | undefined>;
  readonly #options: ProbeOptions;
  readonly #driver: Driver<SearchEvent, SearchEffect>;
  readonly #carrier: ProbeCarrier;
  #resolve: (finding: PathFinding | undefined) => void = () => undefined;
  #reject: (error: StartError) => void = () => undefined;

  constructor(options: ProbeOptions) {
    const { server, scheduler, search, timeScale, makeCarrier } = options;
    this.#options = options;
    this.finding = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const tell = (event: SearchEvent): void => this.#driver.dispatch(event);
    this.#carrier = makeCarrier?.(tell) ?? new ProbeFlows({ server, timeScale, everyMs: search.fromMs / 2, tell });
    this.#driver = new Driver(new PathSearch(search), scheduler, (effect: SearchEffect) => this.#perform(effect));
    this.#driver.dispatch({ kind: "start" });
  }

  async stop(): Promise<void> {
    this.#driver.stop();
    await this.#carrier.stop();
    this.#resolve(undefined);
  }

  #perform(effect: SearchEffect): void {
    this.#carrier.perform(effect);
    if (effect.kind === "found") this.#options.onFound?.(effect.aliveMs, effect.deadMs);
    if (effect.kind === "concluded") this.#conclude(effect.finding);
  }

  #conclude(finding: PathFinding): void {
    if (finding.testCount > 0) this.#resolve(finding);
    else this.#reject(noFlow(this.#options.server, this.#carrier.lastFailure));
  }
}

function checkScale(found: number, expected: number): void {
  if (found === expected) return;
  throw new UsageError("E_USAGE", `--time-scale: found ${found}, expected ${expected}, the server's`);
}

function noFlow({ authority }: DeviceServer, reason = "none of them told anything"): StartError {
  return new StartError("E_TARGET_UNREACHABLE", `${authority}: found no flow that could be probed: ${reason}`);
}
