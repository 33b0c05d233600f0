import type { CommandName } from "../activesync/command.ts";
import type { Millis } from "../core/machine.ts";
import type { Scheduler } from "../core/scheduler.ts";
import { UsageError } from "../errors.ts";
import type { AskedExchange, ConnectionFailure, DeviceExchange } from "../heartbeat/device-events.ts";
import type { DeviceSession } from "../heartbeat/device-session.ts";
import type { DeviceIdentity } from "../heartbeat/events.ts";
import { modelSession } from "../heartbeat/model-session.ts";
import type { DeviceModel } from "../heartbeat/negotiators/models.ts";
import type { NegotiatorSettings } from "../heartbeat/negotiators/negotiator.ts";
import type { QueryForm, RequestSettings } from "./device-request.ts";
import type { DeviceServer } from "./device-server.ts";

/** What a device tells while it runs; each is called at once and must not throw. */
export interface DeviceCallbacks {
  /** A waiting request is about to be sent. */
  onAsked?(asked: AskedExchange, identity: DeviceIdentity): void;
  /** A waiting request has ended, and this is what the device made of it. */
  onConcluded?(record: DeviceExchange, identity: DeviceIdentity): void;
  onPaused?(pause: DevicePause, identity: DeviceIdentity): void;
  /** Any command is sent. */
  onRequest?(request: SentCommand, identity: DeviceIdentity): void;
  /** Any command has ended, but for those that the device gave up itself. */
  onEnded?(end: EndedCommand, identity: DeviceIdentity): void;
}

/** The device asks nothing for a while. */
export interface DevicePause {
  readonly at: Millis;
  readonly pauseMs: Millis;
  /** A plain sentence. */
  readonly reason: string;
}

/** A command as the device sends it. */
export interface SentCommand {
  /** Counts a device's requests, from 1. */
  readonly id: number;
  readonly at: Millis;
  readonly command: CommandName;
  /** Whether a connection is opened for it. */
  readonly connects: boolean;
}

/** How a command ended: the HTTP status, or how the connection ended without one. */
export interface EndedCommand {
  readonly id: number;
  readonly at: Millis;
  readonly command: CommandName;
  readonly end: number | ConnectionFailure | "garbled";
}

/** What a device is made of. */
export interface DeviceOptions extends DeviceCallbacks {
  readonly server: DeviceServer;
  /** The user holds no colon; the device id is 1 to 32 letters and digits (MS-ASHTTP 2.2.1.1.1.2.3). */
  readonly identity: DeviceIdentity;
  readonly password: string;
  readonly model: DeviceModel;
  /** All of them, as `readSettings` gives them; default: the model's. */
  readonly settings?: NegotiatorSettings;
  readonly scheduler: Scheduler;
  /** Emulated seconds in one real second; must be the scheduler's; default 1. */
  readonly timeScale?: number;
  /**
   * The least that the grace after an interval lasts, in real ms; default 250. Above 0, ordinary commands get 20 s.
   * Under a time scale of 600 a grace of 5 s is 8 real ms: less than a busy machine takes to pass an answer on, which
   * would look like a silent path. 0 suits runs that are paced in one process, where the clock stands still meanwhile.
   */
  readonly minimumPatienceMs?: Millis;
  /** Base64 exists from protocol 12.1 on; default plain. */
  readonly queryForm?: QueryForm;
  /** Whether a further connection resumes the TLS session of an earlier one; default true. */
  readonly resumption?: boolean;
  /** Default `idlewall (MODEL)`. */
  readonly userAgent?: string;
  /** How long it waits before its first request, in ms; default 0. */
  readonly startAfterMs?: Millis;
}

const DEFAULT_PATIENCE_MS: Millis = 250;

/** How long ordinary commands may take (Android: AOSP, EasSyncService.java). */
const COMMAND_TIMEOUT_MS: Millis = 30_000;

/**
 * The least that ordinary commands may take, in real ms, where the clock does not stand still for them: thousands of
 * devices that start at once wait for their TLS handshakes, and giving up would only add to the queue.
 */
const COMMAND_PATIENCE_MS: Millis = 20_000;

/** The machine of a device with these options. */
export function makeSession(options: DeviceOptions): DeviceSession {
  const { model, settings = model.defaults, timeScale = 1, minimumPatienceMs = DEFAULT_PATIENCE_MS } = options;
  const patienceMs = minimumPatienceMs * timeScale;
  return modelSession(model, settings, {
    graceMs: Math.max(settings.graceMs, patienceMs),
    commandTimeoutMs: Math.max(COMMAND_TIMEOUT_MS, minimumPatienceMs > 0 ? COMMAND_PATIENCE_MS * timeScale : 0),
  });
}

/**
 * What a device with these options says in every request.
 * @throws UsageError E_USAGE everything that can't be sent, and settings that the model can't use
 */
export function requestSettings(options: DeviceOptions): RequestSettings {
  const { server, identity, password, model, queryForm = "plain", userAgent = `idlewall (${model.name})` } = options;
  const faults = [
    ...identityFaults(identity, password),
    ...timeFaults(options),
    ...model.faults(options.settings ?? model.defaults).map((fault) => `settings: ${fault}`),
    ...(queryForm === "base64" && Number(model.protocolVersion) < 12.1
      ? [`${model.name} speaks ${model.protocolVersion}; the base64 query exists from 12.1 on`]
      : []),
  ];
  if (faults.length > 0) throw new UsageError("E_USAGE", faults.join("\n"));
  return { server, identity, password, protocolVersion: model.protocolVersion, queryForm, userAgent };
}

function timeFaults({ startAfterMs = 0, minimumPatienceMs = 0 }: DeviceOptions): readonly string[] {
  return Object.entries({ startAfterMs, minimumPatienceMs })
    .filter(([, ms]) => !(Number.isFinite(ms) && ms >= 0))
    .map(([name, ms]) => `${name}: found ${ms}, expected ms from 0 on`);
}

function identityFaults({ user, deviceId }: DeviceIdentity, password: string): readonly string[] {
  const faults: string[] = [];
  if (!/^[^:\p{Cc}]+$/u.test(user)) {
    faults.push(`found the user ${JSON.stringify(user)}, expected a name without colons and control characters`);
  }
  if (/\p{Cc}/u.test(password)) faults.push("found a password with control characters, expected none");
  if (!/^[A-Za-z0-9]{1,32}$/u.test(deviceId)) {
    faults.push(`found the device id ${JSON.stringify(deviceId)}, expected 1 to 32 letters and digits`);
  }
  return faults;
}
