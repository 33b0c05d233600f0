import type { LogEntry } from "../activesync/log-entry.ts";
import type { Millis } from "../core/machine.ts";

/** Distinct intervals that are remembered of a device; models have fewer. */
const MOST_INTERVALS = 24;

/** What logs say of one device: counts, in bounded memory. */
export class ObservedDevice {
  readonly deviceType: string;
  firstAt: Millis;
  lastAt: Millis;
  pings = 0;
  parkedSyncs = 0;
  changes = 0;
  early = 0;
  messages = 0;
  /** Whether any Sync of it told how many messages it brought. */
  tellsMessages = false;
  longestHeldSeconds: number | undefined;
  /** How often each interval was asked, in s. */
  readonly intervals = new Map<number, number>();

  constructor(deviceType: string, at: Millis) {
    this.deviceType = deviceType;
    this.firstAt = at;
    this.lastAt = at;
  }

  /** Whether it waits at all. */
  get waits(): boolean {
    return this.pings + this.parkedSyncs > 0;
  }

  add(entry: LogEntry): void {
    if (entry.at < this.firstAt) this.firstAt = entry.at;
    if (entry.at > this.lastAt) this.lastAt = entry.at;
    if (entry.messages !== undefined) {
      this.messages += entry.messages;
      this.tellsMessages = true;
    }
    if (!isWaiting(entry)) return;
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
