import type { Millis } from "../core/machine.ts";
import type { Scheduler } from "../core/scheduler.ts";
import { SHORTEST_STREAM_MS } from "./probe-request.ts";

/** How much a listener has in hand for probers at a time. */
export interface ProbeLimits {
  /** Probes that wait, and as many that are remembered: a prober asks for about a hundred. */
  readonly waiting: number;
  /** Connections in all, those that ask and those that wait: some room is left for who asks of probes that wait. */
  readonly flows: number;
  /** Streams among them, of which a prober needs one. */
  readonly streams: number;
  /** Shortest time between two bytes of a stream, in real ms, so that none of them costs what a flood would. */
  readonly streamEveryMs: Millis;
}

const LIMITS: ProbeLimits = { waiting: 2000, flows: 2200, streams: 20, streamEveryMs: SHORTEST_STREAM_MS };

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

/** What a desk is made of. */
export interface ProbeDeskOptions {
  readonly timeScale: number;
  readonly scheduler: Scheduler;
  /** Default 2000 that wait, 2200 connections, 20 streams of a byte every 100 ms. */
  readonly limits?: Partial<ProbeLimits> | undefined;
}

/** Who waits on the probes of a listener, and what became of those that are gone. In bounded memory. */
export class ProbeDesk {
  readonly timeScale: number;
  readonly scheduler: Scheduler;
  readonly limits: ProbeLimits;
  readonly #waiting = new Map<string, ProbeRecord>();
  readonly #gone = new Map<string, ProbeRecord>();
  #flowCount = 0;
  #streamCount = 0;

  constructor({ timeScale, scheduler, limits }: ProbeDeskOptions) {
    this.timeScale = timeScale;
    this.scheduler = scheduler;
    this.limits = { ...LIMITS, ...limits };
  }

  /** Probes that are not gone. */
  get waitingCount(): number {
    return this.#waiting.size;
  }

  /** Whether there is room for one more connection, which is counted then until it leaves. */
  enter(): boolean {
    if (this.#flowCount >= this.limits.flows) return false;
    this.#flowCount += 1;
    return true;
  }

  /** A connection that had entered is gone. */
  leave(): void {
    this.#flowCount -= 1;
  }

  /** Whether there is room for one more stream, which is counted then until it leaves. */
  enterStream(): boolean {
    if (this.#streamCount >= this.limits.streams) return false;
    this.#streamCount += 1;
    return true;
  }

  leaveStream(): void {
    this.#streamCount -= 1;
  }

  /** Takes a probe in, or nothing when there are too many, or when one of that name waits. */
  open(id: string, probe: DeskedProbe): ProbeRecord | undefined {
    if (this.#waiting.size >= this.limits.waiting || this.#waiting.has(id)) return undefined;
    const record = new ProbeRecord(id, probe, this.scheduler);
    this.#gone.delete(id);
    this.#forgetOne();
    this.#waiting.set(id, record);
    return record;
  }

  /** A probe's connection is gone. */
  close(record: ProbeRecord): void {
    record.probe = undefined;
    this.#waiting.delete(record.id);
    this.#gone.set(record.id, record);
  }

  find(id: string): ProbeRecord | undefined {
    return this.#waiting.get(id) ?? this.#gone.get(id);
  }

  /** Those that are gone are remembered as long as there is room, longest gone forgotten first. */
  #forgetOne(): void {
    if (this.#waiting.size + this.#gone.size < this.limits.waiting) return;
    for (const id of this.#gone.keys()) return void this.#gone.delete(id);
  }
}

/** What is known of one probe. */
export class ProbeRecord {
  readonly id: string;
  /** Absent once its connection is gone. */
  probe: DeskedProbe | undefined;
  readonly #scheduler: Scheduler;
  readonly #beganAt: Millis;
  #heardAt: Millis;
  #receivedBytes = 0;
  #answered = false;
  #end: ProbeReport["end"];

  constructor(id: string, probe: DeskedProbe, scheduler: Scheduler) {
    this.id = id;
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
    const common = { id: this.id, state, receivedBytes: this.#receivedBytes, silentMs } as const;
    return this.#end === undefined ? common : { ...common, end: this.#end };
  }
}
