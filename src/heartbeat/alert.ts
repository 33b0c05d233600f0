/**
 * Exchange's alert that devices ask for short intervals only, as Exchange computes it: for each command apart, once as
 * many intervals as the window holds have been asked, raised while their mean is at or below the threshold. What counts
 * is what devices ask for, not what becomes of it: devices that never ask for more than 480 s raise it on a sound path.
 * One that the server refused at once is taken back: a 401 comes from IIS, before Exchange sees the interval.
 * Source: KB 905013 (HbiSampleSize 200, HbiAlertThreshold 540); Exchange 2007 and later: event 1040 of MSExchange
 * ActiveSync, by request in newer builds.
 */
import type { WaitingCommand } from "./events.ts";
import { isAskable } from "./exchange-wait.ts";

/** The alert of one command as it stands. */
export interface AlertView {
  readonly command: WaitingCommand;
  readonly raised: boolean;
  /** Mean of the latest intervals asked, in s; `undefined` before the first. */
  readonly meanSeconds: number | undefined;
  /** How many there are, up to 200. */
  readonly samples: number;
}

/** How many of the latest intervals asked count. */
const ALERT_SAMPLES = 200;

/** The mean, in s, at or below which the alert is raised. */
export const ALERT_THRESHOLD_SECONDS = 540;

/** The number that Exchange gives the event, and who logs it there. */
export const ALERT_EVENT = { id: 1040, source: "MSExchange ActiveSync" } as const;

/** The alert of one command. */
export class Alert {
  readonly #command: WaitingCommand;
  /** The latest intervals, the oldest first. */
  readonly #asked: Asked[] = [];
  #sumSeconds = 0;
  #raised = false;

  constructor(command: WaitingCommand) {
    this.#command = command;
  }

  get raised(): boolean {
    return this.#raised;
  }

  get view(): AlertView {
    const samples = this.#asked.length;
    const meanSeconds = samples === 0 ? undefined : this.#sumSeconds / samples;
    return { command: this.#command, raised: this.#raised, meanSeconds, samples };
  }

  /**
   * An interval was asked, by an exchange of this number. One that no server waits for, as -100 s or a year, is passed over:
   * what Exchange makes of it is not known, and one of them would be the mean of 200. Tells whether that raised or cleared
   * the alert.
   */
  ask(seconds: number, exchange?: number): "raised" | "cleared" | undefined {
    if (!isAskable(seconds)) return undefined;
    this.#asked.push({ seconds, exchange });
    this.#sumSeconds += seconds;
    this.#drop(0, this.#asked.length - ALERT_SAMPLES);
    const before = this.#raised;
    this.#raised = this.#asked.length === ALERT_SAMPLES && this.#sumSeconds <= ALERT_THRESHOLD_SECONDS * ALERT_SAMPLES;
    if (this.#raised === before) return undefined;
    return before ? "cleared" : "raised";
  }

  /**
   * The server refused what this exchange asked. Whether the alert is raised is judged when the next interval is asked: a
   * device that asks anew with a password raises what it would have raised, and clears nothing in between.
   */
  takeBack(exchange: number): void {
    const index = this.#asked.findLastIndex((asked) => asked.exchange === exchange);
    if (index >= 0) this.#drop(index, 1);
  }

  /** Fewer than none are none. */
  #drop(index: number, count: number): void {
    for (const { seconds } of this.#asked.splice(index, count)) this.#sumSeconds -= seconds;
  }
}

interface Asked {
  readonly seconds: number;
  readonly exchange: number | undefined;
}

/**
 * What the event says, in our own words, with the figures in brackets in the order in which Exchange has them: the mean,
 * the request, the threshold. Source: KB 905013, and samples from the field of event 1040.
 */
export function alertText({ command, meanSeconds = 0, samples }: AlertView): string {
  const mean = Math.round(meanSeconds);
  return (
    `heartbeat intervals are [${mean}] s on average for request [${command}] (the latest ${samples}), ` +
    `at or below [${ALERT_THRESHOLD_SECONDS}] s: check that no firewall lets these requests expire ` +
    "before the server can answer them"
  );
}
