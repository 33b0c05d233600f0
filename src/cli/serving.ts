import { type Admin, startAdmin } from "../control/admin.ts";
import { startToxiproxyApi, type ToxiproxyApi } from "../control/toxiproxy/server.ts";
import type { Distribution } from "../core/distribution.ts";
import { EmulatorError } from "../errors.ts";
import type { Address } from "../live/address.ts";
import { deviceHash } from "../live/device-hash.ts";
import { type Emulator, startEmulator } from "../live/emulator.ts";
import type { EmulatorObserver, EmulatorOptions } from "../live/emulator-core.ts";
import type { FlowBytes } from "../live/flow-handler.ts";
import { isHandleLimit } from "../live/handle-limit.ts";
import type { Log } from "../live/log.ts";
import { openFileCount } from "../live/open-files.ts";
import { shippedNames, shippedProfile } from "../live/profile-files.ts";
import { logObserver } from "../live/proxy-log.ts";
import type { ServerFailure } from "../live/server-leg.ts";
import { Metrics } from "../metrics/metrics.ts";
import type { ServerFailureReason } from "../metrics/series.ts";
import { tlsFailure } from "../metrics/tls-failure.ts";
import { version } from "./version.ts";

/** What is served: an emulator, and the admin server that tells of it. */
export interface ServingOptions {
  readonly emulator: Omit<EmulatorOptions, "version" | "observers" | "reloaded">;
  readonly admin: Address;
  /** Names under which the admin server may be asked, beside the loopback names and its own address. */
  readonly adminHosts: readonly string[];
  /** What requests to the admin server must carry; may be absent on a loopback address alone. */
  readonly adminToken?: string | undefined;
  /** Whether the API may tell device ids; default false. */
  readonly revealDevices?: boolean;
  /** Where Toxiproxy's API listens, if it does. */
  readonly toxiproxyApi?: { readonly host: string; readonly port: number } | undefined;
  readonly log: Log;
  /** How late the scheduler's timers run, in s. */
  readonly timerLateness?: Distribution | undefined;
  readonly observers?: readonly EmulatorObserver[];
}

/** An emulator that serves, with its admin server. */
export interface Serving {
  readonly emulator: Emulator;
  readonly admin: Admin;
  readonly toxiproxyApi: ToxiproxyApi | undefined;
  /** Makes `/-/ready` fail, accepts no new flows, and resolves when nothing is parked or `patienceMs` have passed. */
  drain(patienceMs: number): Promise<void>;
  /** Ends everything at once. */
  stop(): Promise<void>;
}

/**
 * Starts an emulator with metrics, log and admin server.
 * @throws StartError E_PORT_TAKEN, E_PORT_FORBIDDEN or E_LISTEN_FAILED
 * @throws UsageError E_USAGE or E_CONFIG_INVALID the admin server's token is missing or can't be one
 */
export async function startServing(options: ServingOptions): Promise<Serving> {
  const { log } = options;
  const { listeners, seed } = options.emulator.plan;
  const metrics = new Metrics({
    version: version(),
    listeners: listeners.map(({ name }) => name),
    profiles: listeners.map(({ profile }) => profile),
    timeScale: options.emulator.timeScale,
    timerLateness: options.timerLateness,
    openFiles: openFileCount,
  });
  metrics.noteConfiguration(true, Date.now(), true);
  const emulator = await startEmulator({
    ...options.emulator,
    version: version(),
    observers: [metricsObserver(metrics), logObserver(log), ...(options.observers ?? [])],
    reloaded: (fault, needRestart) => {
      metrics.noteConfiguration(fault === undefined, Date.now());
      tellReload(log, fault);
      if (needRestart.length > 0) log.warn({ settings: needRestart }, "settings that have changed need a restart");
    },
  });
  metrics.follow(() => emulator.figures());
  let ready = true;
  const admin = await startAdminOf(options, emulator, metrics, () => ready).catch(async (error: unknown) => {
    await emulator.stop();
    throw error;
  });
  const toxiproxyApi = await startToxiproxyApiOf(options, emulator).catch(async (error: unknown) => {
    await Promise.all([emulator.stop(), admin.close()]);
    throw error;
  });
  log.info({ seed }, "started");
  return {
    emulator,
    admin,
    toxiproxyApi,
    drain: async (patienceMs) => {
      ready = false;
      await emulator.drain(patienceMs);
    },
    stop: async () => {
      ready = false;
      await Promise.all([emulator.stop(), admin.close(), toxiproxyApi?.close()]);
    },
  };
}

