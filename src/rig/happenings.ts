import { type Awaited, DEFAULT_TIMEOUT_MS, isAwaited, Seen, type WaitSettings } from "../control/api/awaited.ts";
import type { ApiEvent } from "../control/api/event-schemas.ts";
import type { Emulator } from "../control/emulator.ts";
import { tell, type Teller } from "../control/api/told.ts";
import { Waiting } from "./waiting.ts";

/** Events kept at most, the latest ones. */
const KEPT_EVENTS = 10_000;

/** What happens in a rig, in the form that the API tells it, and who waits for something of it. */
export class Happenings {
  readonly #events: ApiEvent[] = [];
  readonly #waiting = new Waiting<ApiEvent>();
  readonly #emulator: Pick<Emulator, "subscribe" | "scenario">;
  readonly #unsubscribe: () => void;
  #count = 0;

  constructor(emulator: Pick<Emulator, "subscribe" | "scenario">, teller: Teller) {
    this.#emulator = emulator;
    this.#unsubscribe = emulator.subscribe((event) => {
      this.#count += 1;
      const told = tell(event, this.#count, teller);
      if (this.#events.push(told) > KEPT_EVENTS) this.#events.shift();
      this.#waiting.tell(told);
    });
  }

  /** What has happened, oldest first. */
  get events(): readonly ApiEvent[] {
    return this.#events;
  }

  /**
   * Waits for an event.
   * @throws EmulatorError E_TIMEOUT with what was seen instead, also when the rig ends before it comes
   */
  async waitFor(awaited: Awaited, { timeoutMs = DEFAULT_TIMEOUT_MS, after }: WaitSettings = {}): Promise<ApiEvent> {
    const seen = new Seen();
    const look = (event: ApiEvent): ApiEvent | undefined => {
      if (isAwaited(event, awaited)) return event;
      seen.add(event);
      return undefined;
    };
    for (const event of this.#behind(after)) if (look(event) !== undefined) return event;
    const refusal = (when: string) => seen.refusal(awaited, when, this.#emulator.scenario().seed);
    return this.#waiting.wait({ look, timeoutMs, refusal });
  }

  /** Hears no more, and tells those who still wait. */
  close(): void {
    this.#unsubscribe();
    this.#waiting.end();
  }

  #behind(after: number | undefined): readonly ApiEvent[] {
    return after === undefined ? [] : this.#events.filter(({ id }) => id > after);
  }
}
