import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { Distribution } from "../core/distribution.ts";
import type { HeartbeatEvent } from "../heartbeat/events.ts";
import type { TrackerEvent } from "../heartbeat/tracker-events.ts";
import { endingName } from "../path/condition.ts";
import type { FlowEvent } from "../path/flow-event.ts";
import type { Profile } from "../path/hop.ts";
import { ExchangeSeries } from "./exchange-series.ts";
import { asOpenMetrics, type ExpositionFormat, type Family, MEDIA_TYPES, writeFamilies } from "./exposition.ts";
import { ProfileSeries } from "./profile-series.ts";
import type { TlsFailure } from "./tls-failure.ts";
import { createSeries, type Leg, type Series, type ServerFailureReason } from "./series.ts";
import { createTrackerSeries, type ReadFigures } from "./tracker-series.ts";

/** What the metrics of a process must know from the start. */
export interface MetricsSettings {
  /** Version of the program. */
  readonly version: string;
  /** Names of the listeners, as flow events tell them. */
  readonly listeners: readonly string[];
  /** The profiles in force. */
  readonly profiles: readonly Profile[];
  /** Emulated seconds in a real one; default 1. */
  readonly timeScale?: number;
  /** How late the timers of what is measured run, in s, as its scheduler counts it. */
  readonly timerLateness?: Distribution | undefined;
  /** Counts the files that the process has open, `undefined` for unknown; default: prom-client lists them. */
  readonly openFiles?: (() => number | undefined) | undefined;
  /** Whether the figures of the process and of Node are shown beside ours; default true. */
  readonly processMetrics?: boolean;
  /** Real ms since 1970, for the instants of exemplars; default: the machine's clock. */
  readonly now?: () => number;
}

/** A page of series as it is answered. */
export interface Exposition {
  readonly contentType: string;
  readonly body: string;
}

/**
 * How often the delay of Node's event loop is sampled, in ms. At the default of 10 the wake-ups alone take 0.9 % of a
 * core from a proxy that does nothing (measured, Node 20.20).
 */
const LOOP_SAMPLE_MS = 250;

