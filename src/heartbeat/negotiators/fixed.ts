import {
  changeTo,
  endingInWords,
  inWords,
  isOtherLimit,
  type DeviceEnding,
  type Move,
  type Negotiator,
  type NegotiatorSettings,
} from "./negotiator.ts";

/**
 * Asks the initial interval for ever and learns nothing from the network; only the server's own limit (Ping Status 5,
 * Sync Status 14) changes it, because without that it could never wait at all.
 */
export class FixedNegotiator implements Negotiator {
  #current: number;

  constructor(settings: Pick<NegotiatorSettings, "initialSeconds">) {
    this.#current = settings.initialSeconds;
  }

  start(): Move {
    return this.#move("first", `the device always asks ${inWords(this.#current)}`);
  }

  conclude(ending: DeviceEnding): Move {
    const found = endingInWords(ending, this.#current);
    switch (ending.kind) {
      case "held":
      case "changes":
      case "silence":
      case "reset":
      case "closed":
        return this.#repeat(found);
      case "rejected":
        return this.#rejected(found, ending.limitSeconds);
      case "httpError":
      case "unreadable":
      case "unreachable":
        return { ...this.#repeat(found), askAgain: "afterPause" };
    }
  }

  fingerprint(): string {
    return String(this.#current);
  }

  #rejected(found: string, limit: number | undefined): Move {
    if (!isOtherLimit(limit, this.#current)) return this.#repeat(found);
    const kind = changeTo(limit, this.#current);
    this.#current = limit;
    return this.#move(kind, `${found} and takes ${inWords(limit)}`);
  }

  #repeat(found: string): Move {
    return this.#move("repeat", `${found}; the device always asks the same`);
  }

  #move(kind: Move["kind"], reason: string): Move {
    return { kind, heartbeatIntervalSeconds: this.#current, reason, settled: true, askAgain: "atOnce" };
  }
}