async function startToxiproxyApiOf(
  { toxiproxyApi, log }: ServingOptions,
  emulator: Emulator,
): Promise<ToxiproxyApi | undefined> {
  if (toxiproxyApi === undefined) return undefined;
  return startToxiproxyApi(toxiproxyApi, emulator.as("toxiproxy"), (fault) => {
    log.error({ err: fault }, "the Toxiproxy API failed to answer");
  });
}

function startAdminOf(
  { admin, adminHosts, adminToken, revealDevices, log, emulator: { enforcer } }: ServingOptions,
  emulator: Emulator,
  metrics: Metrics,
  ready: () => boolean,
): Promise<Admin> {
  let told = emulator.bytes;
  let failures = 0;
  return startAdmin(
    { host: admin.host ?? "::", port: admin.port, allowedHosts: adminHosts, token: adminToken },
    {
      version: version(),
      ready,
      exposeMetrics: (format) => {
        told = tellBytes(metrics, told, emulator.bytes);
        failures = tellFailures(metrics, failures, enforcer?.failureCount ?? 0);
        tellListeners(metrics, emulator);
        return metrics.expose(format);
      },
      reportFault: (fault) => log.error({ err: fault }, "the admin server failed to answer"),
      api: { emulator: emulator.as("api"), ready, ...SHIPPED, deviceHash, revealDevices },
    },
  );
}

const SHIPPED = { profileNames: shippedNames, profile: shippedProfile };

function metricsObserver(metrics: Metrics): EmulatorObserver {
  return {
    heartbeat: (event) => metrics.observeHeartbeat(event),
    flow: (event) => metrics.observeFlow(event),
    found: (event) => metrics.observeFound(event),
    refused: (_flowId, fault) => metrics.countRefusedRequest(fault.status),
    secured: (_flowId, leg) => metrics.countTlsHandshake(leg),
    tlsFailed: (_flowId, reason, secured) => {
      if (!secured) metrics.countTlsHandshake("device", tlsFailure(reason));
    },
    serverFailed: (_flowId, failure) => {
      if (failure.untrusted === true) metrics.countTlsHandshake("server", tlsFailure(failure.code));
      const reason = failureReason(failure);
      if (reason !== undefined) metrics.countServerFailure(reason);
    },
    acceptFailed: () => metrics.countAcceptFailure(),
  };
}

/** Want of file handles is no failure of the server. */
function failureReason({ code, connected, untrusted }: ServerFailure): ServerFailureReason | undefined {
  if (isHandleLimit(code)) return undefined;
  if (untrusted === true) return "untrusted";
  return connected ? "broke-off" : "unreachable";
}

/** A file at fault is a person's to mend, so its faults stand in the log as that person is told them. */
function tellReload(log: Log, fault: unknown): void {
  if (fault === undefined) log.info("the configuration was read again");
  else if (fault instanceof EmulatorError)
    log.error({ code: fault.code, reason: fault.message }, "nothing was changed: the configuration has faults");
  else log.error({ err: fault }, "nothing was changed: the configuration could not be read again");
}

/** Bytes are counted where they are asked for: at a scrape, by what came since the last one. */
function tellBytes(metrics: Metrics, told: FlowBytes, now: FlowBytes): FlowBytes {
  metrics.addBytes("device", "received", now.fromDevice - told.fromDevice);
  metrics.addBytes("device", "sent", now.toDevice - told.toDevice);
  metrics.addBytes("server", "received", now.fromServer - told.fromServer);
  metrics.addBytes("server", "sent", now.toServer - told.toServer);
  return now;
}

function tellFailures(metrics: Metrics, told: number, now: number): number {
  metrics.addEnforcementFailures(now - told);
  return now;
}

/** Listeners and profiles come and go while it runs; those whose last flows are still there count as there. */
function tellListeners(metrics: Metrics, emulator: Emulator): void {
  metrics.useListeners(emulator.listenerNames);
  metrics.useProfiles(emulator.profiles());
}
