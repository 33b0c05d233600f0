import { z } from "zod";
import { closed } from "../../profile/closed.ts";
import { anyOf } from "../../profile/words.ts";
import { problem } from "../problem.ts";
import { EVENT_KINDS, type EventKind, eventSchema, historySchema } from "./event-schemas.ts";
import { eventStream, type StreamSettings } from "./event-stream.ts";
import { type ApiState, json, operation, type Operation } from "./operation.ts";
import { refusedParameters } from "./refusals.ts";

/** Readers of events at once; each holds a connection. */
const MOST_READERS = 256;

/** Eight hexadecimal digits of a run, and the number of an event in it; or the number alone, of an event in this run. */
const PLACE = /^(?:(?<run>[\da-f]{8})-)?(?<number>\d{1,15})$/u;

const LAST_EVENT_ID = {
  name: "Last-Event-ID",
  description: "Begin behind the event that had this id; of an earlier run of the server: with all that is kept",
} as const;

/** A place in the events of a run; of this one when no other is named. */
type Place = Pick<StreamSettings, "run" | "after">;

const eventsQuery = closed({
  kinds: z
    .string()
    .transform((text, context) => kindsOf(text, context))
    .optional()
    .meta({ description: `Only these kinds, with commas between: ${anyOf(EVENT_KINDS)}`, examples: ["ended,change"] }),
  after: z
    .string()
    .regex(PLACE, "the id or the number of an event")
    .optional()
    .describe("Begin behind the event with this id or number, 0 for all that are kept; Last-Event-ID goes before it"),
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
      const last = header("last-event-id") ?? "";
      const place = placeIn(log, last === "" ? after : last);
      if (typeof place === "string")
        return refusedParameters([{ parameter: last === "" ? "after" : LAST_EVENT_ID.name, detail: place }]);
      if (log.readerCount >= MOST_READERS)
        return problem(503, `${MOST_READERS} readers follow events already.`, { "retry-after": "5" });
      const stream = eventStream(log, { ...place, kinds, revealed: reveal !== undefined, cut });
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

/**
 * Where a reader begins: behind what it names, or else behind all that there is; or what is wrong with what it names. A
 * number that no event has yet is refused: it is a slip, or of an earlier run, and both are to be told.
 */
function placeIn({ run: present, newest }: ApiState["log"], named: string | undefined): Place | string {
  if (named === undefined) return { after: newest };
  const { run, number } = PLACE.exec(named)?.groups ?? {};
  if (number === undefined) return `found ${JSON.stringify(named)}, expected the id of an event`;
  const place = { run, after: Number(number) };
  if (place.after <= newest || (run !== undefined && run !== present)) return place;
  return `found ${JSON.stringify(named)}, expected ${newest} at most: no event of this run of the server has that number yet`;
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