/** Turns what happens into series, and shows them to Prometheus. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #exchanges: ExchangeSeries;
  readonly #families: readonly Family[];
  readonly #series: Series;
  readonly #profiles: ProfileSeries;
  readonly #bytes: Readonly<Record<Leg, LegBytes>>;
  #listeners: readonly string[];
  /** Open connections, of the listeners that have some. */
  readonly #open = new Map<string, number>();
  #figures: ReadFigures = () => undefined;

  constructor(settings: MetricsSettings) {
    const { version, listeners, profiles, timeScale = 1, processMetrics = true, now = Date.now } = settings;
    this.#exchanges = new ExchangeSeries(now);
    this.#families = [...this.#exchanges.families(), latenessFamily(settings.timerLateness ?? new Distribution([]))];
    this.#series = createSeries(this.#registry, listeners);
    createTrackerSeries(this.#registry, () => this.#figures());
    this.#listeners = listeners;
    this.#bytes = { device: legBytes(this.#series, "device"), server: legBytes(this.#series, "server") };
    this.#series.build.set({ version, node_version: process.version }, 1);
    this.#series.timeScale.set(timeScale);
    this.#profiles = new ProfileSeries(this.#series);
    this.useProfiles(profiles);
    if (processMetrics) collectProcessMetrics(this.#registry, settings.openFiles);
  }

  /** Puts other profiles in force: shows their hops and idle time-outs in place of the former ones. */
  useProfiles(profiles: readonly Profile[]): void {
    this.#profiles.use(profiles);
  }

  /** Shows these listeners at 0 at least, and those no more that are gone with their last connection. */
  useListeners(present: readonly string[]): void {
    const listeners = [...new Set([...present, ...this.#open.keys()])];
    const { connections, connectionsOpened, connectionSeconds } = this.#series;
    for (const listener of this.#listeners) {
      if (listeners.includes(listener)) continue;
      for (const each of [connections, connectionsOpened, connectionSeconds]) each.remove({ listener });
    }
    for (const listener of listeners) {
      connections.inc({ listener }, 0);
      connectionsOpened.inc({ listener }, 0);
      if (!this.#listeners.includes(listener)) connectionSeconds.zero({ listener });
    }
    this.#listeners = listeners;
  }

  /** Shows the figures of a tracker, which are read at each scrape. */
  follow(figures: ReadFigures): void {
    this.#figures = figures;
  }

  observeHeartbeat(event: HeartbeatEvent): void {
    if (event.kind === "decodeFailed") this.#series.undecoded.inc({ reason: event.reason });
    else this.#exchanges.observe(event);
  }

  observeFound(event: TrackerEvent): void {
    if (event.kind === "unheard") this.#exchanges.observeUnheard(event);
  }

  observeFlow(event: FlowEvent): void {
    switch (event.kind) {
      case "opened":
        this.#series.connectionsOpened.inc({ listener: event.listener });
        return this.#countOpen(event.listener, 1);
      case "ended":
        return this.#profiles.countEnd(event.hop, event.condition, endingName(event.endings.toDevice));
      case "closed":
        this.#series.connectionSeconds.observe({ listener: event.listener }, event.durationMs / 1000);
        return this.#countOpen(event.listener, -1);
    }
  }

  #countOpen(listener: string, added: number): void {
    const open = (this.#open.get(listener) ?? 0) + added;
    if (open === 0) this.#open.delete(listener);
    else this.#open.set(listener, open);
    this.#series.connections.set({ listener }, open);
  }

  /** Counts bytes on a leg as they flow; `received` came in to the proxy, `sent` went out. */
  addBytes(leg: Leg, direction: keyof LegBytes, bytes: number): void {
    this.#bytes[leg][direction].inc(bytes);
  }

  /** Counts a request that was refused with this HTTP status. */
  countRefusedRequest(httpStatus: number): void {
    this.#series.refused.inc({ status: String(httpStatus) });
  }

  /** Counts a TLS handshake that came to its end; `failure` says why to a bad one. */
  countTlsHandshake(leg: Leg, failure?: TlsFailure): void {
    this.#series.handshakes.inc({ leg });
    if (failure !== undefined) this.#series.handshakesFailed.inc({ leg, reason: failure });
  }

  /** Counts a failure of the server. */
  countServerFailure(reason: ServerFailureReason): void {
    this.#series.serverFailures.inc({ reason });
  }

  /** Counts a device that could not be accepted. */
  countAcceptFailure(): void {
    this.#series.acceptsFailed.inc();
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

  /** Every series, in the text format or in OpenMetrics. */
  async expose(format: ExpositionFormat = "text"): Promise<Exposition> {
    const page = `${writeFamilies(this.#families, format)}\n${await this.#registry.metrics()}`;
    return { contentType: MEDIA_TYPES[format], body: format === "text" ? page : asOpenMetrics(page) };
  }
}

/** Figures of the process and of Node, without those that take the longer the more connections there are. */
function collectProcessMetrics(register: Registry, openFiles: MetricsSettings["openFiles"]): void {
  collectDefaultMetrics({ register, eventLoopMonitoringPrecision: LOOP_SAMPLE_MS });
  for (const kind of ["handles", "requests", "resources"]) {
    register.removeSingleMetric(`nodejs_active_${kind}`);
    register.removeSingleMetric(`nodejs_active_${kind}_total`);
  }
  if (openFiles !== undefined) useOpenFiles(register, openFiles);
}

function useOpenFiles(register: Registry, openFiles: () => number | undefined): void {
  const name = "process_open_fds";
  register.removeSingleMetric(name);
  const gauge: Gauge = new Gauge({
    name,
    help: "Number of open file descriptors.",
    registers: [register],
    collect: () => {
      const count = openFiles();
      if (count !== undefined) gauge.set(count);
    },
  });
}

function latenessFamily(distribution: Distribution): Family {
  return {
    name: "idlewall_timer_lateness_seconds",
    kind: "histogram",
    help: "How much later than due a timer ran, in real time.",
    buckets: () => [{ labels: "", distribution }],
  };
}

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
