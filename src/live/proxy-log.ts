import type { Exchange } from "../heartbeat/events.ts";
import { endingName } from "../path/condition.ts";
import { deviceHash } from "./device-hash.ts";
import type { EmulatorObserver } from "./emulator-core.ts";
import { logFound } from "./found-log.ts";
import { HandleLimit } from "./handle-limit.ts";
import type { Log } from "./log.ts";
import { systemCode } from "./text-file.ts";

/**
 * Writes what a proxy tells as log lines: one an exchange at `info`, flows and refusals at `debug`.
 * Devices appear as a hash, users not at all. An ending that a profile made is no fault.
 */
export function logObserver(log: Log): EmulatorObserver {
  const limit = new HandleLimit((code, sentence) => log.error({ code }, sentence));
  return {
    heartbeat: (event) => {
      switch (event.kind) {
        case "asked":
          return log.debug(exchangeFields(event.exchange), "asked");
        case "ended": {
          const { outcome, hop, action, httpStatus, status, endedAt } = event.end;
          const waitedSeconds = Math.round(endedAt - event.exchange.askedAt) / 1000;
          const fields = { ...exchangeFields(event.exchange), outcome, hop, action, httpStatus, status, waitedSeconds };
          return log.info(fields, `${event.exchange.command} ${outcome}`);
        }
        case "lateAnswer":
          return log.info(exchangeFields(event.exchange), "late answer: the server answered a path that was dead");
        case "decodeFailed":
          return log.warn({ flow: event.flowId, reason: event.reason }, "a body could not be read; it was passed on");
      }
    },
    found: (event) => logFound(log, event),
    flow: (event) => {
      switch (event.kind) {
        case "opened":
          return log.debug({ flow: event.flowId, listener: event.listener }, "flow opened");
        case "ended": {
          const { flowId: flow, listener, hop, condition, endings } = event;
          const [toDevice, toServer] = [endingName(endings.toDevice), endingName(endings.toServer)];
          return log.debug({ flow, listener, hop, condition, toDevice, toServer }, "flow ended by a hop");
        }
        case "closed": {
          const { flowId: flow, listener, toServerBytes, toDeviceBytes, durationMs } = event;
          return log.debug({ flow, listener, toServerBytes, toDeviceBytes, durationMs }, "flow closed");
        }
      }
    },
    refused: (flow, { status, message }) => log.warn({ flow, status, reason: message }, "request refused"),
    tlsFailed: (flow, reason, secured) =>
      log.warn({ flow, reason }, secured ? "a device broke TLS off" : "TLS with a device failed"),
    serverFailed: (flow, { code, message }) => {
      if (!limit.takes(code)) log.warn({ flow, code, reason: message }, "the server failed");
    },
    acceptFailed: (error) => {
      if (!limit.takes(systemCode(error))) log.error({ reason: error.message }, "a device could not be accepted");
    },
  };
}

function exchangeFields({ id, flowId, device, command, heartbeatIntervalSeconds }: Exchange): object {
  return { exchange: id, flow: flowId, device: deviceHash(device), command, heartbeatIntervalSeconds };
}
