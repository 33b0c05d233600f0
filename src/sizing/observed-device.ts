import type { LogEntry } from "../activesync/log-entry.ts";
import type { Millis } from "../core/machine.ts";

/** Distinct intervals that are remembered of a device; models have fewer. */
const MOST_INTERVALS = 24;

/**
 * What can tell of a device's mail, the surest first: `messages` that its Syncs brought, Pings answered with `changes`, or
 * Pings answered `early` without a reason.
 */
export const MAIL_SIGNS = ["messages", "changes", "early"] as const;

/** One of those above. */
export type MailSign = (typeof MAIL_SIGNS)[number];

/** What logs say of one device: counts, in bounded memory. */
export class ObservedDevice {
  readonly deviceType: string;
  /** When its first request came, and its last one ended. */
  firstAt: Millis;
  lastAt: Millis;
  /** How long its requests waited, all together. */
  waitedMs: Millis = 0;
  pings = 0;
  parkedSyncs = 0;
  changes = 0;
  early = 0;
  messages = 0;
  longestHeldSeconds: number | undefined;
  /** How often each interval was asked, in s. */
  readonly intervals = new Map<number, number>();

  constructor(deviceType: string, at: Millis) {
    this.deviceType = deviceType;
    this.firstAt = at;
    this.lastAt = at;
  }

  /** The surest sign of mail that the logs have of it. */
  get mailSign(): MailSign | undefined {
    return MAIL_SIGNS.find((sign) => this[sign] > 0);
  }

  /** Whether it waits at all. */
  get waits(): boolean {
    return this.pings + this.parkedSyncs > 0;
  }

  add(entry: LogEntry): void {
    const { at, waitedMs = 0, messages = 0 } = entry;
    if (at - waitedMs < this.firstAt) this.firstAt = at - waitedMs;
    if (at > this.lastAt) this.lastAt = at;
    this.messages += messages;
    if (!isWaiting(entry)) return;
    this.waitedMs += waitedMs;
    if (entry.command === "Ping") this.pings += 1;
    else this.parkedSyncs += 1;
    if (entry.ending === "changes") this.changes += 1;
    if (entry.ending === "early") this.early += 1;
    if (entry.intervalSeconds !== undefined) this.#asked(entry.intervalSeconds, entry.ending === "held");
  }

  #asked(seconds: number, held: boolean): void {
    const known = this.intervals.get(seconds);
    if (known !== undefined || this.intervals.size < MOST_INTERVALS) this.intervals.set(seconds, (known ?? 0) + 1);
    if (held && seconds > (this.longestHeldSeconds ?? 0)) this.longestHeldSeconds = seconds;
  }
}

/** A Ping, or a Sync that asks the server to wait. */
export function isWaiting({ command, intervalSeconds }: LogEntry): boolean {
  return command === "Ping" || (command === "Sync" && intervalSeconds !== undefined);
}
