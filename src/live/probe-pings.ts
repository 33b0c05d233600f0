import { createHash } from "node:crypto";
import { hostname } from "node:os";
import type { Millis } from "../core/machine.ts";
import type { Scheduler } from "../core/scheduler.ts";
import { type FlowSeen, isRefusal } from "../heartbeat/path-finding.ts";
import type { SearchEffect, SearchEvent } from "../heartbeat/path-events.ts";
import type { DeviceModel } from "../heartbeat/negotiators/models.ts";
import type { DeviceEnding } from "../heartbeat/negotiators/negotiator.ts";
import { type Device, startDevice } from "./device.ts";
import type { DeviceServer } from "./device-server.ts";
import type { ProbeCarrier } from "./probe-flows.ts";

/** What Pings as flows of a search are made of. */
export interface ProbePingsOptions {
  readonly server: DeviceServer;
  readonly scheduler: Scheduler;
  readonly user: string;
  readonly password: string;
  /** The model that asks one interval and learns nothing but the server's limit. */
  readonly model: DeviceModel;
  /** How long an answer may take beyond the interval, in emulated ms. */
  readonly graceMs: Millis;
  readonly tell: (event: SearchEvent) => void;
}

/** A flow that is open, or about to be. */
interface PingFlow {
  readonly id: number;
  readonly seconds: number;
  /** Flows that are open have different ones, the least that are free: they count the devices that the server gets to know. */
  readonly slot: number;
  device?: Device;
  /** A waiting request is on its way. */
  asked: boolean;
  /** The server took less than was asked, and is asked for that. */
  limited: boolean;
}

/** What is known of the user's right to sign in: one flow tries it alone, so that a wrong password is tried once. */
type SignIn = "untried" | "tried" | "granted" | "refused";

/** Statuses by which a server refuses a user (RFC 9110, 15.5.2 and 15.5.4). */
const REFUSALS: ReadonlySet<unknown> = new Set([401, 403]);

/**
 * The flows of a search to any ActiveSync server: each is a device of its own that signs in, fetches its folders, and
 * asks one Ping whose interval is the silence. The server speaks by itself when that is over. A device that is asked for
 * less (Status 5) asks that.
 */
export class ProbePings implements ProbeCarrier {
  readonly #options: ProbePingsOptions;
  readonly #name: string;
  readonly #flows = new Map<number, PingFlow>();
  readonly #stopping: Promise<void>[] = [];
  #signIn: SignIn = "untried";
  lastFailure: string | undefined;
  serverMaximumMs: Millis | undefined;

  constructor(options: ProbePingsOptions) {
    this.#options = options;
    const { user, server } = options;
    this.#name = createHash("sha256").update(`${user}\n${server.authority}\n${hostname()}`).digest("hex").slice(0, 12);
  }

  perform(effect: SearchEffect): void {
    switch (effect.kind) {
      case "open":
        return this.#open(effect.id, (effect.silenceMs ?? 0) / 1000);
      case "speak":
        return this.#options.tell({ kind: "spoken", id: effect.id });
      case "inspect":
        return this.#options.tell({ kind: "inspected", id: effect.id, report: undefined });
      case "close":
        return this.#close(effect.id);
      case "say":
      case "found":
      case "concluded":
    }
  }

