import type { Millis } from "../core/machine.ts";
import type { Moment, Search } from "./moment.ts";
import type { StepMoment } from "./steps.ts";
import { type AskedInterval, ASKED_KEPT, countOf, latestAsked, type SliceTally } from "./tally.ts";

/** What a ledger must know of its slice. */
export interface LedgerSettings {
  readonly point: number;
  readonly repeat: number;
  readonly kind: number;
  readonly command: AskedInterval["command"];
  /** The radio's tail, in ms: what is counted with, and its low and high end. */
  readonly tailsMs: { readonly value: Millis; readonly low: Millis; readonly high: Millis };
  /** Until when devices search, in ms: rates and delays count what happens behind that; `-Infinity` where all counts. */
  readonly searchEndsAt: Millis;
  /** From when on, in ms, a device that has settled is failed no more: one that is has not settled on anything it can hold. */
  readonly settledFrom: Millis;
  /** When the run ends, in ms; what happens at that very instant still counts. */
  readonly endsAt: Millis;
}

const MINUTE_MS: Millis = 60_000;

/** Counts for a slice what its devices go through, one device after the other. */
export class Ledger {
  readonly #settings: LedgerSettings;
  readonly #parkedChanges: Int32Array;
  readonly #entryChanges: Int32Array;
  readonly #settled = new Map<number, number>();
  readonly #delays = new Map<number, number>();
  readonly #wakeUps = { value: 0, low: 0, high: 0 };
  readonly #counts = { heartbeats: 0, requests: 0, connections: 0, failed: 0, searchFailed: 0 };
  #asked: AskedInterval[] = [];
  /** No interval asked before this can be among the latest. */
  #askedSince: Millis = -Infinity;
  #devices = 0;
  #device = 0;
  #search: Search | undefined;
  #failedAt: Millis = -Infinity;
  /** What the path failed of the device, and how much of that until it last settled. */
  #failed = 0;
  #failedInSearch = 0;
  #radioAt: Millis = -Infinity;
  #atOnce = 0;

  constructor(settings: LedgerSettings) {
    this.#settings = settings;
    const minutes = Math.floor(settings.endsAt / MINUTE_MS) + 1;
    this.#parkedChanges = new Int32Array(minutes);
    this.#entryChanges = new Int32Array(minutes);
  }

  /** When the run ends, in ms. */
  get endsAt(): Millis {
    return this.#settings.endsAt;
  }

  /** What follows is of this device. */
  begin(device: number): void {
    this.#device = device;
    this.#devices += 1;
    this.#search = undefined;
    this.#failedAt = -Infinity;
    this.#failed = 0;
    this.#failedInSearch = 0;
    this.#radioAt = -Infinity;
  }

