import { Driver } from "../../src/core/driver.ts";
import { VirtualScheduler } from "../../src/core/virtual-scheduler.ts";
import {
  ClientAccess,
  DEFAULT_CLIENT_ACCESS,
  type ClientAccessEffect,
  type ClientAccessEvent,
  type ClientAccessSettings,
} from "../../src/heartbeat/client-access.ts";
import type { DeviceExchange, DeviceSessionEffect, DeviceSessionEvent } from "../../src/heartbeat/device-events.ts";
import { modelSession } from "../../src/heartbeat/model-session.ts";
import { deviceModel, readSettings } from "../../src/heartbeat/negotiators/models.ts";
import type { NegotiatorSettings } from "../../src/heartbeat/negotiators/negotiator.ts";

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

export interface WireSettings {
  readonly model: string;
  readonly overrides?: Partial<NegotiatorSettings>;
  readonly server?: Partial<ClientAccessSettings>;
  /** Silence after which the carrier forgets a flow, in ms; forever by default. */
  readonly idleTimeoutMs?: number;
  readonly atExpiry?: "drop" | "reset" | "closed";
  readonly mailAt?: readonly number[];
  readonly durationMs: number;
}

export interface WireRun {
  readonly records: readonly DeviceExchange[];
  readonly requests: readonly (DeviceSessionEffect & { kind: "request" })[];
  /** Subjects of the mail that reached the device, in order. */
  readonly brought: readonly string[];
  /** Requests still held by the server at the end. */
  readonly parked: number;
}

/** A device, a carrier that forgets silent flows, and a Client Access server, in virtual time. */
export function wire(settings: WireSettings): WireRun {
  const { idleTimeoutMs = Infinity, atExpiry = "drop", mailAt = [], durationMs } = settings;
  const model = deviceModel(settings.model);
  if (model === undefined) throw new Error(`no model ${settings.model}`);
  const reading = readSettings(model, settings.overrides ?? {});
  if (reading.kind === "faults") throw new Error(reading.faults.join("\n"));
  const scheduler = new VirtualScheduler();
  const access = new ClientAccess({ ...DEFAULT_CLIENT_ACCESS, ...settings.server });
  const records: DeviceExchange[] = [];
  const requests: (DeviceSessionEffect & { kind: "request" })[] = [];
  const brought: string[] = [];
  const openIds = new Map<number, Flow>();
  let flow: Flow | undefined;

  interface Flow {
    lastAt: number;
  }
  const dead = (which: Flow): boolean => scheduler.now() - which.lastAt >= idleTimeoutMs;
  const touch = (which: Flow): void => {
    const lastAt = scheduler.now();
    which.lastAt = lastAt;
    if (atExpiry === "drop" || idleTimeoutMs === Infinity) return;
    scheduler.schedule(lastAt + idleTimeoutMs, () => {
      if (flow !== which || which.lastAt !== lastAt) return;
      flow = undefined;
      for (const [id, of] of openIds) if (of === which) server.dispatch({ kind: "closed", id });
      device.dispatch({ kind: "failed", id: requests.length, how: atExpiry });
    });
  };

  const server: Driver<ClientAccessEvent, ClientAccessEffect> = new Driver(access, scheduler, (effect) => {
    if (effect.kind !== "answer") return;
    const onFlow = openIds.get(effect.id);
    openIds.delete(effect.id);
    if (onFlow === undefined || onFlow !== flow || dead(onFlow)) return;
    touch(onFlow);
    if (effect.answer.command === "Sync") {
      for (const { added } of effect.answer.body?.collections ?? []) brought.push(...added.map((item) => item.subject));
    }
    device.dispatch({ kind: "answered", id: effect.id, answer: effect.answer });
  });
  const session = modelSession(model, reading.settings);
  const device: Driver<DeviceSessionEvent, DeviceSessionEffect> = new Driver(session, scheduler, (effect) => {
    switch (effect.kind) {
      case "concluded":
        records.push(effect.record);
        break;
      case "disconnect":
        if (flow === undefined) break;
        if (!dead(flow)) for (const [id, of] of openIds) if (of === flow) server.dispatch({ kind: "closed", id });
        flow = undefined;
        break;
      case "request": {
        requests.push(effect);
        flow ??= { lastAt: scheduler.now() };
        if (dead(flow)) break;
        touch(flow);
        const { id, request } = effect;
        openIds.set(id, flow);
        const { protocolVersion } = model;
        server.dispatch({ kind: "request", id, user: "Ann", deviceId: "d1", protocolVersion, request });
        break;
      }
      case "asked":
      case "paused":
    }
  });
  for (const at of mailAt) {
    scheduler.schedule(at, () => server.dispatch({ kind: "mail", user: "ann", subject: `mail at ${at}` }));
  }
  device.dispatch({ kind: "start" });
  scheduler.runUntil(durationMs);
  return { records, requests, brought, parked: access.parked };
}

/** The intervals asked, in minutes. */
export function minutesAsked(run: WireRun): readonly number[] {
  return run.records.map((record) => record.heartbeatIntervalSeconds / 60);
}

/** How the exchanges ended. */
export function endings(run: WireRun): readonly string[] {
  return run.records.map((record) => record.ending.kind);
}
