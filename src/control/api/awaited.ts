import { EmulatorError } from "../../errors.ts";
import { counted } from "../../profile/words.ts";
import type { ApiEvent, EventKind } from "./event-schemas.ts";

/** What is waited for: a kind of event, or what a function says yes to. */
export type Awaited = EventKind | ((event: ApiEvent) => boolean);

/** Longest time that a timer takes, in ms: 24 days. One that is given more fires at once. Source: Node, `setTimeout`. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** How long somebody waits who is ready to wait so long, in real ms; `Infinity` is as long as a timer can. */
export function patience(timeoutMs: number): number {
  return Math.min(timeoutMs, LONGEST_TIMER_MS);
}

/** Events that a refusal shows at most. */
const MOST_SHOWN = 10;

/** Keeps what was seen while something else was waited for. */
export class Seen {
  readonly #events: ApiEvent[] = [];
  #count = 0;

  add(event: ApiEvent): void {
    this.#count += 1;
    if (this.#events.push(event) > MOST_SHOWN) this.#events.shift();
  }

  /**
   * Says what was seen instead of what was waited for, and by which seed the run can be had again, where that is known.
   * @param when it should have come, such as `within 20 ms`
   */
  refusal(awaited: Awaited, when: string, seed?: number): EmulatorError {
    const what = typeof awaited === "string" ? `an event of kind ${awaited}` : "the event";
    const run = seed === undefined ? "" : ` in a run of seed ${seed}`;
    return new EmulatorError("E_TIMEOUT", `expected ${what} ${when}${run}, ${this.instead()}`);
  }

  /** What was seen, as the end of a sentence. */
  instead(): string {
    if (this.#count === 0) return "found no event at all";
    const last = this.#count > MOST_SHOWN ? `, the last ${MOST_SHOWN} of them` : "";
    const seen = this.#events.map((event) => `  ${JSON.stringify(event)}`).join("\n");
    return `found ${counted(this.#count, "event")}${last}:\n${seen}`;
  }
}

/** Whether an event is the one that is waited for. */
export function isAwaited(event: ApiEvent, awaited: Awaited): boolean {
  return typeof awaited === "string" ? event.kind === awaited : awaited(event);
}
