/*
 * An answer that has left toward its device is not an answer that arrived: a silent middlebox in front of us swallows it,
 * and nothing comes back that says so; one that forgets answers it with an RST. What the device does next tells:
 *
 *   given   nothing has followed the answer yet, or an RST that a middlebox may have sent
 *   heard   a request came on the same flow, one to fetch something came that soon on any, or the device closed that soon
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
  readonly #askedAt: Millis;
  readonly #at: Millis;
  #state: "given" | "reset" | "heard" | "unsure" = "given";

  constructor({ command, heartbeatIntervalSeconds, askedAt }: Exchange, at: Millis) {
    this.command = command;
    this.#heartbeatIntervalSeconds = heartbeatIntervalSeconds;
    this.#askedAt = askedAt;
    this.#at = at;
  }

  /** A request came on the answer's own flow. */
  followed(): void {
    this.#state = "heard";
  }

  /** The device came to fetch something, on whatever flow. */
  cameBack(now: Millis): void {
    if (now - this.#at <= PROMPT_MS) this.#state = "heard";
  }

  /** An RST came on its flow, and no request had followed. */
  wasReset(): void {
    this.#state = "reset";
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
   * and none asks for more after a failure. One that is back elsewhere at once, or before its own timer can have run out,
   * may have heard it or not.
   */
  heardBy(heartbeatIntervalSeconds: number | undefined, now: Millis): boolean | undefined {
    if (this.#state === "heard" || isRaise(this.#heartbeatIntervalSeconds, heartbeatIntervalSeconds)) return true;
    if (this.#state === "unsure" || now - this.#at <= PROMPT_MS || now < this.#timerEndsAt) return undefined;
    return false;
  }

  /** When a device that hears nothing gives up at the earliest; one whose interval is not known may do so any time. */
  get #timerEndsAt(): Millis {
    return this.#askedAt + (this.#heartbeatIntervalSeconds ?? 0) * 1000;
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
