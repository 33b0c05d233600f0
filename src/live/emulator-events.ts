import type { HeartbeatEvent } from "../heartbeat/events.ts";
import type { TrackerEvent } from "../heartbeat/tracker-events.ts";
import type { FlowEvent } from "../path/flow-event.ts";

/** What happens while an emulator runs. */
export type EmulatorEvent =
  | { readonly kind: "heartbeat"; readonly event: HeartbeatEvent; readonly listener: string }
  | { readonly kind: "flow"; readonly event: FlowEvent }
  /** What was found in heartbeats, told behind the one that showed it. */
  | { readonly kind: "found"; readonly event: TrackerEvent }
  | { readonly kind: "change"; readonly change: Change };

/** Who changes something. */
export type ChangeAuthor = "api" | "toxiproxy" | "reload" | "library";

/** Something that was changed while it ran. */
export interface Change {
  /** Emulated ms since the start. */
  readonly at: number;
  readonly by: ChangeAuthor;
  /** A sentence for people. */
  readonly what: string;
  readonly listener?: string;
}

/** Changes remembered at most, the latest ones. */
const REMEMBERED_CHANGES = 1000;

/** Who hears of what happens, and the changes that happened lately. */
export class EmulatorEvents {
  readonly #listeners = new Set<(event: EmulatorEvent) => void>();
  readonly #changes: Change[] = [];

  /** Changes, oldest first. */
  get changes(): readonly Change[] {
    return this.#changes;
  }

  subscribe(listener: (event: EmulatorEvent) => void): () => void {
    const own = (event: EmulatorEvent): void => listener(event);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  tell(event: EmulatorEvent): void {
    if (event.kind === "change") {
      this.#changes.push(event.change);
      if (this.#changes.length > REMEMBERED_CHANGES) this.#changes.shift();
    }
    for (const listener of this.#listeners) listener(event);
  }
}
