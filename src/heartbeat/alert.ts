/**
 * Exchange's alert that devices ask for short intervals only, as Exchange computes it: for each command apart, once as
 * many intervals as the window holds have been asked, raised while their mean is at or below the threshold. What counts
 * is what devices ask for, not what becomes of it: devices that never ask for more than 480 s raise it on a sound path.
 * One that the server refused at once is taken back: a 401 comes from IIS, before Exchange sees the interval. What
 * Exchange counts of those that it refuses itself, by a Status, is not known; they are taken back as well.
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

/** How many are kept, so that those count again that others pushed out which were refused. */
const KEPT_SAMPLES = 2 * ALERT_SAMPLES;

/** The mean, in s, at or below which the alert is raised. */
export const ALERT_THRESHOLD_SECONDS = 540;

/** The number that Exchange gives the event, and who logs it there. */
export const ALERT_EVENT = { id: 1040, source: "MSExchange ActiveSync" } as const;

/** The alert of one command. */
export class Alert {
  readonly #command: WaitingCommand;
  /** The latest intervals, the oldest first. */
  readonly #asked: Asked[] = [];
  #raised = false;

  constructor(command: WaitingCommand) {
    this.#command = command;
  }

  get raised(): boolean {
    return this.#raised;
  }

  get view(): AlertView {
    const latest = this.#asked.slice(-ALERT_SAMPLES);
    const samples = latest.length;
    const meanSeconds = samples === 0 ? undefined : latest.reduce((sum, { seconds }) => sum + seconds, 0) / samples;
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
    if (this.#asked.length > KEPT_SAMPLES) this.#asked.shift();
    const { meanSeconds = Infinity, samples } = this.view;
    const before = this.#raised;
    if (samples === ALERT_SAMPLES) this.#raised = meanSeconds <= ALERT_THRESHOLD_SECONDS;
    if (this.#raised === before) return undefined;
    return before ? "cleared" : "raised";
  }

  /**
   * The server refused what this exchange asked. Whether the alert is raised is judged when the next interval is asked, and
   * as many are known as it takes: a device that asks anew with a password raises what it would have raised, and clears
   * nothing in between.
   */
  takeBack(exchange: number): void {
    const index = this.#asked.findLastIndex((asked) => asked.exchange === exchange);
    if (index >= 0) this.#asked.splice(index, 1);
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
