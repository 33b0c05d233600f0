import { ALERT_EVENT, ALERT_THRESHOLD_SECONDS, alertText, type AlertView } from "../heartbeat/alert.ts";
import type { Bracket } from "../heartbeat/bounds.ts";
import type { TrackerEvent } from "../heartbeat/tracker-events.ts";
import { deviceHash } from "./device-hash.ts";
import type { Log } from "./log.ts";

/**
 * Writes what was found in heartbeats as a log line: what a person should act on at `warn`, its end at `info`, what one
 * device does at `info`. Devices appear as a hash, addresses as their network.
 */
export function logFound(log: Log, event: TrackerEvent): void {
  switch (event.kind) {
    case "unheard": {
      const { exchange, heartbeatIntervalSeconds, silenceSeconds } = event;
      const fields = { exchange, ...deviceFields(event), heartbeatIntervalSeconds, silenceSeconds };
      return log.info(fields, "an answer was not heard");
    }
    case "collided":
      return log.info(deviceFields(event), "two requests of one device at once");
    case "stormBegan":
      return log.warn(deviceFields(event), "a device asks without pause");
    case "stormEnded":
      return log.info(deviceFields(event), "a device that asked without pause has paused");
    case "alertRaised":
      return log.warn(alertFields(event.alert), `event ${ALERT_EVENT.id}: ${alertText(event.alert)}`);
    case "alertCleared":
      return log.info(
        alertFields(event.alert),
        `event ${ALERT_EVENT.id} is over: devices ask for longer intervals again`,
      );
    case "wallFound":
      return log.warn(wallFields(event.network, event.bracket), "the path in front of a network has a time-out");
    case "wallLifted":
      return log.info(
        wallFields(event.network, event.bracket),
        "the path in front of a network bears more than before",
      );
  }
}

function deviceFields({ device, command }: Extract<TrackerEvent, { readonly device: unknown }>): object {
  return { device: deviceHash(device), command };
}

function alertFields({ command, meanSeconds, samples }: AlertView): object {
  const thresholdSeconds = ALERT_THRESHOLD_SECONDS;
  return { eventId: ALERT_EVENT.id, source: ALERT_EVENT.source, command, meanSeconds, samples, thresholdSeconds };
}

function wallFields(network: string, { longestHeldSeconds, shortestFailedSeconds, confidence }: Bracket): object {
  return { network, longestHeldSeconds, shortestFailedSeconds, confidence };
}
