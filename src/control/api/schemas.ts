import { z } from "zod";
import { LARGEST_SEED } from "../../core/random.ts";
import { OUTCOMES } from "../../heartbeat/events.ts";
import { HOP_KINDS } from "../../path/hop.ts";
import { closed } from "../../profile/closed.ts";
import { PLAIN_ENDINGS } from "../../path/condition.ts";
import { conditionSchema } from "../../profile/conditions/index.ts";
import { nameLike } from "../../profile/name.ts";
import { profileSchema } from "../../profile/schema.ts";
import { listenAddress, targetAddress } from "./address-schemas.ts";

const DEVICE = /^[\da-f]{12}$/u;

const count = z.int().min(0);
const instant = z.number().describe("Emulated ms since the start");
const device = z.string().describe("12 hexadecimal digits of a hash of device id and user");

const flowsReached = z
  .enum(["new", "all"])
  .default("new")
  .describe("Whether flows that are there get it too, or new ones only; new when left out");

const profileChoice = z
  .union([z.string(), profileSchema], "the name of a shipped profile, or a profile")
  .describe("The name of a shipped profile, or a profile as its file spells it");

export const aboutSchema = z.object({
  version: z.string(),
  ready: z.boolean().describe("Whether new connections are taken"),
  openapi: z.string().describe("Where this API is described"),
  newestEvent: count.describe("The number of the last event"),
  newestEventId: z
    .string()
    .describe("Its id, to follow events from here on; a server that was started anew meanwhile tells so"),
});

export const openApiSchema = z
  .looseObject({ openapi: z.string(), info: z.looseObject({}), paths: z.looseObject({}) })
  .describe("An OpenAPI document");

export const listenerSchema = z.object({
  name: z.string(),
  type: z.enum(["https", "tcp"]),
  listen: z.string().describe("HOST:PORT, as taken"),
  target: z.string(),
  enabled: z.boolean(),
  flows: count.describe("Flows of which something is left"),
  profile: profileSchema,
});

export const listenersSchema = z.object({ listeners: z.array(listenerSchema).describe("In order of creation") });

export const reloadedSchema = z.object({
  needRestart: z.array(z.string()).describe("Settings that have changed and take effect at the next start only"),
});

export const newListenerSchema = closed({
  name: nameLike("database").describe("Lower-case words joined by hyphens; of no other listener"),
  type: z.literal("tcp").optional().describe("What can be added: any bytes, to any HOST:PORT"),
  listen: listenAddress.describe("HOST:PORT, or :PORT for every address; port 0 takes any free one"),
  target: targetAddress.describe("HOST:PORT"),
  profile: profileChoice.optional().describe("What lies between; direct when left out"),
  enabled: z.boolean().optional().describe("Whether it listens at once; true when left out"),
});

export const listenerChangeSchema = closed({
  enabled: z.boolean().optional().describe("false ends its flows with RST and frees the port"),
  listen: listenAddress.optional().describe("HOST:PORT; of tcp only, ends its flows"),
  target: targetAddress.optional().describe("HOST:PORT; of tcp only, ends its flows"),
});

export const profileInForceSchema = closed({ profile: profileChoice, flows: flowsReached });

export const profilesSchema = z.object({ profiles: z.array(profileSchema).describe("By name") });

export const placedConditionSchema = z.object({
  id: z.string().describe("Its name, or else HOP/TYPE, the second such one HOP/TYPE-2"),
  hop: z.string(),
  position: count.describe("Among the conditions of its hop, from 0"),
  condition: conditionSchema,
});

export const placedConditionsSchema = z.object({
  conditions: z.array(placedConditionSchema).describe("In the order in which a segment from the device meets them"),
});

export const newConditionSchema = closed({
  hop: nameLike("carrier").describe("The hop that gets it; one that is not there is made next to the server"),
  kind: z
    .enum(HOP_KINDS)
    .optional()
    .describe("What a hop that is made is, network when left out; of one that is there, what it is"),
  condition: conditionSchema,
  position: count.optional().describe("Among the conditions of its hop, from 0; behind them all when left out"),
  flows: flowsReached,
});

export const conditionReplacementSchema = closed({ condition: conditionSchema, flows: flowsReached });

export const conditionPatchSchema = closed({
  condition: z
    .record(z.string(), z.unknown())
    .describe("Settings to change, as a profile spells them, inside mappings too; null takes one away (RFC 7396)"),
  flows: flowsReached,
});

const stageSchema = z.object({
  hop: z.string(),
  name: z.string(),
  type: z.string(),
  active: z.boolean().describe("Whether its match and its time hold"),
  dueInMs: z.number().optional().describe("Emulated ms until it acts by itself"),
  waitingBytes: z.object({ toServer: count, toDevice: count }),
});

