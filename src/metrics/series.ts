import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { DECODE_FAILURES, OUTCOMES } from "../heartbeat/events.ts";
import { type EndingName, PLAIN_ENDINGS } from "../path/condition.ts";

/** The two TCP connections of a flow, as seen from the proxy. */
export type Leg = "device" | "server";

const LEGS = ["device", "server"] as const satisfies readonly Leg[];

const COMMANDS = ["Ping", "Sync"] as const;

/** Every word for what a hop does to a leg. */
export const ACTIONS: readonly EndingName[] = [...PLAIN_ENDINGS, "respond"];

/** The statuses with which a request that can't be framed is refused. */
const REFUSAL_STATUSES = [400, 408, 413, 414, 431, 501, 505] as const;

/**
 * Seconds at which a real time-out, limit or alert stands, so that a query can ask for exactly that border.
 * Source: conventions of this project, from the field: 240 Azure, 300 SonicWall, 350 AWS, 480 the least a Windows Mobile
 * asks, 540 Exchange's alert (event 3033), 660 KEMP, 780 the carrier of Understanding Direct Push, 900 and 1800 its
 * advice, 2700 and 3540 Exchange's limits, 3600 the default of many firewalls.
 */
const TIMEOUT_BUCKETS_SECONDS = [
  60, 120, 240, 300, 350, 480, 540, 600, 660, 720, 780, 840, 900, 960, 1020, 1200, 1500, 1800, 2700, 3540, 3600,
] as const;

/** Every series of ours; `docs/metrics.md` lists the same, and a test holds the two together. */
export type Series = ReturnType<typeof createSeries>;

/** Registers every series, with each combination of labels that is known from the start at 0. */
export function createSeries(registry: Registry, listeners: readonly string[]) {
  return { ...heartbeatSeries(registry), ...flowSeries(registry, listeners), ...reloadSeries(registry) };
}

function heartbeatSeries(registry: Registry) {
  const counter = counterIn(registry);
  const histogram = intervalHistogramIn(registry);
  const command = COMMANDS;
  const outcome = OUTCOMES.filter((word) => word !== "open");
  return {
    asked: counter("exchanges_asked_total", "Requests asked to wait, by command.", { command }),
    ended: counter("exchanges_total", "Exchanges ended, by command and outcome.", { command, outcome }),
    failed: counter("exchanges_failed_total", "Exchanges that the path failed: expired, cut or lost.", { command }),
    late: counter("late_answers_total", "Answers that the server gave after the path was dead.", { command }),
    parked: gaugeIn(registry)("parked_requests", "Requests that wait now, by command.", { command }),
    askedSeconds: histogram("heartbeat_asked_seconds", "Intervals asked."),
    heldSeconds: histogram("heartbeat_held_seconds", "Silences borne by exchanges that were held."),
    failedSeconds: histogram("heartbeat_failed_seconds", "Intervals asked by exchanges that the path failed."),
    undecoded: counter("decode_failures_total", "Bodies of Ping and Sync that could not be read.", {
      reason: DECODE_FAILURES,
    }),
  };
}

function flowSeries(registry: Registry, listener: readonly string[]) {
  const counter = counterIn(registry);
  const gauge = gaugeIn(registry);
  const leg = LEGS;
  return {
    connectionsOpened: counter("connections_total", "Connections accepted from devices.", { listener }),
    connections: gauge("connections", "Connections of devices that are open now.", { listener }),
    received: counter("received_bytes_total", "Bytes that came in, by leg, as they flow.", { leg }),
    sent: counter("sent_bytes_total", "Bytes that went out, by leg, as they flow.", { leg }),
    expiries: counter("expiries_total", "Idle time-outs reached, by hop and what it did to the device's leg.", {
      hop: [],
      action: ACTIONS,
    }),
    cuts: counter("cuts_total", "Flows ended otherwise, by hop, condition and what it did to the device's leg.", {
      hop: [],
      condition: [],
      action: ACTIONS,
    }),
    refused: counter("refused_requests_total", "Requests refused because they can't be framed without doubt.", {
      status: REFUSAL_STATUSES.map(String),
    }),
    handshakes: counter("tls_handshakes_total", "TLS handshakes tried, by leg.", { leg }),
    handshakesFailed: counter("tls_handshake_failures_total", "TLS handshakes that failed, by leg.", { leg }),
    enforcementFailures: counter("enforcement_failures_total", "Times that nft could not do what it was asked.", {}),
    idleTimeout: gauge("profile_idle_timeout_seconds", "Idle time-out that a profile sets on a hop.", {
      profile: [],
      hop: [],
    }),
    build: gauge("build_info", "Always 1; says what runs.", { version: [], node_version: [] }),
  };
}

function reloadSeries(registry: Registry) {
  const counter = counterIn(registry);
  const gauge = gaugeIn(registry);
  return {
    reloads: counter("config_reloads_total", "Attempts to read the configuration again.", {}),
    reloadsFailed: counter("config_reload_failures_total", "Attempts that found a fault and changed nothing.", {}),
    reloadSuccessful: gauge("config_last_reload_successful", "Whether the last attempt, or the start, succeeded.", {}),
    reloadedAt: gauge("config_last_reload_success_timestamp_seconds", "When the configuration in force was read.", {}),
  };
}

type Labels<Name extends string> = Readonly<Record<Name, readonly string[]>>;

function counterIn(registry: Registry) {
  return <Name extends string>(name: string, help: string, labels: Labels<Name>): Counter<Name> => {
    const counter = new Counter({ ...described(name, help, labels), registers: [registry] });
    for (const combination of combinations(labels)) counter.inc(combination, 0);
    return counter;
  };
}

function gaugeIn(registry: Registry) {
  return <Name extends string>(name: string, help: string, labels: Labels<Name>): Gauge<Name> => {
    const gauge = new Gauge({ ...described(name, help, labels), registers: [registry] });
    for (const combination of combinations(labels)) gauge.set(combination, 0);
    return gauge;
  };
}

function intervalHistogramIn(registry: Registry) {
  return (name: string, help: string): Histogram<"command"> => {
    const labels = { command: COMMANDS };
    const buckets = [...TIMEOUT_BUCKETS_SECONDS];
    const histogram = new Histogram({ ...described(name, help, labels), buckets, registers: [registry] });
    for (const combination of combinations(labels)) histogram.zero(combination);
    return histogram;
  };
}

function described<Name extends string>(name: string, help: string, labels: Labels<Name>) {
  return { name: `idlewall_${name}`, help, labelNames: namesOf(labels) };
}

/** Every choice of one value a label; none when a label's values are not known yet. */
function combinations<Name extends string>(labels: Labels<Name>): readonly Partial<Record<Name, string>>[] {
  let chosen: readonly Partial<Record<Name, string>>[] = [{}];
  for (const name of namesOf(labels)) {
    chosen = chosen.flatMap((choice) => labels[name].map((value) => Object.assign({}, choice, { [name]: value })));
  }
  return chosen;
}

/** The keys of a table, which `Object.keys` knows only as strings. */
function namesOf<Name extends string>(labels: Labels<Name>): Name[] {
  const isName = (key: string): key is Name => key in labels;
  return Object.keys(labels).filter(isName);
}
