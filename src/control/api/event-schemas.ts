import { z } from "zod";
import { ENDINGS } from "../../heartbeat/ending.ts";
import { DECODE_FAILURES, OUTCOMES } from "../../heartbeat/events.ts";
import { bracketSchema } from "./bounds-schemas.ts";

const told = {
  id: z.int().describe("Counts up from 1 while the server runs"),
  at: z.number().describe("Emulated ms since the start"),
};

const exchange = {
  ...told,
  listener: z.string(),
  exchange: z.int().describe("Counts up from 1, over all listeners"),
  flow: z.int(),
  device: z.string().describe("12 hexadecimal digits of a hash of device id and user"),
  deviceType: z.string(),
  deviceId: z.string().optional().describe("Only when the server allows it and it is asked for"),
  command: z.enum(["Ping", "Sync"]),
  heartbeatIntervalSeconds: z.number().optional(),
};

const asked = z
  .object({
    kind: z.literal("asked"),
    ...exchange,
    heard: z
      .boolean()
      .optional()
      .describe("Whether the answer that the device was given before has reached it, where that can be told"),
    collides: z.boolean().optional().describe("Whether the device has another request parked: two at once"),
  })
  .describe("A request that may wait has passed");

const ended = z
  .object({
    kind: z.literal("ended"),
    ...exchange,
    outcome: z.enum(OUTCOMES).exclude(["open"]),
    hop: z.string().optional().describe("The hop that did it, for expired and cut"),
    action: z.string().optional().describe("What the hop did to the device's leg"),
    ending: z.enum(ENDINGS).describe("Who ended it, in which phase, as in the log"),
    httpStatus: z.int().optional(),
    status: z.int().optional().describe("Status of the ActiveSync answer"),
    requestBytes: z.int().optional().describe("Size of the request, head and content"),
    answerBytes: z.int().optional().describe("Size of what came of the answer: its head, and all once it was whole"),
    limitSeconds: z.number().optional().describe("The nearest interval that the server takes, where it refuses one"),
    returned: z
      .boolean()
      .optional()
      .describe("For lost: whether the device came back on another connection, this one still there"),
    waitedSeconds: z.number(),
  })
  .describe("Such a request has come to its end");

const lateAnswer = z
  .object({ kind: z.literal("lateAnswer"), ...exchange })
  .describe("The server answered a request whose path was dead");

const decodeFailed = z
  .object({
    kind: z.literal("decodeFailed"),
    ...told,
    listener: z.string(),
    flow: z.int(),
    reason: z.enum(DECODE_FAILURES),
  })
  .describe("A body could not be read; it was passed on all the same");

const flowOpened = z.object({ kind: z.literal("flowOpened"), ...told, listener: z.string(), flow: z.int() });

const flowEnded = z
  .object({
    kind: z.literal("flowEnded"),
    ...told,
    listener: z.string(),
    flow: z.int(),
    hop: z.string(),
    condition: z.string().describe("The type of the condition; an expiry is that of idle-timeout"),
    toDevice: z.string().describe("What the device's leg sees"),
    toServer: z.string().describe("What the server's leg sees"),
  })
  .describe("A hop ended a flow");

const flowClosed = z
  .object({
    kind: z.literal("flowClosed"),
    ...told,
    listener: z.string(),
    flow: z.int(),
    toServerBytes: z.int(),
    toDeviceBytes: z.int(),
    durationMs: z.number(),
  })
  .describe("Nothing of a flow is left");

export const changeSchema = z
  .object({
    kind: z.literal("change"),
    ...told,
    by: z.enum(["api", "toxiproxy", "reload", "library"]).describe("Who; the verbs of the command are api too"),
    what: z.string().describe("A sentence"),
    listener: z.string().optional(),
  })
  .describe("Something was changed");

const finding = {
  ...told,
  device: exchange.device,
  deviceType: exchange.deviceType,
  deviceId: exchange.deviceId,
  command: exchange.command,
};

const unheard = z
  .object({
    kind: z.literal("unheard"),
    ...finding,
    exchange: exchange.exchange.describe("The exchange that it answered"),
    heartbeatIntervalSeconds: exchange.heartbeatIntervalSeconds,
    silenceSeconds: z.number().describe("How long it had waited"),
  })
  .describe("An answer that counted as held, or as changes, has not reached its device: the network in front lost it");

const collided = z
  .object({ kind: z.literal("collided"), ...finding })
  .describe("A device has two requests parked at once");

const stormBegan = z.object({ kind: z.literal("stormBegan"), ...finding }).describe("A device asks without pause");

const stormEnded = z.object({ kind: z.literal("stormEnded"), ...finding }).describe("It has paused for a minute");

const alert = {
  ...told,
  command: exchange.command,
  meanSeconds: z.number().optional().describe("Mean of the latest intervals asked"),
  samples: z.int(),
  thresholdSeconds: z.number(),
};

const alertRaised = z
  .object({ kind: z.literal("alertRaised"), ...alert, text: z.string().describe("What event 1040 of Exchange says") })
  .describe("Devices ask for so short intervals that Exchange would log event 1040");

const alertCleared = z.object({ kind: z.literal("alertCleared"), ...alert }).describe("They ask for longer ones again");

const wall = { ...told, network: z.string().describe("Such as 192.0.2.0/24"), ...bracketSchema.shape };

const wallFound = z
  .object({ kind: z.literal("wallFound"), ...wall })
  .describe("The path in front of a network has a time-out, or another one than before");

const wallLifted = z.object({ kind: z.literal("wallLifted"), ...wall }).describe("It has none any more");

const gap = z
  .object({
    kind: z.literal("gap"),
    id: told.id,
    missed: z.int().describe("Events of any kind that are no longer kept"),
    restarted: z.boolean().optional().describe("The server was started anew since"),
  })
  .describe("Events are missing here");

/** Any event as readers get it. */
export const eventSchema = z.discriminatedUnion("kind", [
  asked,
  ended,
  lateAnswer,
  decodeFailed,
  flowOpened,
  flowEnded,
  flowClosed,
  unheard,
  collided,
  stormBegan,
  stormEnded,
  alertRaised,
  alertCleared,
  wallFound,
  wallLifted,
  changeSchema,
  gap,
]);

/** Every kind that can be asked for; a gap is told whatever is asked for. */
export const EVENT_KINDS = [
  "asked",
  "ended",
  "lateAnswer",
  "decodeFailed",
  "flowOpened",
  "flowEnded",
  "flowClosed",
  "unheard",
  "collided",
  "stormBegan",
  "stormEnded",
  "alertRaised",
  "alertCleared",
  "wallFound",
  "wallLifted",
  "change",
] as const;

/** A kind of event. */
export type EventKind = (typeof EVENT_KINDS)[number];

/** One event as readers get it. */
export type ApiEvent = z.output<typeof eventSchema>;

/** A change as readers get it. */
export type ChangeEvent = z.output<typeof changeSchema>;

/** What was changed while it ran, oldest first. */
export const historySchema = z.object({ changes: z.array(changeSchema).describe("Oldest first; the last 1,000") });
