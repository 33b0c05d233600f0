import type { Millis } from "../core/machine.ts";
import type { Scheduler } from "../core/scheduler.ts";

/** The path below which a front answers probes; nothing below it is forwarded. */
export const PROBE_PATH = "/.well-known/idlewall-probe";

/** Probes that may wait at a time: a prober asks for about a hundred. */
export const MOST_PROBES = 2000;

/** How long a probe may wait, in emulated ms: twelve hours, past every time-out that firewalls keep for TCP by the hour. */
export const LONGEST_PROBE_MS: Millis = 12 * 60 * 60 * 1000;

/** How a probe's connection ended at the server's end of the path. */
export type ProbeEnd = "fin" | "rst";

/** What the server's end of the path knows of a probe. */
export interface ProbeReport {
  readonly id: string;
  readonly state: "waiting" | "answered" | "ended";
  /** Bytes that came from the prober, of its first request and all after it. */
  readonly receivedBytes: number;
  /** How long nothing has come, in emulated ms. */
  readonly silentMs: Millis;
  /** The first ending that was seen, how long the probe had waited by then, in emulated ms, and whether it had been answered. */
  readonly end?: { readonly how: ProbeEnd; readonly afterMs: Millis; readonly answered: boolean };
}

/** A probe that waits, as the desk knows it. */
export interface DeskedProbe {
  /** Answers now; an answer on a path that is dead goes where such answers go. */
  answer(): void;
}

/** Who waits on the probes of a listener, and what became of those that are gone. In bounded memory. */
export class ProbeDesk {
  readonly timeScale: number;
  readonly scheduler: Scheduler;
  readonly #records = new Map<string, ProbeRecord>();

  constructor({ timeScale, scheduler }: { readonly timeScale: number; readonly scheduler: Scheduler }) {
    this.timeScale = timeScale;
    this.scheduler = scheduler;
  }

  /** Probes that are not gone. */
  get waitingCount(): number {
    let count = 0;
    for (const record of this.#records.values()) if (record.probe !== undefined) count += 1;
    return count;
  }

  /** Takes a probe in, or nothing when there are too many, or when one of that name waits. */
  open(id: string, probe: DeskedProbe): ProbeRecord | undefined {
    if (this.waitingCount >= MOST_PROBES || this.#records.get(id)?.probe !== undefined) return undefined;
    this.#forgetOne();
    const record = new ProbeRecord(id, probe, this.scheduler);
    this.#records.delete(id);
    this.#records.set(id, record);
    return record;
  }

  find(id: string): ProbeRecord | undefined {
    return this.#records.get(id);
  }

  /** Those that are gone are remembered as long as there is room, longest known forgotten first. */
  #forgetOne(): void {
    if (this.#records.size < MOST_PROBES) return;
    for (const [id, record] of this.#records) if (record.probe === undefined) return void this.#records.delete(id);
  }
}

/** What is known of one probe. */
export class ProbeRecord {
  /** Absent once its connection is gone. */
  probe: DeskedProbe | undefined;
  readonly #id: string;
  readonly #scheduler: Scheduler;
  readonly #beganAt: Millis;
  #heardAt: Millis;
  #receivedBytes = 0;
  #answered = false;
  #end: ProbeReport["end"];

  constructor(id: string, probe: DeskedProbe, scheduler: Scheduler) {
    this.#id = id;
    this.probe = probe;
    this.#scheduler = scheduler;
    this.#beganAt = this.#heardAt = scheduler.now();
  }

  heard(bytes: Uint8Array): void {
    this.#heardAt = this.#scheduler.now();
    this.#receivedBytes += bytes.length;
  }

  answered(): void {
    this.#answered = true;
  }

  ended(how: ProbeEnd): void {
    this.#end ??= { how, afterMs: this.#scheduler.now() - this.#beganAt, answered: this.#answered };
  }

  report(): ProbeReport {
    const state = this.#end !== undefined ? "ended" : this.#answered ? "answered" : "waiting";
    const silentMs = this.#scheduler.now() - this.#heardAt;
    const common = { id: this.#id, state, receivedBytes: this.#receivedBytes, silentMs } as const;
    return this.#end === undefined ? common : { ...common, end: this.#end };
  }
}
