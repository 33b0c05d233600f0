import type { Millis } from "../core/machine.ts";
import type { Ledger } from "./ledger.ts";
import type { KnownStep, Remembered, State } from "./remembered.ts";
import { instantOf } from "./steps.ts";

/**
 * Goes through a device's course by what is remembered, and has the machines go through what is not; tells whether that
 * could be done. If not, the ledger is of no use.
 * @param mail instants in order, in ms, none behind the ledger's end
 */
export function replay(remembered: Pick<Remembered, "beginning">, mail: readonly Millis[], ledger: Ledger): boolean {
  const { beginning } = remembered;
  if (beginning === undefined) return false;
  for (const moment of beginning.trial.moments) ledger.take(moment, moment.at);
  return new ReplayedDevice(mail, ledger).run(beginning.next, beginning.trial.lastsMs);
}

class ReplayedDevice {
  readonly #mail: readonly Millis[];
  readonly #ledger: Ledger;
  #at: Millis = 0;
  /** The first message that has not come yet, and the first of which the device has not heard. */
  #next = 0;
  #unheard = 0;

  constructor(mail: readonly Millis[], ledger: Ledger) {
    this.#mail = mail;
    this.#ledger = ledger;
  }

  run(first: State, firstAt: Millis): boolean {
    let state: State | undefined = first;
    this.#at = firstAt;
    while (state !== undefined && this.#at <= this.#ledger.endsAt) state = this.#goOn(state);
    return state !== undefined;
  }

  #goOn(state: State): State | undefined {
    const { undisturbed } = state;
    if (undisturbed === undefined) return undefined;
    const mailAt = this.#mail[this.#next] ?? Infinity;
    if (mailAt < this.#at + undisturbed.end.ms) return this.#goOnWith(state, mailAt);
    if (undisturbed.next === state) this.#leap(undisturbed, mailAt);
    else this.#go(undisturbed, mailAt);
    return undisturbed.next;
  }

  #goOnWith(state: State, mailAt: Millis): State | undefined {
    let messages = 1;
    let step = state.stepWith(mailAt - this.#at, messages);
    while (step !== undefined && (this.#mail[this.#next + messages] ?? Infinity) < this.#endOf(step, mailAt)) {
      messages += 1;
      step = state.stepWith(mailAt - this.#at, messages);
    }
    if (step === undefined) return undefined;
    this.#next += messages;
    this.#go(step, mailAt);
    return step.next;
  }

  /** Goes through the same step until mail comes or the run ends, and once in any case. */
  #leap(step: KnownStep, mailAt: Millis): void {
    const lastsMs = step.end.ms;
    const times = Math.floor((Math.min(mailAt, this.#ledger.endsAt) - this.#at) / lastsMs);
    if (times < 2) return this.#go(step, mailAt);
    this.#ledger.takeTimes(step.moments, this.#at, lastsMs, times);
    this.#at += times * lastsMs;
  }

  #go(step: KnownStep, mailAt: Millis): void {
    const ledger = this.#ledger;
    for (const { moment, when } of step.moments) {
      const at = instantOf(when, this.#at, mailAt);
      if (at > ledger.endsAt) continue;
      ledger.take(moment, at);
      if (moment.heard > 0) this.#hear(moment.heard, at);
    }
    this.#at = this.#endOf(step, mailAt);
  }

  #hear(messages: number, at: Millis): void {
    const until = this.#unheard + messages;
    for (; this.#unheard < until; this.#unheard += 1) this.#ledger.hear(at, at - Number(this.#mail[this.#unheard]));
  }

  #endOf({ end }: KnownStep, mailAt: Millis): Millis {
    return instantOf(end, this.#at, mailAt);
  }
}