  /** The device's course is over: what its search has come to counts. */
  end(): void {
    if (this.#search?.settled !== true || this.#failedAt >= this.#settings.settledFrom) return;
    add(this.#settled, this.#search.heartbeatIntervalSeconds, 1);
    this.#counts.searchFailed += this.#failedInSearch;
  }

  /** Takes a moment of the device in, at an instant that is not its own perhaps; what is behind the end does not count. */
  take(moment: Moment, at: Millis): void {
    if (at > this.endsAt) return;
    this.#count(moment, at, 1);
    if (moment.failed > 0) this.#failedAt = at;
    this.#failed += moment.failed;
    if (moment.search !== undefined) this.#find(moment.search);
    if (moment.radio) this.#useRadio(at);
    for (const seconds of moment.asked) this.#ask(seconds, at);
    if (changesLevels(moment)) this.#change(moment, at);
  }

  /**
   * Takes in a course that a device goes through so many times without mail, each in `everyMs`: it ends with a use of the
   * radio, and began behind one.
   */
  takeTimes(course: readonly StepMoment[], at: Millis, everyMs: Millis, times: number): void {
    const searching = Math.floor((this.#settings.searchEndsAt - at) / everyMs);
    if (searching < 0 || searching >= times) return this.#takeAlike(course, at, everyMs, times);
    if (searching > 0) this.#takeAlike(course, at, everyMs, searching);
    this.#takeAlike(course, at + searching * everyMs, everyMs, 1);
    const left = times - searching - 1;
    if (left > 0) this.#takeAlike(course, at + (searching + 1) * everyMs, everyMs, left);
  }

  /** The same for times that count all alike. */
  #takeAlike(course: readonly StepMoment[], at: Millis, everyMs: Millis, times: number): void {
    const { value, low, high } = this.#wakeUps;
    for (const { moment, when } of course) this.take(moment, at + when.ms);
    const [wakeUps, more] = [this.#wakeUps, times - 1];
    wakeUps.value += (wakeUps.value - value) * more;
    wakeUps.low += (wakeUps.low - low) * more;
    wakeUps.high += (wakeUps.high - high) * more;
    this.#radioAt += more * everyMs;
    for (const { moment, when } of course) this.#takeMore(moment, at + when.ms, everyMs, more);
    this.#failMore(course, more);
    this.#askMore(course, at, everyMs, more);
  }

  /** The device hears of a message at an instant, so long after it came. */
  hear(at: Millis, delayMs: Millis): void {
    if (this.#searchesAt(at)) return;
    if (delayMs === 0) this.#atOnce += 1;
    else add(this.#delays, Math.round(delayMs / 1000), 1);
  }

  #find(search: Search): void {
    if (search.settled && this.#search?.settled !== true) this.#failedInSearch = this.#failed;
    this.#search = search;
  }

  /** A course in which the device gives up what it had settled on has it settle anew each time. */
  #failMore(course: readonly StepMoment[], times: number): void {
    const failed = times * course.reduce((sum, { moment }) => sum + moment.failed, 0);
    this.#failed += failed;
    if (course.some(({ moment }) => moment.search?.settled === false)) this.#failedInSearch += failed;
  }

  /** The device asks for an interval. */
  #ask(heartbeatIntervalSeconds: number, at: Millis): void {
    if (at < this.#askedSince) return;
    this.#asked.push({ at, device: this.#device, command: this.#settings.command, heartbeatIntervalSeconds });
    if (this.#asked.length >= ASKED_KEPT * 2) this.#forgetAsked();
  }

  /** The counts so far, as a value. */
  tally(): SliceTally {
    const { point, repeat, kind } = this.#settings;
    if (this.#atOnce > 0) add(this.#delays, 0, this.#atOnce);
    this.#atOnce = 0;
    return {
      point,
      repeat,
      devices: this.#devices,
      ...this.#counts,
      wakeUps: this.#wakeUps,
      settled: this.#settled,
      unsettled: new Map([[kind, this.#devices - countOf(this.#settled)]]),
      delays: this.#delays,
      asked: latestAsked(this.#asked),
      parkedChanges: this.#parkedChanges,
      entryChanges: this.#entryChanges,
    };
  }

  /** Takes a moment in so many times more, but for what it does to the radio and what is asked in it. */
  #takeMore(moment: Moment, at: Millis, everyMs: Millis, times: number): void {
    this.#count(moment, at, times);
    if (moment.failed > 0) this.#failedAt = at + times * everyMs;
    if (!changesLevels(moment)) return;
    for (let time = 1; time <= times; time += 1) this.#change(moment, at + time * everyMs);
  }

  /** Counts a moment so many times. */
  #count(moment: Moment, at: Millis, times: number): void {
    const counts = this.#counts;
    if (this.#searchesAt(at)) return;
    counts.heartbeats += moment.asked.length * times;
    counts.requests += moment.requests * times;
    counts.connections += moment.connections * times;
    counts.failed += moment.failed * times;
  }

  #searchesAt(at: Millis): boolean {
    return at <= this.#settings.searchEndsAt;
  }

  /** From the last time back to the first that may be among the latest. */
  #askMore(course: readonly StepMoment[], at: Millis, everyMs: Millis, times: number): void {
    for (let time = times; time > 0 && at + (time + 1) * everyMs >= this.#askedSince; time -= 1) {
      for (const { moment, when } of course) {
        for (const seconds of moment.asked) this.#ask(seconds, at + time * everyMs + when.ms);
      }
    }
  }

  /** It shows from the first whole minute on that is not before it. */
  #change({ parked, entries }: Moment, at: Millis): void {
    const minute = Math.ceil(at / MINUTE_MS);
    if (minute >= this.#parkedChanges.length) return;
    this.#parkedChanges[minute] = Number(this.#parkedChanges[minute]) + parked;
    this.#entryChanges[minute] = Number(this.#entryChanges[minute]) + entries;
  }

  /** A radio that is used within its tail has not slept. */
  #useRadio(at: Millis): void {
    const silenceMs = at - this.#radioAt;
    const { value, low, high } = this.#settings.tailsMs;
    this.#radioAt = at;
    if (this.#searchesAt(at)) return;
    this.#wakeUps.value += Number(silenceMs > value);
    this.#wakeUps.low += Number(silenceMs > low);
    this.#wakeUps.high += Number(silenceMs > high);
  }

  #forgetAsked(): void {
    this.#asked = [...latestAsked(this.#asked)];
    this.#askedSince = Math.min(...this.#asked.map(({ at }) => at));
  }
}

function changesLevels({ parked, entries }: Moment): boolean {
  return parked !== 0 || entries !== 0;
}

function add(counts: Map<number, number>, number: number, count: number): void {
  counts.set(number, (counts.get(number) ?? 0) + count);
}
