import type { SizeBound, SizeResult } from "../sizing/size-result.ts";
import { minutes } from "./ladder.ts";
import { timeOutWords } from "./numbers.ts";

/** The recommendation in one sentence. */
export function recommendationSentence({ recommendation }: SizeResult): string {
  const { idleTimeoutSeconds, advisedSeconds, boundBy, today } = recommendation;
  const best = timeOutWords(idleTimeoutSeconds);
  const set = `Set the firewall's idle time-out to ${best}`;
  if (today === null) return `${set}: ${boundWords(boundBy)}.`;
  if (advisedSeconds !== today.idleTimeoutSeconds)
    return `${set}, in place of today's ${minutes(today.idleTimeoutSeconds)}: ${boundWords(boundBy)}.`;
  const leave = `Leave the firewall's idle time-out at ${timeOutWords(advisedSeconds)}`;
  if (advisedSeconds === idleTimeoutSeconds) return `${leave}: ${boundWords(boundBy)}.`;
  return `${leave}: ${best}, the shortest that does as well, gains nothing that matters.`;
}

/** What ends the gain of a longer time-out. */
function boundWords(bound: SizeBound): string {
  switch (bound) {
    case "carrier":
      return "a longer one gains too little to matter, for the carrier in front of most devices forgets sooner";
    case "server-maximum":
      return "a longer one gains too little to matter, for the server lets most devices wait no longer";
    case "device-maximum":
      return "a longer one gains too little to matter, for most devices ask for no longer interval";
    case "grid":
      return "it is the longest that was tried, and a longer one may still gain";
    case "nothing":
      return "no longer one that was tried gains enough to matter";
  }
}

/** What no run in virtual time knows of, a sentence each. */
export const NOT_MODELLED: readonly string[] = [
  "How long packets travel, loss and outages: a request is answered in no time, and a flow ends by an idle time-out alone.",
  "Devices that start one after the other: all begin at one instant, as after a failure of the server.",
  "Devices that move between networks, sleep, are switched off, or are asked for mail by hand.",
  "Other traffic that wakes the radio or refreshes a timer: several accounts, apps, calendars, TCP keepalives.",
  "Carriers and firewalls that forget for other reasons than silence: full tables, restarts, fail-over.",
  "The bytes of mail itself, and the energy of screen and processor.",
  "The server's own limits: it takes any number of parked requests.",
  "Firmware that negotiates otherwise than the device models do, which follow published sources.",
];
