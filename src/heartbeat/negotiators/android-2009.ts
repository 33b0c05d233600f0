import type { Millis } from "../../core/machine.ts";
import {
  endingInWords,
  inWords,
  LONGEST_INTERVAL_SECONDS,
  settingFaults,
  type DeviceEnding,
  type Move,
  type Negotiator,
  type NegotiatorSettings,
} from "./negotiator.ts";

/** How long it waits for any answer to a Ping, in ms, whatever it asked (AOSP, commit 96293e01, EasSyncService.java). */
export const ANDROID_2009_READ_LIMIT_MS: Millis = 1_200_000;

/**
 * Asks one interval for ever, as Android did in August 2009: 295 s on mobile networks, 900 s on Wi-Fi. Nothing teaches it
 * another: not a failure, not even the server's limit, of which it reads only that it is no change. An error of the
 * connection makes it pause; an HTTP status it takes for the end of a Ping.
 * Source: AOSP, commit 96293e01, EasSyncService.java (`runPingLoop`) and PingParser.java.
 */
export class Android2009Negotiator implements Negotiator {
  readonly #seconds: number;

  constructor({ initialSeconds }: Pick<NegotiatorSettings, "initialSeconds">) {
    this.#seconds = initialSeconds;
  }

  start(): Move {
    return this.#move("first", `the device always asks ${inWords(this.#seconds)}`);
  }

  conclude(ending: DeviceEnding): Move {
    const found = endingInWords(ending, this.#seconds);
    switch (ending.kind) {
      case "held":
      case "changes":
      case "rejected":
      case "httpError":
        return this.#move("repeat", `${found}; the device always asks the same`);
      case "silence":
      case "reset":
      case "closed":
      case "unreadable":
      case "unreachable":
        return { ...this.#move("repeat", `${found}; the device asks the same again later`), askAgain: "afterPause" };
    }
  }

  /** It learns nothing. */
  fingerprint(): string {
    return "";
  }

  #move(kind: Move["kind"], reason: string): Move {
    return { kind, heartbeatIntervalSeconds: this.#seconds, reason, settled: true, askAgain: "atOnce" };
  }
}

/** Everything that is wrong with its settings: an answer after its read limit would never be heard. */
export function readLimitFaults(settings: NegotiatorSettings): readonly string[] {
  const most = (ANDROID_2009_READ_LIMIT_MS - settings.graceMs) / 1000;
  const faults = settingFaults({ ...settings, minimumSeconds: 1, maximumSeconds: LONGEST_INTERVAL_SECONDS });
  if (faults.length > 0 || settings.initialSeconds <= most) return faults;
  const limit = inWords(ANDROID_2009_READ_LIMIT_MS / 1000);
  return [
    `initial: found ${settings.initialSeconds} s, expected ${most} s at most, as this device gives up after ${limit}`,
  ];
}
