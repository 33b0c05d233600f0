import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { DECODE_FAILURES } from "../heartbeat/events.ts";
import { type EndingName, PLAIN_ENDINGS } from "../path/condition.ts";
import { TLS_FAILURES } from "./tls-failure.ts";
import { TIMEOUT_BOUNDS_SECONDS } from "./timeout-bounds.ts";

/** The two TCP connections of a flow, as seen from the proxy. */
export type Leg = "device" | "server";

const LEGS = ["device", "server"] as const satisfies readonly Leg[];

/** Every word for what a hop does to a leg. */
export const ACTIONS: readonly EndingName[] = [...PLAIN_ENDINGS, "respond"];

/** How a server fails: it can't be reached, TLS with it fails (most often for its certificate), or it breaks off what has begun. */
const SERVER_FAILURES = ["unreachable", "untrusted", "broke-off"] as const;

/** One of these. */
export type ServerFailureReason = (typeof SERVER_FAILURES)[number];

/** The statuses with which a request that can't be framed is refused. */
const REFUSAL_STATUSES = [400, 408, 413, 414, 431, 501, 505] as const;

/** Every series that prom-client keeps; `docs/metrics.md` lists them with the others. */
export type Series = ReturnType<typeof createSeries>;

/** Registers these series, with each combination of labels that is known from the start at 0. */
export function createSeries(registry: Registry, listeners: readonly string[]) {
  return {
    ...connectionSeries(registry, listeners),
    ...flowSeries(registry),
    ...failureSeries(registry),
    ...configurationSeries(registry),
  };
}

function connectionSeries(registry: Registry, listener: readonly string[]) {
  const counter = counterIn(registry);
  const leg = LEGS;
  return {
    connectionsOpened: counter("connections_total", "Connections accepted from devices.", { listener }),
    connections: gaugeIn(registry)("open_connections", "Connections of devices that are open now.", { listener }),
    connectionSeconds: histogramIn(registry)("connection_duration_seconds", "How long connections lasted.", {
      listener,
    }),
    acceptsFailed: counter("accept_failures_total", "Devices that could not be accepted.", {}),
    received: counter("received_bytes_total", "Bytes that came in, by leg, as they flow.", { leg }),
    sent: counter("sent_bytes_total", "Bytes that went out, by leg, as they flow.", { leg }),
  };
}

function flowSeries(registry: Registry) {
  const counter = counterIn(registry);
  const action = ACTIONS;
  return {
    expiries: counter("expiries_total", "Idle time-outs reached, by hop and what it did to the device's leg.", {
      hop: [],
      action,
    }),
    cuts: counter("cuts_total", "Flows ended otherwise, by hop, condition and what it did to the device's leg.", {
      hop: [],
      condition: [],
      action,
    }),
    idleTimeout: gaugeIn(registry)("profile_idle_timeout_seconds", "Idle time-out that a profile sets on a hop.", {
      profile: [],
      hop: [],
    }),
  };
}

function failureSeries(registry: Registry) {
  const counter = counterIn(registry);
  const leg = LEGS;
  return {
    undecoded: counter("decode_failures_total", "Bodies of Ping and Sync that could not be read.", {
      reason: DECODE_FAILURES,
    }),
    refused: counter("refused_requests_total", "Requests refused because they can't be framed without doubt.", {
      status: REFUSAL_STATUSES.map(String),
    }),
    handshakes: counter("tls_handshakes_total", "TLS handshakes tried, by leg.", { leg }),
    handshakesFailed: counter("tls_handshake_failures_total", "TLS handshakes that failed, by leg and reason.", {
      leg,
      reason: TLS_FAILURES,
    }),
    serverFailures: counter("server_failures_total", "Times that the server could not be reached or broke off.", {
      reason: SERVER_FAILURES,
    }),
    enforcementFailures: counter("enforcement_failures_total", "Times that nft could not do what it was asked.", {}),
  };
}

function configurationSeries(registry: Registry) {
  const counter = counterIn(registry);
  const gauge = gaugeIn(registry);
  return {
    build: gauge("build_info", "Always 1; says what runs.", { version: [], node_version: [] }),
    timeScale: gauge("time_scale", "Emulated seconds in a real one.", {}),
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

function histogramIn(registry: Registry) {
  return <Name extends string>(name: string, help: string, labels: Labels<Name>): Histogram<Name> => {
    const buckets = [...TIMEOUT_BOUNDS_SECONDS];
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
