import type { Exchange, ExchangeEnd, HeartbeatEvent } from "../heartbeat/events.ts";
import { endingName } from "../path/condition.ts";
import type { FlowEvent } from "../path/flow-event.ts";
import { deviceHash } from "./device-hash.ts";
import type { EmulatorObserver } from "./emulator-core.ts";
import { logFound } from "./found-log.ts";
import { HandleLimit } from "./handle-limit.ts";
import type { Log } from "./log.ts";
import { systemCode } from "./text-file.ts";

/**
 * Writes what a proxy tells as log lines: one an exchange at `info`, flows and requests that begin at `debug`.
 * Devices appear as a hash, users not at all. An ending that a profile made is no fault. A line that the level leaves out
 * is not made either: a hash costs as much as all the rest.
 */
export function logObserver(log: Log): EmulatorObserver {
  const limit = new HandleLimit((code, sentence) => log.error({ code }, sentence));
  return {
    heartbeat: (event, listener) => logHeartbeat(log, event, listener),
    found: (event) => logFound(log, event),
    flow: (event) => {
      if (log.isLevelEnabled("debug")) logFlow(log, event);
    },
    refused: (flow, { status, message }, listener) =>
      log.warn({ flow, listener, httpStatus: status, reason: message }, "request refused"),
    tlsFailed: (flow, reason, secured, listener) =>
      log.warn({ flow, listener, reason }, secured ? "a device broke TLS off" : "TLS with a device failed"),
    serverFailed: (flow, { code, message }, listener) => {
      if (!limit.takes(code)) log.warn({ flow, listener, code, reason: message }, "the server failed");
    },
    acceptFailed: (error, listener) => {
      if (!limit.takes(systemCode(error)))
        log.error({ listener, reason: error.message }, "a device could not be accepted");
    },
  };
}

function logHeartbeat(log: Log, event: HeartbeatEvent, listener: string): void {
  switch (event.kind) {
    case "asked":
      if (log.isLevelEnabled("debug"))
        log.debug(askedFields(event.exchange, listener), `${event.exchange.command} asked`);
      return;
    case "ended":
      if (log.isLevelEnabled("info"))
        log.info(endedFields(event.exchange, event.end, listener), `${event.exchange.command} ${event.end.outcome}`);
      return;
    case "lateAnswer":
      if (log.isLevelEnabled("info"))
        log.info(exchangeFields(event.exchange, listener), "late answer: the server answered a path that was dead");
      return;
    case "decodeFailed":
      return log.warn(
        { flow: event.flowId, listener, reason: event.reason },
        "a body could not be read; it was passed on",
      );
  }
}

function logFlow(log: Log, event: FlowEvent): void {
  const { flowId: flow, listener } = event;
  switch (event.kind) {
    case "opened":
      return log.debug({ flow, listener }, "flow opened");
    case "ended": {
      const { hop, condition, endings } = event;
      const [toDevice, toServer] = [endingName(endings.toDevice), endingName(endings.toServer)];
      return log.debug({ flow, listener, hop, condition, toDevice, toServer }, "flow ended by a hop");
    }
    case "closed": {
      const { toServerBytes, toDeviceBytes, durationMs } = event;
      return log.debug(
        { flow, listener, toServerBytes, toDeviceBytes, durationSeconds: seconds(durationMs) },
        "flow closed",
      );
    }
  }
}

function exchangeFields({ id, flowId, device, command, heartbeatIntervalSeconds }: Exchange, listener: string) {
  const place = { exchange: id, flow: flowId, listener };
  const { deviceType } = device;
  return { ...place, device: deviceHash(device), deviceType, command, heartbeatIntervalSeconds };
}

function askedFields(exchange: Exchange, listener: string) {
  return { ...exchangeFields(exchange, listener), requestBytes: exchange.requestBytes };
}

/** Fields in the order in which people look for them. */
function endedFields(exchange: Exchange, end: ExchangeEnd, listener: string) {
  const { outcome, ending, hop, action, httpStatus, status, answerBytes, endedAt } = end;
  const waitedSeconds = seconds(endedAt - exchange.askedAt);
  const { requestBytes } = exchange;
  const bytes = { requestBytes, answerBytes };
  const how = { waitedSeconds, outcome, ending, hop, action, httpStatus, status };
  return { ...exchangeFields(exchange, listener), ...how, ...bytes };
}

function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}
