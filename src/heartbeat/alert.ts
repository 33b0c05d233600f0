/**
 * Exchange's alert that devices ask for short intervals only, as Exchange computes it: for each command apart, once as
 * many intervals as the window holds have been asked, raised while their mean is at or below the threshold. What counts
 * is what devices ask for, not what becomes of it: devices that never ask for more than 480 s raise it on a sound path.
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

/** Of one number. */
const BYTES = Float64Array.BYTES_PER_ELEMENT;

/** The alert of one command. */
export class Alert {
  readonly #command: WaitingCommand;
  /** The latest intervals, the oldest at `#next` once there are enough. */
  readonly #intervals = new DataView(new ArrayBuffer(ALERT_SAMPLES * BYTES));
  /** In bytes. */
  #next = 0;
  #samples = 0;
  #sumSeconds = 0;

  constructor(command: WaitingCommand) {
    this.#command = command;
  }

  get raised(): boolean {
    return this.#samples === ALERT_SAMPLES && this.#sumSeconds <= ALERT_THRESHOLD_SECONDS * ALERT_SAMPLES;
  }

  get view(): AlertView {
    const meanSeconds = this.#samples === 0 ? undefined : this.#sumSeconds / this.#samples;
    return { command: this.#command, raised: this.raised, meanSeconds, samples: this.#samples };
  }

  /**
   * An interval was asked. One that no server waits for, as -100 s or a year, is passed over: what Exchange makes of it is
   * not known, and one of them would be the mean of 200. Tells whether that raised or cleared the alert.
   */
  ask(seconds: number): "raised" | "cleared" | undefined {
    if (!isAskable(seconds)) return undefined;
    const before = this.raised;
    this.#sumSeconds += seconds - this.#intervals.getFloat64(this.#next);
    this.#intervals.setFloat64(this.#next, seconds);
    this.#next = (this.#next + BYTES) % this.#intervals.byteLength;
    this.#samples = Math.min(this.#samples + 1, ALERT_SAMPLES);
    if (this.raised === before) return undefined;
    return before ? "cleared" : "raised";
  }
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
