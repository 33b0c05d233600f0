import { z } from "zod";
import { BOUND_BY, HOP_ACTIONS } from "../../heartbeat/recommendation/types.ts";

const count = z.int().min(0);
const seconds = z.number();
const share = z.number().min(0).max(1);

const sampleSchema = z.object({
  devices: count,
  searching: count,
  settled: count,
  collapsed: count,
  heartbeats: count.describe("Heartbeats that were answered, or that the path failed"),
  failed: count,
  askedSeconds: seconds.optional().describe("Median of the intervals that devices ask now"),
  longestHeldSeconds: seconds.optional().describe("The longest silence that was answered"),
});

const notEnoughSchema = z.object({
  of: z.enum(["heartbeats", "expiries", "failures", "settled devices"]).describe("What is counted"),
  seen: count,
  needed: count,
});

const hopAdviceSchema = z.object({
  listener: z.string(),
  hop: z.string(),
  kind: z.string().describe("What it is: nat, firewall, load-balancer, reverse-proxy or network"),
  idleTimeoutSeconds: seconds.describe("Today's"),
  recommendedSeconds: seconds,
  action: z.enum(HOP_ACTIONS).describe("ask: it is seldom in an administrator's hands"),
  reason: z.string(),
  source: z.string().describe("Where the figure comes from"),
});

const gainSchema = z.object({
  failedShare: share.describe("Of the heartbeats, now"),
  intervalSeconds: seconds.describe("The end of what intervals could reach"),
  heartbeatsPerDayNow: count.describe("Of one device, without mail"),
  heartbeatsPerDayThen: count,
});

/** What bounds the heartbeat, and what to do about it. */
export const recommendationSchema = z.object({
  boundBy: z
    .enum(BOUND_BY)
    .optional()
    .describe("hop: one of ours; front: something that nobody told of; absent while there is not enough to say"),
  hop: z.string().optional().describe("The hop, where it is one of ours"),
  aboveSeconds: seconds.optional().describe("The longest interval that holds, as far as is known"),
  atMostSeconds: seconds.optional().describe("The shortest that does not"),
  confidence: share.optional().describe("How sure that is; absent while there is not enough to say"),
  notEnough: notEnoughSchema.optional().describe("What is missing; absent when there is enough"),
  text: z.string().describe("The finding, and what to do"),
  reasons: z.array(z.string()),
  wontHelp: z.array(z.string()).describe("What would not help"),
  hops: z.array(hopAdviceSchema).describe("Outside first; none while there is not enough to say"),
  sample: sampleSchema.describe("What it rests on"),
  gain: gainSchema.optional().describe("What would be different, at the best"),
});

/** That of the devices of one network that come to one listener. */
export const networkRecommendationSchema = z.object({
  network: z.string().describe("Such as 192.0.2.0/24"),
  listener: z.string(),
  ...recommendationSchema.shape,
});

export const recommendationsSchema = z.object({
  overall: recommendationSchema.describe("The bound that most devices have, with the advice on every hop"),
  networks: z.array(networkRecommendationSchema).describe("By network, then by listener"),
  next: z.string().optional().describe("Where the next page begins; absent on the last one"),
});
