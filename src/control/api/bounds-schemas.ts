import { z } from "zod";
import { BOUNDS_STATES } from "../../heartbeat/bounds.ts";

const count = z.int().min(0);

/** `longest held < time-out <= shortest failed`, with how sure that is. */
export const bracketSchema = z.object({
  state: z
    .enum(BOUNDS_STATES)
    .describe("open: nothing fails; suspected: too few failures to tell from bad luck; wall: a time-out"),
  longestHeldSeconds: z.number().optional().describe("The longest silence that the path has borne"),
  heldSamples: count.describe("How often one of that length was borne since a longer one was"),
  shortestFailedSeconds: z.number().optional().describe("The shortest silence that the path fails in"),
  failedSamples: count.describe("How many failures of that length or less, at least, were no single moment's"),
  confidence: z.number().min(0).max(1).describe("How sure it is that this is a time-out, 0.995 and more for a wall"),
});

/** What is known of the path in front of one network. */
export const networkSchema = z.object({
  network: z.string().describe("Such as 192.0.2.0/24"),
  ...bracketSchema.shape,
  heldCount: count.describe("Silences borne so far, whose answer is known to have been heard"),
  failedCount: count.describe("Silences that failed so far, and no hop of ours did it"),
  endedByHopsCount: count.describe("Requests that our own hops ended: they say nothing of the path in front"),
  lastSeenAt: z.number().describe("Emulated ms since the start"),
});

export const networksSchema = z.object({
  networks: z.array(networkSchema).describe("By network"),
  next: z.string().optional().describe("Where the next page begins; absent on the last one"),
});

/** Exchange's alert of one command. */
export const alertSchema = z.object({
  command: z.enum(["Ping", "Sync"]),
  raised: z.boolean(),
  meanSeconds: z.number().optional().describe("Mean of the latest intervals asked"),
  samples: count.describe("How many there are, up to 200; it is raised with 200 only"),
  thresholdSeconds: z.number().describe("Raised with a mean at or below it"),
  text: z.string().optional().describe("What event 1040 of Exchange says, while it is raised"),
});

export const alertsSchema = z.object({ alerts: z.array(alertSchema).describe("One for each command") });
