import { Tracker } from "../heartbeat/tracker.ts";
import { type Admin, startAdmin } from "../control/admin.ts";
import type { Address } from "../live/address.ts";
import type { FlowBytes } from "../live/flow-handler.ts";
import type { Log } from "../live/log.ts";
import { logObserver } from "../live/proxy-log.ts";
import { type Proxy, type ProxyObserver, type ProxyOptions, startProxy } from "../live/proxy.ts";
import { Metrics } from "../metrics/metrics.ts";
import { version } from "./version.ts";

/** What is served: a proxy, and the admin server that tells of it. */
export interface ServingOptions {
  readonly proxy: Omit<ProxyOptions, "observers">;
  readonly admin: Address;
  /** Names under which the admin server may be asked, beside the loopback names and its own address. */
  readonly adminHosts: readonly string[];
  readonly log: Log;
  readonly observers?: readonly ProxyObserver[];
}

/** A proxy that serves, with its admin server. */
export interface Serving {
  readonly proxy: Proxy;
  readonly admin: Admin;
  readonly tracker: Tracker;
  /** Makes `/-/ready` fail, accepts no new flows, and resolves when nothing is parked or `patienceMs` have passed. */
  drain(patienceMs: number): Promise<void>;
  /** Ends everything at once. */
  stop(): Promise<void>;
}

/**
 * Starts a proxy with metrics, log and admin server.
 * @throws StartError E_PORT_TAKEN, E_PORT_FORBIDDEN or E_LISTEN_FAILED
 */
export async function startServing(options: ServingOptions): Promise<Serving> {
  const { log, adminHosts } = options;
  const listener = options.proxy.name ?? "https";
  const metrics = new Metrics({ version: version(), listeners: [listener], profiles: [options.proxy.profile] });
  const tracker = new Tracker();
  const observers = [
    metricsObserver(metrics),
    trackerObserver(tracker),
    logObserver(log),
    ...(options.observers ?? []),
  ];
  const proxy = await startProxy({ ...options.proxy, observers });
  let ready = true;
  let told = proxy.bytes;
  const admin = await startAdmin(
    { host: options.admin.host ?? "::", port: options.admin.port, allowedHosts: adminHosts },
    {
      version: version(),
      ready: () => ready,
      exposeMetrics: async () => {
        told = tellBytes(metrics, told, proxy.bytes);
        return { contentType: metrics.contentType, body: await metrics.expose() };
      },
      reportFault: (fault) => log.error({ err: fault }, "the admin server failed to answer"),
    },
  ).catch(async (error: unknown) => {
    await proxy.stop();
    throw error;
  });
  return {
    proxy,
    admin,
    tracker,
    drain: async (patienceMs) => {
      ready = false;
      await proxy.drain(patienceMs);
    },
    stop: async () => {
      ready = false;
      await Promise.all([proxy.stop(), admin.close()]);
    },
  };
}

function metricsObserver(metrics: Metrics): ProxyObserver {
  return {
    heartbeat: (event) => metrics.observeHeartbeat(event),
    flow: (event) => metrics.observeFlow(event),
    refused: (_flowId, fault) => metrics.countRefusedRequest(fault.status),
    secured: (_flowId, leg) => metrics.countTlsHandshake(leg, true),
    tlsFailed: (_flowId, _reason, secured) => {
      if (!secured) metrics.countTlsHandshake("device", false);
    },
    serverFailed: (_flowId, failure) => {
      if (failure.untrusted === true) metrics.countTlsHandshake("server", false);
    },
  };
}

function trackerObserver(tracker: Tracker): ProxyObserver {
  return { heartbeat: (event) => tracker.observe(event) };
}

/** Bytes are counted where they are asked for: at a scrape, by what came since the last one. */
function tellBytes(metrics: Metrics, told: FlowBytes, now: FlowBytes): FlowBytes {
  metrics.addBytes("device", "received", now.fromDevice - told.fromDevice);
  metrics.addBytes("device", "sent", now.toDevice - told.toDevice);
  metrics.addBytes("server", "received", now.fromServer - told.fromServer);
  metrics.addBytes("server", "sent", now.toServer - told.toServer);
  return now;
}
