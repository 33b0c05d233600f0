import type { Millis } from "../../core/machine.ts";

/** What is kept carries its number. */
interface Numbered {
  readonly id: number;
}

/** What a reader gets at once. */
export interface Batch<Event> {
  readonly events: readonly Event[];
  /** Events before these that are no longer kept. */
  readonly missed: number;
  /** The number of the last event looked at. */
  readonly upTo: number;
}

/**
 * The last events, numbered from 1, and who reads them. A reader holds no events, only its place: nothing grows with slow
 * readers, and one that the log has overtaken is told so. An event is made when it is read: most never are.
 */
export class EventLog<Event extends Numbered> {
  /** Tells this log from one that began to count anew, in an earlier or later process: 8 hexadecimal digits. */
  readonly run = crypto.randomUUID().slice(0, 8);
  readonly #capacity: number;
  /** What makes the event with number `id` stands at `id` modulo capacity. */
  readonly #makers: ((id: number) => Event)[] = [];
  readonly #readers = new Set<EventReader<Event>>();
  #newest = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The number of the last event; 0 before the first. */
  get newest(): number {
    return this.#newest;
  }

  /** The number of an event with the run that it is of, `1f0c22ab-17`: never taken for a place in another run. */
  place(id: number): string {
    return `${this.run}-${id}`;
  }

  /** Number of readers. */
  get readerCount(): number {
    return this.#readers.size;
  }

  /** Keeps an event that is made with its number, anew for each reader; what it is made of must not change. */
  append(make: (id: number) => Event): void {
    this.#newest += 1;
    this.#makers[this.#newest % this.#capacity] = make;
    for (const reader of this.#readers) reader.appended(this.#oldest);
  }

  /** Begins to read behind the event with number `after`. */
  read(after: number, overtaken: () => void): EventReader<Event> {
    const reader = new EventReader<Event>({
      after,
      take: (from, most) => this.#take(from, most),
      overtaken,
      closed: () => this.#readers.delete(reader),
    });
    this.#readers.add(reader);
    return reader;
  }

  /** Ends every reader. */
  close(): void {
    for (const reader of this.#readers) reader.close();
  }

  #take(after: number, most: number): Batch<Event> {
    const first = Math.max(after + 1, this.#oldest);
    const last = Math.min(this.#newest, first + most - 1);
    const events: Event[] = [];
    for (let id = first; id <= last; id += 1) {
      const make = this.#makers[id % this.#capacity];
      if (make !== undefined) events.push(make(id));
    }
    return { events, missed: first - after - 1, upTo: Math.max(last, after) };
  }

  get #oldest(): number {
    return Math.max(1, this.#newest - this.#capacity + 1);
  }
}

interface ReaderSettings<Event> {
  readonly after: number;
  readonly take: (after: number, most: number) => Batch<Event>;
  readonly overtaken: () => void;
  readonly closed: () => void;
}

/** Events taken at once at most. */
const LARGEST_BATCH = 100;

/** One reader's place in the log. */
export class EventReader<Event extends Numbered> {
  readonly #settings: ReaderSettings<Event>;
  #at: number;
  #started = false;
  #open = true;
  #wake: (() => void) | undefined;

  constructor(settings: ReaderSettings<Event>) {
    this.#settings = settings;
    this.#at = settings.after;
  }

  /** The number of the last event that was given out. */
  get at(): number {
    return this.#at;
  }

  /** Gives what has come, or waits for it for `patienceMs` at most; `undefined` once it is closed. */
  async next(patienceMs: Millis): Promise<Batch<Event> | undefined> {
    if (this.#open && this.#nothingNew()) await this.#waitFor(patienceMs);
    if (!this.#open) return undefined;
    const batch = this.#settings.take(this.#at, LARGEST_BATCH);
    this.#started = true;
    this.#at = batch.upTo;
    return batch;
  }

  /** An event was added; `oldest` is the first that is still kept. */
  appended(oldest: number): void {
    this.#wake?.();
    if (!this.#started || this.#at >= oldest - 1) return;
    this.#settings.overtaken();
    this.close();
  }

  close(): void {
    this.#open = false;
    this.#wake?.();
    this.#settings.closed();
  }

  #nothingNew(): boolean {
    const { events, missed } = this.#settings.take(this.#at, 1);
    return events.length === 0 && missed === 0;
  }

  #waitFor(patienceMs: Millis): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, patienceMs);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }
}