export const flowSchema = z.object({
  id: count,
  listener: z.string(),
  leaving: z
    .boolean()
    .describe("Whether a reload took its listener away; one that has that name now does not reach it"),
  device: device.optional(),
  deviceType: z.string().optional(),
  openedAt: instant,
  ageMs: z.number(),
  bytes: z.object({ fromDevice: count, toDevice: count, fromServer: count, toServer: count }),
  parked: z
    .object({ command: z.string(), heartbeatIntervalSeconds: z.number().optional(), sinceMs: z.number() })
    .optional()
    .describe("The request that waits on it"),
  hops: z.array(stageSchema).describe("Its conditions, device side first"),
  endedBy: z.string().optional().describe("The hop that ended it"),
});

const next = z.string().optional().describe("Where the next page begins; absent on the last one");

export const flowsSchema = z.object({ flows: z.array(flowSchema).describe("By id"), next });

const negotiationSchema = z.object({
  command: z.string().describe("Ping or Sync"),
  heartbeatIntervalSeconds: z.number().optional(),
  longestHeldSeconds: z.number().optional(),
  shortestFailedSeconds: z.number().optional(),
  lastExpiry: z
    .object({ hop: z.string(), silenceSeconds: z.number() })
    .optional()
    .describe("Where the latest of its requests died that an idle time-out ended, and of what silence"),
  state: z.string().describe("searching, settled or collapsed"),
  lastMove: z
    .object({
      kind: z.enum(["first", "raise", "lower", "repeat"]),
      after: z.enum(OUTCOMES).optional().describe("How the request before it ended; open when it had not"),
    })
    .optional()
    .describe("How what it asks compares with what it asked before"),
  outcomes: z.record(z.enum(OUTCOMES), count).describe("Its requests by how they ended; open are those that wait now"),
});

export const deviceSchema = z.object({
  id: device,
  deviceType: z.string(),
  flows: count.describe("Flows of which something is left"),
  negotiations: z.array(negotiationSchema).describe("One for each command that it has parked, Ping before Sync"),
});

export const devicesSchema = z.object({ devices: z.array(deviceSchema).describe("By id"), next });

export const endedSchema = z.object({ ended: count.describe("How many flows were ended") });

export const scenarioSchema = z.object({
  seed: z.int().describe("What new flows draw their random numbers from"),
  timelineStartedAt: instant.optional().describe("Emulated ms since the start; absent while the timeline stands"),
});

export const seedSchema = closed({ seed: z.int().min(0).max(LARGEST_SEED) });

const pageQuery = {
  limit: z
    .string()
    .regex(/^(?:[1-9]\d{0,2}|1000)$/u, "a whole number from 1 to 1000")
    .transform(Number)
    .default(100)
    .meta({ description: "Entries of a page, 1 to 1000; 100 when left out", examples: [100] }),
};

const cursor = z.string().describe("Where the page begins: next of the page before");

export const endingQuery = closed({
  ending: z.enum(PLAIN_ENDINGS).default("reset").describe("What both legs see"),
});

export const flowsReachedQuery = closed({ flows: flowsReached });

export const flowsQuery = closed({
  listener: z.string().optional().describe("Only flows of this listener"),
  device: z
    .string()
    .regex(DEVICE, "the 12 hexadecimal digits of a device")
    .optional()
    .describe("Only flows of this device"),
  ...pageQuery,
  cursor: cursor.regex(/^\d{1,15}$/u, "next of the page before").optional(),
});

export const boundsQuery = closed({
  ...pageQuery,
  cursor: cursor.regex(/^[\da-f.:]{2,45}\/\d{1,3}$/u, "next of the page before").optional(),
});

export const recommendationQuery = closed({
  ...pageQuery,
  cursor: cursor.regex(/^[\da-f.:]{2,45}\/\d{1,3} \S+$/u, "next of the page before").optional(),
});

export const devicesQuery = closed({
  ...pageQuery,
  cursor: cursor.regex(DEVICE, "next of the page before").optional(),
});

export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe("What was found and what was expected"),
  code: z.string().optional().describe("The code of the error"),
  errors: z
    .array(
      z.object({
        pointer: z.string().optional().describe("JSON pointer into the body, as a fragment"),
        parameter: z.string().optional().describe("The parameter of the query, or the field of the head"),
        file: z.string().optional().describe("The file at fault; the pointer is into it, then"),
        line: z.int().optional().describe("In that file, from 1"),
        column: z.int().optional().describe("In that line, from 1"),
        detail: z.string(),
      }),
    )
    .optional()
    .describe("Every fault of what was sent"),
});
