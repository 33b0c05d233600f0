import type { SizeBound, SizeResult } from "../sizing/size-result.ts";
import { minutes } from "./ladder.ts";
import { timeOutWords } from "./numbers.ts";

/** The recommendation in one sentence. */
export function recommendationSentence({ recommendation, settings }: SizeResult): string {
  const { idleTimeoutSeconds, boundBy } = recommendation;
  const today = settings.firewall.todaySeconds;
  const set = `Set the firewall's idle time-out to ${timeOutWords(idleTimeoutSeconds)}`;
  return `${today === null ? set : `${set}; today it is ${minutes(today)}`}: ${boundWords(boundBy)}.`;
}

/** What ends the gain of a longer time-out. */
function boundWords(bound: SizeBound): string {
  switch (bound) {
    case "carrier":
      return "a longer one gains nothing, for the carrier in front forgets sooner";
    case "server-maximum":
      return "a longer one gains nothing, for the server takes no longer interval";
    case "device-maximum":
      return "a longer one gains nothing, for devices ask for no longer interval";
    case "grid":
      return "it is the longest that was tried, and a longer one may still gain";
    case "nothing":
      return "nothing that was tried gains more than what was asked for";
  }
}

/** What no run in virtual time knows of, a sentence each. */
export const NOT_MODELLED: readonly string[] = [
  "Latency, loss and outages: segments cross at once, and a flow ends by an idle time-out alone.",
  "Devices that roam between networks, are switched off, or are asked for mail by hand.",
  "Other traffic that wakes the radio or refreshes the firewall's timer: apps, calendars, TCP keepalives.",
  "Firewalls that forget for other reasons than silence: restarts, fail-over, full tables.",
  "The energy and the bytes of mail itself, of the screen and of the processor.",
  "The server's own time: it answers at once, and takes any number of parked requests.",
  "Firmware that negotiates otherwise than the device models do, which follow published sources.",
];
