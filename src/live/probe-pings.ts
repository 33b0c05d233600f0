import { randomBytes } from "node:crypto";
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
  /** The model that asks one interval and learns nothing. */
  readonly model: DeviceModel;
  /** How long an answer may take beyond the interval, in emulated ms. */
  readonly graceMs: Millis;
  readonly tell: (event: SearchEvent) => void;
}

/**
 * The flows of a search to any ActiveSync server: each is a device of its own that signs in, fetches its folders, and
 * asks one Ping whose interval is the silence. The server speaks by itself when that is over.
 */
export class ProbePings implements ProbeCarrier {
  readonly #options: ProbePingsOptions;
  readonly #run = randomBytes(6).toString("hex");
  readonly #devices = new Map<number, Device>();
  readonly #stopping: Promise<void>[] = [];
  lastFailure: string | undefined;

  constructor(options: ProbePingsOptions) {
    this.#options = options;
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
    for (const id of this.#devices.keys()) this.#close(id);
    await Promise.all(this.#stopping);
  }

  #open(id: number, seconds: number): void {
    const { server, scheduler, user, password, model, graceMs, tell } = this.#options;
    const identity = { user, deviceId: `idlewall${this.#run}${id}`, deviceType: model.deviceType };
    let asked = false;
    const settings = { ...model.defaults, initialSeconds: seconds, minimumSeconds: 1, graceMs: 2 * graceMs };
    const device = startDevice({
      server,
      scheduler,
      identity,
      password,
      model,
      settings: { ...settings, maximumSeconds: Math.max(seconds, settings.maximumSeconds) },
      onAsked: ({ number }) => {
        asked = number === 1;
        if (asked) tell({ kind: "opened", id });
      },
      onConcluded: ({ ending, conclusion, number }) => {
        if (number === 1) this.#conclude(id, ending, conclusion);
      },
      onPaused: ({ reason }) => {
        if (!asked) this.#fail(id, reason);
      },
    });
    this.#devices.set(id, device);
  }

  #conclude(id: number, ending: DeviceEnding, conclusion: string): void {
    const how = seenOf(ending);
    if (how === undefined || isRefusal(how)) return this.#fail(id, conclusion);
    this.#close(id);
    this.#options.tell({ kind: "ended", id, how });
  }

  #fail(id: number, reason: string): void {
    this.lastFailure = reason;
    this.#close(id);
    this.#options.tell({ kind: "failed", id });
  }

  #close(id: number): void {
    const device = this.#devices.get(id);
    if (device === undefined) return;
    this.#devices.delete(id);
    this.#stopping.push(device.stop());
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
    case "changes":
    case "rejected":
    case "silence":
    case "unreadable":
    case "unreachable":
      return undefined;
  }
}