  async stop(): Promise<void> {
    this.#signIn = "refused";
    for (const id of this.#flows.keys()) this.#close(id);
    await Promise.all(this.#stopping);
  }

  #open(id: number, seconds: number): void {
    const taken = new Set([...this.#flows.values()].map(({ slot }) => slot));
    let slot = 1;
    while (taken.has(slot)) slot += 1;
    const flow: PingFlow = { id, seconds, slot, asked: false, limited: false };
    this.#flows.set(id, flow);
    if (this.#signIn === "refused") this.#fail(flow, this.lastFailure ?? "");
    else if (this.#signIn === "granted") this.#start(flow);
    else this.#tryOne();
  }

  /** Has the oldest flow that is left sign in, if none does. */
  #tryOne(): void {
    const [first] = this.#flows.values();
    if (this.#signIn !== "untried" || first === undefined) return;
    this.#signIn = "tried";
    this.#start(first);
  }

  #start(flow: PingFlow): void {
    const { server, scheduler, user, password, model, graceMs } = this.#options;
    const identity = { user, deviceId: `idlewall${this.#name}${flow.slot}`, deviceType: model.deviceType };
    const settings = { ...model.defaults, initialSeconds: flow.seconds, minimumSeconds: 1, graceMs: 2 * graceMs };
    flow.device = startDevice({
      server,
      scheduler,
      identity,
      password,
      model,
      settings: { ...settings, maximumSeconds: Math.max(flow.seconds, settings.maximumSeconds) },
      onAsked: () => this.#asked(flow),
      onConcluded: ({ ending, conclusion }) => this.#conclude(flow, ending, conclusion),
      onEnded: ({ command, end }) => {
        if (!flow.asked && REFUSALS.has(end)) this.#refuse(flow, `the server answered ${command} with HTTP ${end}`);
      },
      onPaused: ({ reason }) => {
        if (!flow.asked) this.#fail(flow, reason);
      },
    });
  }

  #asked(flow: PingFlow): void {
    if (flow.asked) return;
    flow.asked = true;
    this.#options.tell({ kind: "opened", id: flow.id });
    if (this.#signIn !== "tried") return;
    this.#signIn = "granted";
    for (const each of this.#flows.values()) if (each.device === undefined) this.#start(each);
  }

  #conclude(flow: PingFlow, ending: DeviceEnding, conclusion: string): void {
    if (!this.#flows.has(flow.id)) return;
    if (ending.kind === "rejected" && this.#isLimit(flow, ending.limitSeconds)) {
      flow.asked = false;
      flow.limited = true;
      return;
    }
    // The search has its own patience, and needs no device that has lost its own.
    if (ending.kind === "silence") return this.#close(flow.id);
    const how = seenOf(ending);
    if (how === undefined || isRefusal(how)) return this.#fail(flow, conclusion);
    this.#close(flow.id);
    this.#options.tell({ kind: "ended", id: flow.id, how });
  }

  /** Whether the server takes less than what was asked: the device asks that at once, and its silence begins anew. */
  #isLimit({ seconds, limited }: PingFlow, limitSeconds = Infinity): boolean {
    if (limited || limitSeconds >= seconds) return false;
    this.serverMaximumMs = limitSeconds * 1000;
    return true;
  }

  /** Nobody tries again with what was refused. */
  #refuse(flow: PingFlow, reason: string): void {
    if (this.#signIn === "granted") return this.#fail(flow, reason);
    this.#signIn = "refused";
    for (const each of this.#flows.values()) this.#fail(each, reason);
  }

  #fail(flow: PingFlow, reason: string): void {
    if (!this.#flows.has(flow.id)) return;
    this.lastFailure = reason;
    this.#close(flow.id);
    this.#options.tell({ kind: "failed", id: flow.id });
  }

  #close(id: number): void {
    const flow = this.#flows.get(id);
    if (flow === undefined) return;
    this.#flows.delete(id);
    this.#stop(flow);
    if (this.#signIn !== "tried" || flow.device === undefined) return;
    this.#signIn = "untried";
    this.#tryOne();
  }

  #stop({ device }: PingFlow): void {
    if (device !== undefined) this.#stopping.push(device.stop());
  }
}

/** What a Ping's end says of the path; nothing where mail came or the server did not take the interval. */
function seenOf(ending: DeviceEnding): FlowSeen | undefined {
  switch (ending.kind) {
    case "held":
      return "answered";
    case "reset":
    case "closed":
      return ending.kind;
    case "httpError":
      return { status: ending.httpStatus };
    case "silence":
    case "changes":
    case "rejected":
    case "unreadable":
    case "unreachable":
      return undefined;
  }
}
