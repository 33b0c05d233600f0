/*
 * An answer that has left toward its device is not an answer that arrived: a silent middlebox in front of us swallows it,
 * and nothing comes back that says so. What the device does next tells:
 *
 *   given   nothing has followed the answer yet
 *   heard   a request came on the same flow, or the device closed that soon
 *   unsure  the flow ended later, or by a hop of ours: whoever did that, it says nothing of the answer
 */
import type { Millis } from "../core/machine.ts";
import type { Exchange, WaitingCommand } from "./events.ts";
import type { Remembered } from "./exchange-memory.ts";
import type { Flow, Parked } from "./exchange-parked.ts";

/** An answer that has left toward its device, and what is known of its arrival. */
export class GivenAnswer {
  /** What the answer was to. */
  readonly command: WaitingCommand;
  readonly #heartbeatIntervalSeconds: number | undefined;
  readonly #at: Millis;
  #state: "given" | "heard" | "unsure" = "given";

  constructor({ command, heartbeatIntervalSeconds }: Exchange, at: Millis) {
    this.command = command;
    this.#heartbeatIntervalSeconds = heartbeatIntervalSeconds;
    this.#at = at;
  }

  /** A request came on the answer's own flow. */
  followed(): void {
    this.#state = "heard";
  }

  /** Nothing is left of its flow, and no request had followed. */
  closed(now: Millis): void {
    if (this.#state === "given") this.#state = now - this.#at <= PROMPT_MS ? "heard" : "unsure";
  }

  /** A hop of ours has ended its flow, and no request had followed. */
  pathEnded(): void {
    this.#state = "unsure";
  }

  /**
   * What the device's next waiting request says, asked for this interval on whatever flow: whether the answer was heard,
   * `undefined` when nobody can tell. A device that has an open connection and its answer on it asks there, or closes it;
   * and none asks for more after a failure. One that is back at once, elsewhere, may have heard it or not.
   */
  heardBy(heartbeatIntervalSeconds: number | undefined, now: Millis): boolean | undefined {
    if (this.#state === "heard" || isRaise(this.#heartbeatIntervalSeconds, heartbeatIntervalSeconds)) return true;
    return this.#state === "unsure" || now - this.#at <= PROMPT_MS ? undefined : false;
  }
}

/** The answer to a parked request has left toward its device. */
export function give({ exchange, flow }: Parked, remembered: Remembered | undefined, now: Millis): void {
  if (remembered === undefined) return;
  flow.given = new GivenAnswer(exchange, now);
  remembered.given = flow.given;
}

/** A request has come on a flow: what was answered there before has been heard. */
export function followed(flow: Flow | undefined): void {
  flow?.given?.followed();
  if (flow !== undefined) flow.given = undefined;
}

/** Whether a device that waits anew has heard the answer to its last such request, which settles that question. */
export function heardBefore(remembered: Remembered | undefined, exchange: Exchange): boolean | undefined {
  const given = remembered?.given;
  if (remembered === undefined || given?.command !== exchange.command) return undefined;
  remembered.given = undefined;
  return given.heardBy(exchange.heartbeatIntervalSeconds, exchange.askedAt);
}

/**
 * How soon after an answer a device that heard it closes its connection at most, or asks on another one: more than three
 * round trips through a slow carrier, and less than the 5 s for which Android waits beyond its interval (AOSP,
 * EasOperation.java), even if the server answers a second late.
 */
const PROMPT_MS: Millis = 3000;

function isRaise(before: number | undefined, now: number | undefined): boolean {
  return before !== undefined && now !== undefined && now > before;
}
