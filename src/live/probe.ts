import { Driver } from "../core/driver.ts";
import type { Millis } from "../core/machine.ts";
import type { Scheduler } from "../core/scheduler.ts";
import { StartError, UsageError } from "../errors.ts";
import type { SearchEffect, SearchEvent } from "../heartbeat/path-events.ts";
import type { PathFinding } from "../heartbeat/path-finding.ts";
import { OTHER_ROLES } from "../heartbeat/path-limits.ts";
import type { SearchSettings } from "../heartbeat/path-rungs.ts";
import { PathSearch } from "../heartbeat/path-search.ts";
import { formatDuration } from "../profile/durations.ts";
import type { DeviceServer } from "./device-server.ts";
import { greetProbe, type ProbeHello } from "./probe-asking.ts";
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
 * @throws UsageError E_USAGE the server's time runs at another scale, or it has not the time or the room that is asked for
 */
export async function startProbe(options: ProbeOptions): Promise<Probe> {
  if (options.makeCarrier === undefined) checkServer(options, await greetProbe(options.server));
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
    const { serverMaximumMs, lastFailure } = this.#carrier;
    if (finding.testCount === 0) return this.#reject(noFlow(this.#options.server, lastFailure));
    this.#resolve({
      ...finding,
      ...(finding.failedCount > 0 && lastFailure !== undefined && { failedReason: lastFailure }),
      ...(serverMaximumMs !== undefined && { serverMaximumMs }),
    });
  }
}

/** Every fault at once: what the server is set to, or has left, is not what is asked of it. */
function checkServer({ timeScale, search }: ProbeOptions, hello: ProbeHello): void {
  const { flowCount, toMs, graceMs } = search;
  const faults: string[] = [];
  if (hello.timeScale !== timeScale)
    faults.push(`--time-scale: found ${timeScale}, expected ${hello.timeScale}, the server's`);
  if (toMs + 2 * graceMs > hello.longestWaitMs)
    faults.push(
      `--to: found ${formatDuration(toMs)}, expected less than ${formatDuration(hello.longestWaitMs)}, ` +
        "after which the server itself ends a probe",
    );
  if (flowCount + OTHER_ROLES.length > hello.room)
    faults.push(
      `--flows: found ${flowCount}, expected less than ${hello.room - OTHER_ROLES.length + 1}, the server's room`,
    );
  if (faults.length > 0) throw new UsageError("E_USAGE", faults.join("; "));
}

function noFlow({ authority }: DeviceServer, reason = "none of them told anything"): StartError {
  return new StartError("E_TARGET_UNREACHABLE", `${authority}: found no flow that could be probed: ${reason}`);
}
