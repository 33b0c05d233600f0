import { EmulatorError, UsageError } from "../../errors.ts";
import { anyOf, counted, quoted, suggestion } from "../../profile/words.ts";
import { type ApiEvent, EVENT_KINDS, type EventKind } from "./event-schemas.ts";

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

/**
 * Checks that what is waited for can come at all: a kind that nobody knows would be waited for in vain.
 * @throws UsageError E_USAGE it is neither a kind of event nor a function
 */
export function checkAwaited(awaited: unknown): void {
  if (typeof awaited === "function" || EVENT_KINDS.some((kind) => kind === awaited)) return;
  const expected = `expected ${anyOf(EVENT_KINDS)}, or a function${suggestion(String(awaited), EVENT_KINDS)}`;
  throw new UsageError("E_USAGE", `found the kind of event ${quoted(awaited)}, ${expected}`);
}

/** Whether an event is the one that is waited for. */
export function isAwaited(event: ApiEvent, awaited: Awaited): boolean {
  return typeof awaited === "string" ? event.kind === awaited : awaited(event);
}
