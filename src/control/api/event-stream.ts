import type { Millis } from "../../core/machine.ts";
import type { EventLog, EventReader } from "./event-log.ts";
import type { ApiEvent, EventKind } from "./event-schemas.ts";
import { withoutDeviceId } from "./told.ts";

/** How a reader follows events. */
export interface StreamSettings {
  /** The number of the event behind which it begins. */
  readonly after: number;
  /** All kinds when absent. */
  readonly kinds: ReadonlySet<EventKind> | undefined;
  /** Whether device ids may be shown to it. */
  readonly revealed: boolean;
  /** Breaks its connection off. */
  readonly cut: () => void;
}

/** How long a stream may say nothing: proxies give up on streams that are silent for longer than a minute or so. */
const LONGEST_SILENCE_MS: Millis = 15_000;

/** How long a reader waits before it comes back, in ms. */
const RETRY_MS = 1000;

/**
 * The log as server-sent events. A text is made only when the connection takes one, so nothing is held for a slow reader;
 * one that falls further behind than the log reaches is cut off, comes back with Last-Event-ID, and is told of its gap.
 * Source: HTML, 9.2 "Server-sent events" (`id` without `data` moves the place to resume from and is no event).
 */
export function eventStream(log: EventLog<ApiEvent>, settings: StreamSettings): ReadableStream<Uint8Array> {
  const restarted = settings.after > log.newest;
  let reader: EventReader<ApiEvent> | undefined;
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        if (reader === undefined) {
          const after = restarted ? 0 : settings.after;
          reader = log.read(after, settings.cut);
          controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\nid: ${after}\n\n${restarted ? restartText() : ""}`));
          return;
        }
        const batch = await reader.next(LONGEST_SILENCE_MS);
        if (batch === undefined) return controller.close();
        const { events, missed, upTo } = batch;
        const gap = missed > 0 ? gapText(missed, upTo - events.length) : "";
        const texts = events.map((event) => eventText(event, settings)).join("");
        controller.enqueue(encoder.encode(`${gap}${texts}` || `: nothing new\nid: ${upTo}\n\n`));
      },
      cancel: () => reader?.close(),
    },
    { highWaterMark: 0 },
  );
}

function eventText(event: ApiEvent, { kinds, revealed }: StreamSettings): string {
  if (event.kind === "gap" || (kinds !== undefined && !kinds.has(event.kind))) return "";
  const shown = revealed ? event : withoutDeviceId(event);
  return `id: ${event.id}\nevent: ${event.kind}\ndata: ${JSON.stringify(shown)}\n\n`;
}

function gapText(missed: number, id: number): string {
  return `id: ${id}\nevent: gap\ndata: ${JSON.stringify({ kind: "gap", id, missed })}\n\n`;
}

function restartText(): string {
  return `id: 0\nevent: gap\ndata: ${JSON.stringify({ kind: "gap", id: 0, missed: 0, restarted: true })}\n\n`;
}
