import { collectDefaultMetrics, Registry } from "prom-client";
import { type Exchange, type ExchangeEnd, FAILED_OUTCOMES, type HeartbeatEvent } from "../heartbeat/events.ts";
import { heldSeconds } from "../heartbeat/exchange-wait.ts";
import { type Endings, endingName } from "../path/condition.ts";
import { CONDITIONS, type ConditionType } from "../path/conditions/index.ts";
import type { EndCause } from "../path/path-effect.ts";
import type { FlowEvent } from "../path/flow-event.ts";
import type { Hop, Profile } from "../path/hop.ts";
import { ACTIONS, createSeries, type Leg, type Series } from "./series.ts";
import { createTrackerSeries, type ReadFigures } from "./tracker-series.ts";

/** What the metrics of a process must know from the start. */
export interface MetricsSettings {
  /** Version of the program. */
  readonly version: string;
  /** Names of the listeners, as flow events tell them. */
  readonly listeners: readonly string[];
  /** The profiles in force. */
  readonly profiles: readonly Profile[];
  /** Whether the figures of the process and of Node are shown beside ours; default true. */
  readonly processMetrics?: boolean;
}

/**
 * How often the delay of Node's event loop is sampled, in ms. At the default of 10 the wake-ups alone take 0.9 % of a
 * core from a proxy that does nothing (measured, Node 20.20).
 */
const LOOP_SAMPLE_MS = 250;

/** Turns what happens into series, and shows them to Prometheus. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #series: Series;
  readonly #bytes: Readonly<Record<Leg, LegBytes>>;
  #listeners: readonly string[];
  #figures: ReadFigures = () => undefined;

  constructor({ version, listeners, profiles, processMetrics = true }: MetricsSettings) {
    this.#series = createSeries(this.#registry, listeners);
    createTrackerSeries(this.#registry, () => this.#figures());
    this.#listeners = listeners;
    this.#bytes = { device: legBytes(this.#series, "device"), server: legBytes(this.#series, "server") };
    this.#series.build.set({ version, node_version: process.version }, 1);
    this.#expectCuts(OPERATOR, OPERATOR);
    this.useProfiles(profiles);
    if (processMetrics) {
      collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: LOOP_SAMPLE_MS });
    }
  }

  /** Puts other profiles in force: shows their idle time-outs in place of the former ones, and their hops at 0. */
  useProfiles(profiles: readonly Profile[]): void {
    const { expiries, idleTimeout } = this.#series;
    idleTimeout.reset();
    for (const profile of profiles) {
      for (const hop of profile.hops) {
        for (const type of cuttingTypes(hop)) this.#expectCuts(hop.name, type);
        const seconds = idleTimeoutSeconds(hop);
        if (seconds === undefined) continue;
        idleTimeout.set({ profile: profile.name, hop: hop.name }, seconds);
        for (const action of ACTIONS) expiries.inc({ hop: hop.name, action }, 0);
      }
    }
  }

  /** Shows these listeners at 0 at least, and those no more that are gone. */
  useListeners(listeners: readonly string[]): void {
    const { connections, connectionsOpened } = this.#series;
    for (const listener of this.#listeners) {
      if (listeners.includes(listener)) continue;
      connections.remove({ listener });
      connectionsOpened.remove({ listener });
    }
    for (const listener of listeners) {
      connections.inc({ listener }, 0);
      connectionsOpened.inc({ listener }, 0);
    }
    this.#listeners = listeners;
  }

  /** Shows the figures of a tracker, which are read at each scrape. */
  follow(figures: ReadFigures): void {
    this.#figures = figures;
  }

  observeHeartbeat(event: HeartbeatEvent): void {
    switch (event.kind) {
      case "asked":
        return this.#asked(event.exchange);
      case "ended":
        return this.#ended(event.exchange, event.end);
      case "lateAnswer":
        return this.#series.late.inc({ command: event.exchange.command });
      case "decodeFailed":
        return this.#series.undecoded.inc({ reason: event.reason });
    }
  }

  observeFlow(event: FlowEvent): void {
    switch (event.kind) {
      case "opened":
        this.#series.connectionsOpened.inc({ listener: event.listener });
        return this.#series.connections.inc({ listener: event.listener });
      case "ended":
        return this.#flowEnded(event.hop, event.condition, event.endings);
      case "closed":
        return this.#series.connections.dec({ listener: event.listener });
    }
  }

  /** Counts bytes on a leg as they flow; `received` came in to the proxy, `sent` went out. */
  addBytes(leg: Leg, direction: keyof LegBytes, bytes: number): void {
    this.#bytes[leg][direction].inc(bytes);
  }

  /** Counts a request that was refused with this HTTP status. */
  countRefusedRequest(httpStatus: number): void {
    this.#series.refused.inc({ status: String(httpStatus) });
  }

  /** Counts a TLS handshake that came to its end, good or bad. */
  countTlsHandshake(leg: Leg, succeeded: boolean): void {
    this.#series.handshakes.inc({ leg });
    if (!succeeded) this.#series.handshakesFailed.inc({ leg });
  }

  /** Counts what the kernel was to do for a flow and could not be asked. */
  addEnforcementFailures(count: number): void {
    this.#series.enforcementFailures.inc(count);
  }

  /** Counts an attempt to read the configuration again, or its first reading; `at` in ms since 1970, real time. */
  noteConfiguration(succeeded: boolean, at: number, isFirst = false): void {
    const { reloads, reloadsFailed, reloadSuccessful, reloadedAt } = this.#series;
    if (!isFirst) reloads.inc();
    if (!succeeded) reloadsFailed.inc();
    reloadSuccessful.set(Number(succeeded));
    if (succeeded) reloadedAt.set(at / 1000);
  }

  /** The media type of what `expose` gives. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Every series in Prometheus' text format. */
  expose(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Only the end of a silence that a hop doesn't bear is an expiry. */
  #flowEnded(hop: string, condition: EndCause, { toDevice }: Endings): void {
    const action = endingName(toDevice);
    if (condition === "idle-timeout") this.#series.expiries.inc({ hop, action });
    else this.#series.cuts.inc({ hop, condition, action });
  }

  #expectCuts(hop: string, condition: EndCause): void {
    for (const action of ACTIONS) this.#series.cuts.inc({ hop, condition, action }, 0);
  }

  #asked({ command, heartbeatIntervalSeconds }: Exchange): void {
    this.#series.asked.inc({ command });
    this.#series.parked.inc({ command });
    observePositive(this.#series.askedSeconds, command, heartbeatIntervalSeconds);
  }

  #ended(exchange: Exchange, end: ExchangeEnd): void {
    const { command, heartbeatIntervalSeconds } = exchange;
    const { outcome } = end;
    this.#series.parked.dec({ command });
    this.#series.ended.inc({ command, outcome });
    if (outcome === "held") observePositive(this.#series.heldSeconds, command, heldSeconds(exchange, end));
    if (!FAILED.has(outcome)) return;
    this.#series.failed.inc({ command });
    observePositive(this.#series.failedSeconds, command, heartbeatIntervalSeconds);
  }
}

