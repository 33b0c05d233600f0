import { IisLog } from "../activesync/iis-log.ts";
import { type LogEntry, type LoggedEnding, type LogReading, OTHER_LINE } from "../activesync/log-entry.ts";
import { readOwnLine } from "../activesync/own-log.ts";
import type { Millis } from "../core/machine.ts";
import { isWaiting } from "./observed-device.ts";
import { MOST_DEVICES, ObservedDevices } from "./observed-devices.ts";
import { MailHours } from "./observed-mail.ts";
import { summary } from "./observed-summary.ts";
import type { ObservedWorkload, ReadLog } from "./observed-workload.ts";

/** Faults of a log that are told in full. */
const MOST_FAULTS = 5;

/** Distinct intervals that are counted; Exchange takes 3481. */
const MOST_INTERVALS = 5000;

/** Reads logs line by line and keeps what sizing needs of them, in memory that hangs on no size. */
export class LogObserver {
  readonly devices: ObservedDevices;
  readonly mail = new MailHours();
  readonly endings: Record<LoggedEnding, number>;
  readonly intervals = new Map<number, number>();
  readonly logs: ReadLog[] = [];
  firstAt: Millis = Number.POSITIVE_INFINITY;
  lastAt: Millis = Number.NEGATIVE_INFINITY;
  pings = 0;
  parkedSyncs = 0;
  handedOn = 0;

  /** Follows at most so many devices. */
  constructor(mostDevices = MOST_DEVICES) {
    this.devices = new ObservedDevices(mostDevices);
    this.endings = { held: 0, changes: 0, early: 0, failed: 0, refused: 0, replaced: 0, unknown: 0 };
  }

  /** Begins a log; its lines go into what this gives. */
  begin(name: string): LogLines {
    return new LogLines(this, name === "-" ? "standard input" : name);
  }

  add(entry: LogEntry): void {
    if (entry.at < this.firstAt) this.firstAt = entry.at;
    if (entry.at > this.lastAt) this.lastAt = entry.at;
    this.devices.add(entry);
    this.mail.add(entry);
    if (!isWaiting(entry)) return;
    if (entry.command === "Ping") this.pings += 1;
    else this.parkedSyncs += 1;
    this.endings[entry.ending] += 1;
    const { intervalSeconds: seconds } = entry;
    if (seconds === undefined) return;
    const known = this.intervals.get(seconds);
    if (known !== undefined || this.intervals.size < MOST_INTERVALS) this.intervals.set(seconds, (known ?? 0) + 1);
  }

  /** What all that was read comes to. */
  workload(): ObservedWorkload {
    return summary(this);
  }
}

/** The lines of one log, one after the other. */
export class LogLines {
  readonly #observer: LogObserver;
  readonly #name: string;
  readonly #iis = new IisLog();
  readonly #faults: string[] = [];
  #lines = 0;
  #entries = 0;
  #broken = 0;

  constructor(observer: LogObserver, name: string) {
    this.#observer = observer;
    this.#name = name;
  }

  /** Takes a line as it stands in the file, without its LF. */
  line(text: string): void {
    this.#lines += 1;
    const reading = this.#read(text.endsWith("\r") ? text.slice(0, -1) : text);
    switch (reading.kind) {
      case "entry":
        this.#entries += 1;
        return this.#observer.add(reading);
      case "handedOn":
        this.#observer.handedOn += 1;
        return;
      case "broken":
        return this.#fault(reading.reason);
      case "other":
        return;
    }
  }

  /** Tells of a line that is longer than any that is read. */
  tooLong(limitBytes: number): void {
    this.#lines += 1;
    this.#fault(`longer than ${limitBytes} bytes`);
  }

  /** Tells that the log ends before its end, and why. */
  end(fault?: string): void {
    if (fault !== undefined) this.#faults.push(`${this.#name}: ${fault}; what stood before was read`);
    this.#observer.logs.push({
      name: this.#name,
      lines: this.#lines,
      entries: this.#entries,
      broken: this.#broken,
      faults: this.#faults,
    });
  }

  /** Which of the two it is stands in each line's first letter. http.sys fills what it has not written yet with NUL. */
  #read(text: string): LogReading {
    const line = text.charCodeAt(0) === 0 ? text.replace(/^\0+/u, "") : text;
    if (line === "") return OTHER_LINE;
    return line.startsWith("{") ? readOwnLine(line) : this.#iis.read(line);
  }

  #fault(reason: string): void {
    this.#broken += 1;
    if (this.#faults.length < MOST_FAULTS) this.#faults.push(`${this.#name}:${this.#lines}: ${reason}`);
  }
}
