import { type Awaited, isAwaited, Seen } from "../control/api/awaited.ts";
import type { ApiEvent } from "../control/api/event-schemas.ts";
import type { ApiSubject } from "../control/api/subject.ts";
import { tell } from "../control/api/told.ts";

/** How long to wait for an event, and from where on. */
export interface WaitSettings {
  /** In real ms; default 30 s. */
  readonly timeoutMs?: number;
  /** Looks at events behind the one with this number, 0 for all; default: at what comes. */
  readonly after?: number;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** Events kept at most, the latest ones. */
const KEPT_EVENTS = 10_000;

/** What happens in a rig, in the form that the API tells it, and who waits for something of it. */
export class Happenings {
  readonly #events: ApiEvent[] = [];
  readonly #waiting = new Set<(event: ApiEvent) => void>();
  readonly #subject: ApiSubject;
  readonly #unsubscribe: () => void;
  #count = 0;

  constructor(subject: ApiSubject) {
    this.#subject = subject;
    this.#unsubscribe = subject.emulator.subscribe((event) => {
      this.#count += 1;
      const told = tell(event, this.#count, subject);
      if (this.#events.push(told) > KEPT_EVENTS) this.#events.shift();
      for (const wait of this.#waiting) wait(told);
    });
  }

  /** What has happened, oldest first. */
  get events(): readonly ApiEvent[] {
    return this.#events;
  }

  /**
   * Waits for an event.
   * @throws EmulatorError E_TIMEOUT with what was seen instead
   */
  waitFor(awaited: Awaited, { timeoutMs = DEFAULT_TIMEOUT_MS, after }: WaitSettings = {}): Promise<ApiEvent> {
    const before = after === undefined ? [] : this.#events.filter(({ id }) => id > after);
    const found = before.find((event) => isAwaited(event, awaited));
    if (found !== undefined) return Promise.resolve(found);
    const seen = new Seen();
    for (const event of before) seen.add(event);
    return new Promise((resolve, reject) => {
      const wait = (event: ApiEvent): void => {
        if (!isAwaited(event, awaited)) return seen.add(event);
        clearTimeout(timer);
        this.#waiting.delete(wait);
        resolve(event);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(wait);
        reject(seen.refusal(awaited, timeoutMs, this.#subject.emulator.scenario().seed));
      }, timeoutMs);
      this.#waiting.add(wait);
    });
  }

  /** Hears no more; who still waits is told at the end of his patience. */
  close(): void {
    this.#unsubscribe();
  }
}
