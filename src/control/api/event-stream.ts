import type { Millis } from "../../core/machine.ts";
import type { Batch, EventLog, EventReader } from "./event-log.ts";
import type { ApiEvent, EventKind } from "./event-schemas.ts";
import { withoutDeviceId } from "./told.ts";

/** How a reader follows events. */
export interface StreamSettings {
  /** The number of the event behind which it begins. */
  readonly after: number;
  /** The run of the server that the number is of; this one when absent. */
  readonly run?: string | undefined;
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
 * An `id` is the run and the number, `1f0c22ab-17`, so that a place in an earlier run is never taken for one in this.
 * Source: HTML, 9.2 "Server-sent events" (`id` without `data` moves the place to resume from and is no event).
 */
export function eventStream(log: EventLog<ApiEvent>, settings: StreamSettings): ReadableStream<Uint8Array> {
  const { run = log.run, cut } = settings;
  const restarted = run !== log.run;
  const after = restarted ? 0 : settings.after;
  const place = (id: number): string => `id: ${log.place(id)}\n`;
  const textOf = (event: ApiEvent): string => place(event.id) + dataOf(event, settings);
  const encoder = new TextEncoder();
  let reader: EventReader<ApiEvent> | undefined;
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        if (reader === undefined) {
          reader = log.read(after, cut);
          const first = restarted ? textOf({ kind: "gap", id: 0, missed: 0, restarted }) : "";
          return controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\n${place(after)}\n${first}`));
        }
        const batch = await reader.next(LONGEST_SILENCE_MS);
        if (batch === undefined) return controller.close();
        const texts = asked(batch, settings).map(textOf).join("");
        controller.enqueue(encoder.encode(texts || `: nothing new\n${place(batch.upTo)}\n`));
      },
      cancel: () => reader?.close(),
    },
    { highWaterMark: 0 },
  );
}

/** The events of a batch that are asked for, with the gap before them. */
function asked({ events, missed, upTo }: Batch<ApiEvent>, { kinds }: StreamSettings): readonly ApiEvent[] {
  const wanted = events.filter(({ kind }) => kinds === undefined || (kind !== "gap" && kinds.has(kind)));
  return missed > 0 ? [{ kind: "gap", id: upTo - events.length, missed }, ...wanted] : wanted;
}

function dataOf(event: ApiEvent, { revealed }: StreamSettings): string {
  const shown = revealed ? event : withoutDeviceId(event);
  return `event: ${event.kind}\ndata: ${JSON.stringify(shown)}\n\n`;
}
