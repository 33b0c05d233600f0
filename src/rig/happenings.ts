import { type Awaited, checkAwaited, isAwaited, Seen } from "../control/api/awaited.ts";
import type { ApiEvent } from "../control/api/event-schemas.ts";
import { tell, type Teller } from "../control/api/told.ts";
import { timeoutFrom, type WaitSettings } from "../control/api/wait-settings.ts";
import type { Emulator } from "../control/emulator.ts";
import { EmulatorError } from "../errors.ts";
import type { ServerFailures } from "./server-failures.ts";
import { Waiting } from "./waiting.ts";

/** Events kept at most, the latest ones. */
const KEPT_EVENTS = 10_000;

/** What happens in a rig, in the form that the API tells it, and who waits for something of it. */
export class Happenings {
  readonly #events: ApiEvent[] = [];
  readonly #waiting = new Waiting<ApiEvent>();
  readonly #emulator: Pick<Emulator, "subscribe" | "scenario">;
  readonly #failures: ServerFailures;
  readonly #unsubscribe: () => void;
  #count = 0;

  constructor(emulator: Pick<Emulator, "subscribe" | "scenario">, teller: Teller, failures: ServerFailures) {
    this.#emulator = emulator;
    this.#failures = failures;
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
   * @throws UsageError E_USAGE the time is none, or the kind
   */
  async waitFor(awaited: Awaited, settings: WaitSettings): Promise<ApiEvent> {
    checkAwaited(awaited);
    const timeoutMs = timeoutFrom(settings);
    const seen = new Seen();
    const look = (event: ApiEvent): ApiEvent | undefined => {
      if (isAwaited(event, awaited)) return event;
      seen.add(event);
      return undefined;
    };
    for (const event of this.#behind(settings.after)) if (look(event) !== undefined) return event;
    return this.#waiting.wait({ look, timeoutMs, refusal: (when) => this.#refusal(seen, awaited, when) });
  }

  /** Hears no more, and tells those who still wait. */
  close(): void {
    this.#unsubscribe();
    this.#waiting.end();
  }

  #refusal(seen: Seen, awaited: Awaited, when: string): EmulatorError {
    const { code, message } = seen.refusal(awaited, when, this.#emulator.scenario().seed);
    const { summary } = this.#failures;
    return new EmulatorError(code, summary === undefined ? message : `${message}\n${summary}`);
  }

  #behind(after: number | undefined): readonly ApiEvent[] {
    return after === undefined ? [] : this.#events.filter(({ id }) => id > after);
  }
}
