import { z } from "zod";
import {
  type CostModel,
  SIZE_BOUNDS,
  type SizeResult,
  type SizeRates,
  type SizeRow,
  type SizeSettings,
} from "../sizing/size-result.ts";

const amount = z.number().min(0);
const share = z.number().min(0).max(1);
/** A day and a time-out of a day and more are fine; no one counts in more than a hundred years. */
const seconds = z.number().min(0).max(3_153_600_000);
const text = z.string();
const ends = z.object({ low: amount, high: amount });
const constant = z.object({ value: amount, low: amount, high: amount, unit: text, source: text });

const cost = z.object({
  heartbeat: constant,
  command: constant,
  fullHandshake: constant,
  resumedHandshake: constant,
  resumedShare: constant,
  wakeUp: constant,
  tail: constant,
}) satisfies z.ZodType<CostModel>;

const settings = z.object({
  carriers: z.array(
    z.object({ name: text, idleTimeoutSeconds: seconds.nullable(), atExpiry: text, share, source: text }),
  ),
  firewall: z.object({
    idleTimeoutSeconds: z.array(seconds),
    atExpiry: text,
    todaySeconds: seconds.nullable(),
  }),
  server: z.object({ minimumHeartbeatSeconds: seconds, maximumHeartbeatSeconds: seconds }),
  devices: z.array(
    z.object({
      model: text,
      share,
      initialSeconds: seconds,
      minimumSeconds: seconds,
      maximumSeconds: seconds,
      incrementSeconds: seconds,
    }),
  ),
  deviceCount: amount,
  days: amount,
  mail: z.object({ perDay: amount, hours: z.array(share) }),
  seed: z.int().min(0),
  repeats: z.int().min(0),
  gain: amount,
  cost,
  logs: z.array(text),
}) satisfies z.ZodType<SizeSettings>;

const rates = z.object({
  failedPingsPerDevicePerDay: amount,
  requestsPerDevicePerDay: amount,
  bytesPerDevicePerDay: amount,
  joulesPerDevicePerDay: amount,
  lateMailShare: amount,
}) satisfies z.ZodType<SizeRates>;

const row = z.object({
  idleTimeoutSeconds: seconds,
  settledIntervalSeconds: seconds.nullable(),
  settledIntervalSpread: z.object({ p5: seconds, p95: seconds, longest: seconds }).nullable(),
  neverSettledShare: share,
  neverSettledModels: z.array(z.object({ model: text, share })),
  failedPingsPerDeviceInSearch: amount,
  failedPingsPerDevicePerDay: amount,
  requestsPerDevicePerDay: amount,
  bytesPerDevicePerDay: amount,
  bytesRange: ends,
  joulesPerDevicePerDay: amount,
  joulesRange: ends,
  lateMailShare: share.nullable(),
  notificationDelaySeconds: z.object({ p50: amount, p95: amount, p99: amount }).nullable(),
  alert: z.boolean(),
  alertMeanSeconds: amount.nullable(),
  peakParkedRequests: amount,
  peakFlowTableEntries: amount,
  repeats: z.array(rates),
  confidence: rates.exactOptional(),
}) satisfies z.ZodType<SizeRow>;

/** What `size --json` prints; keys that are not known here, of a later version, are left out. */
export const sizeResultSchema = z.object({
  settings,
  rows: z.array(row),
  recommendation: z.object({
    idleTimeoutSeconds: seconds,
    advisedSeconds: seconds,
    boundBy: z.enum(SIZE_BOUNDS),
    reasons: z.array(text),
    today: z.object({ idleTimeoutSeconds: seconds, suffices: z.boolean(), reasons: z.array(text) }).nullable(),
    order: z.array(z.object({ hop: text, idleTimeoutSeconds: seconds, reason: text })),
    commands: z.array(z.object({ product: text, lines: z.array(text), reason: text.exactOptional() })),
  }),
}) satisfies z.ZodType<SizeResult>;
