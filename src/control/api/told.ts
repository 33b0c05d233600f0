import { ALERT_THRESHOLD_SECONDS, alertText, type AlertView } from "../../heartbeat/alert.ts";
import type { DeviceIdentity, Exchange, HeartbeatEvent } from "../../heartbeat/events.ts";
import type { TrackerEvent } from "../../heartbeat/tracker-events.ts";
import { endingName } from "../../path/condition.ts";
import type { FlowEvent } from "../../path/flow-event.ts";
import type { Change, EmulatorEvent } from "../emulator.ts";
import { shown } from "./bounds.ts";
import type { ApiEvent, ChangeEvent } from "./event-schemas.ts";
import type { ApiSubject } from "./subject.ts";

/** What is needed to tell events. */
export type Teller = Pick<ApiSubject, "deviceHash" | "revealDevices">;

/** Makes the event that readers get, with its number. Devices appear as a hash, users not at all. */
export function tell(event: EmulatorEvent, id: number, teller: Teller): ApiEvent {
  switch (event.kind) {
    case "heartbeat":
      return tellHeartbeat(event.event, { id, listener: event.listener }, teller);
    case "flow":
      return tellFlow(event.event, id);
    case "found":
      return tellFound(event.event, id, teller);
    case "change":
      return tellChange(event.change, id);
  }
}

/** The same event without what was not asked for. */
export function withoutDeviceId(event: ApiEvent): ApiEvent {
  if (!("deviceId" in event)) return event;
  const { deviceId: _, ...others } = event;
  return others;
}

type Asked = Extract<HeartbeatEvent, { readonly kind: "asked" }>;
type Place = { readonly id: number; readonly listener: string };

function tellHeartbeat(event: HeartbeatEvent, place: Place, teller: Teller): ApiEvent {
  switch (event.kind) {
    case "asked":
      return askedFields(event, place, teller);
    case "ended": {
      const { endedAt, ...end } = event.end;
      const { askedAt, requestBytes } = event.exchange;
      const waitedSeconds = Math.round(endedAt - askedAt) / 1000;
      const exchange = exchangeFields(event.exchange, place, teller);
      return { ...exchange, kind: "ended", at: endedAt, ...end, requestBytes, waitedSeconds };
    }
    case "lateAnswer":
      return { ...exchangeFields(event.exchange, place, teller), kind: "lateAnswer", at: event.at };
    case "decodeFailed":
      return { kind: "decodeFailed", ...place, at: event.at, flow: event.flowId, reason: event.reason };
  }
}

function askedFields({ exchange, heard, collides }: Asked, place: Place, teller: Teller): ApiEvent {
  const said = { heard, collides: collides === true ? collides : undefined };
  return { ...exchangeFields(exchange, place, teller), kind: "asked", at: exchange.askedAt, ...said };
}

function exchangeFields({ id: exchange, flowId: flow, device, ...asked }: Exchange, place: Place, teller: Teller) {
  return {
    ...place,
    exchange,
    flow,
    ...deviceFields(device, teller),
    command: asked.command,
    heartbeatIntervalSeconds: asked.heartbeatIntervalSeconds,
  };
}

function deviceFields(device: DeviceIdentity, teller: Teller) {
  return {
    device: teller.deviceHash(device),
    deviceType: device.deviceType,
    ...(teller.revealDevices === true && { deviceId: device.deviceId }),
  };
}

function tellFound(event: TrackerEvent, id: number, teller: Teller): ApiEvent {
  switch (event.kind) {
    case "unheard":
    case "collided":
    case "stormBegan":
    case "stormEnded": {
      const { device, ...found } = event;
      return { id, ...found, ...deviceFields(device, teller) };
    }
    case "alertRaised":
      return { kind: event.kind, id, at: event.at, ...alertFields(event.alert), text: alertText(event.alert) };
    case "alertCleared":
      return { kind: event.kind, id, at: event.at, ...alertFields(event.alert) };
    case "wallFound":
    case "wallLifted": {
      const { kind, network, bracket, at } = event;
      return { kind, id, at, network, ...shown(bracket) };
    }
  }
}

function alertFields({ command, meanSeconds, samples }: AlertView) {
  return { command, meanSeconds, samples, thresholdSeconds: ALERT_THRESHOLD_SECONDS };
}

function tellFlow(event: FlowEvent, id: number): ApiEvent {
  const { at, flowId: flow, listener } = event;
  switch (event.kind) {
    case "opened":
      return { kind: "flowOpened", id, at, listener, flow };
    case "ended": {
      const { hop, condition, endings } = event;
      const [toDevice, toServer] = [endingName(endings.toDevice), endingName(endings.toServer)];
      return { kind: "flowEnded", id, at, listener, flow, hop, condition, toDevice, toServer };
    }
    case "closed": {
      const { toServerBytes, toDeviceBytes, durationMs } = event;
      return { kind: "flowClosed", id, at, listener, flow, toServerBytes, toDeviceBytes, durationMs };
    }
  }
}

/** Makes the event of a change, with its number. */
export function tellChange({ at, by, what, listener }: Change, id: number): ChangeEvent {
  return { kind: "change", id, at, by, what, listener };
}