const FAILED: ReadonlySet<ExchangeEnd["outcome"]> = new Set<ExchangeEnd["outcome"]>(FAILED_OUTCOMES);

interface LegBytes {
  readonly received: Adder;
  readonly sent: Adder;
}

interface Adder {
  inc(bytes: number): void;
}

/** Bytes are counted at every read and write, so the labels are resolved once. */
function legBytes(series: Series, leg: Leg): LegBytes {
  return { received: series.received.labels({ leg }), sent: series.sent.labels({ leg }) };
}

/** A device may ask for -100 s, and a sum that falls reads as a restart: only what a time can be is observed. */
function observePositive(histogram: Series["askedSeconds"], command: string, seconds: number | undefined): void {
  if (seconds !== undefined && seconds >= 0) histogram.observe({ command }, seconds);
}

/** Who ends a flow from outside, as hop and as condition. */
const OPERATOR = "operator";

/** The types of a hop's conditions that end flows otherwise than by a silence: those that hold nothing back. */
function cuttingTypes({ conditions }: Hop): ReadonlySet<ConditionType> {
  const types = conditions.map(({ type }) => type);
  return new Set(types.filter((type) => type !== "idle-timeout" && !CONDITIONS[type].delays));
}

/** The shortest idle time-out of a hop, which is the one that is felt. */
function idleTimeoutSeconds(hop: Hop): number | undefined {
  const timeouts = hop.conditions
    .filter((condition) => condition.type === "idle-timeout")
    .map((condition) => condition.idleTimeoutMs / 1000);
  return timeouts.length === 0 ? undefined : Math.min(...timeouts);
}
