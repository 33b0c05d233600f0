import { z } from "zod";
import { closed } from "../../profile/closed.ts";
import { anyOf } from "../../profile/words.ts";
import { problem } from "../problem.ts";
import { EVENT_KINDS, type EventKind, eventSchema, historySchema } from "./event-schemas.ts";
import { eventStream, type StreamSettings } from "./event-stream.ts";
import { json, operation, type Operation } from "./operation.ts";

/** Readers of events at once; each holds a connection. */
const MOST_READERS = 256;

const eventNumber = z.string().regex(/^\d{1,15}$/u, "the number of an event");

/** Eight hexadecimal digits of a run, and the number of an event in it. */
const PLACE = /^(?:(?<run>[\da-f]{8})-)?(?<number>\d{1,15})$/u;

const LAST_EVENT_ID = {
  name: "Last-Event-ID",
  description: "Begin behind the event that had this id; of an earlier run of the server: with all that is kept",
} as const;

const eventsQuery = closed({
  kinds: z
    .string()
    .transform((text, context) => kindsOf(text, context))
    .optional()
    .meta({ description: `Only these kinds, with commas between: ${anyOf(EVENT_KINDS)}`, examples: ["ended,change"] }),
  after: eventNumber
    .transform(Number)
    .optional()
    .describe("Begin behind the event with this number, 0 for all that are kept; Last-Event-ID goes before it"),
  reveal: z.literal("device").optional().describe("Carry device ids, where the server allows it (--reveal-devices)"),
});

/** What can be asked of what happens. */
export const EVENT_OPERATIONS: readonly Operation[] = [
  operation({
    method: "get",
    path: "/events",
    name: "followEvents",
    tag: "events",
    summary: "What happens, as server-sent events; resumable by Last-Event-ID",
    query: eventsQuery,
    answers: { 200: { means: "A stream of events", schema: eventSchema, mediaType: "text/event-stream" } },
    headers: [LAST_EVENT_ID],
    problems: [403, 503],
    answer: ({ api, query: { kinds, after, reveal }, header, cut }) => {
      const { log, subject } = api;
      if (reveal !== undefined && subject.revealDevices !== true)
        return problem(403, "Device ids are not told: the server was started without --reveal-devices.");
      const place = placeOf(header("last-event-id") ?? "");
      if (place instanceof Response) return place;
      if (log.readerCount >= MOST_READERS)
        return problem(503, `${MOST_READERS} readers follow events already.`, { "retry-after": "5" });
      const from = place ?? { after: after ?? log.newest };
      const stream = eventStream(log, { ...from, kinds, revealed: reveal !== undefined, cut });
      return new Response(stream, { headers: { "content-type": "text/event-stream", "x-accel-buffering": "no" } });
    },
  }),
  operation({
    method: "get",
    path: "/history",
    name: "getHistory",
    tag: "events",
    summary: "What was changed while it ran",
    answers: { 200: { means: "The last changes", schema: historySchema } },
    answer: ({ api }) => json(historySchema, { changes: [...api.changes()] }),
  }),
];

/** Where a reader was, as the `id` of an event says it, or a number alone; `undefined` when it is none that came back. */
function placeOf(last: string): Pick<StreamSettings, "run" | "after"> | Response | undefined {
  if (last === "") return undefined;
  const { run, number } = PLACE.exec(last)?.groups ?? {};
  if (number !== undefined) return { run, after: Number(number) };
  return problem(400, `Last-Event-ID: found ${JSON.stringify(last)}, expected the id of an event.`);
}

function kindsOf(text: string, context: z.RefinementCtx<string>): ReadonlySet<EventKind> {
  const asked = text.split(",").map((word) => word.trim());
  const known = EVENT_KINDS.filter((kind) => asked.includes(kind));
  for (const word of asked) {
    if (known.some((kind) => kind === word)) continue;
    const message = `found the kind ${JSON.stringify(word)}, expected ${anyOf(EVENT_KINDS)}`;
    context.issues.push({ code: "custom", input: text, message });
  }
  return new Set(known);
}
