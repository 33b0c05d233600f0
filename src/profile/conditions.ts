import { z } from "zod";
import type { EndingName, Ending, Endings, RespondEnding } from "../path/condition.ts";
import type { ConditionSettings } from "../path/conditions/index.ts";
import type { Millis } from "../core/machine.ts";
import { formatDuration, readDuration } from "./durations.ts";
import { closed } from "./closed.ts";

/** Shortest idle time-out, in ms: 1 s. */
export const SHORTEST_IDLE_TIMEOUT_MS: Millis = 1000;

/** Every word for an ending that needs no status. */
export const PLAIN_ENDINGS = ["drop", "reset", "close", "reset-on-next"] as const satisfies readonly EndingName[];

/** Every status that `respond` may carry: what reverse proxies answer when a wait ends. */
export const RESPOND_STATUSES = [408, 502, 504, 524] as const;

/** What `atExpiry` is when a profile leaves it out: nobody is told. */
export const SILENT: Endings = { toDevice: "drop", toServer: "drop" };

const plainEnding = z.enum(PLAIN_ENDINGS);

const respondEnding = closed({
  respond: z.literal(RESPOND_STATUSES).describe("The HTTP status that ends the request"),
}).describe("An HTTP answer; only of a reverse-proxy, the last hop");

const legEndings = closed({
  toDevice: z
    .union([plainEnding, respondEnding], `${PLAIN_ENDINGS.join(", ")} or { respond: 504 }`)
    .describe("What the device's leg sees"),
  toServer: plainEnding.describe("What the server's leg sees"),
});

const atExpiry = z
  .union(
    [plainEnding, respondEnding, legEndings],
    `${PLAIN_ENDINGS.join(", ")}, { respond: 504 } or { toDevice: drop, toServer: reset }`,
  )
  .transform(endingsOf);

/** A duration as people write it, in ms, no shorter than `shortestMs`. */
function duration(shortestMs: Millis): z.ZodType<Millis, string> {
  return z
    .string("a duration with a unit, such as 13m")
    .meta({ pattern: String.raw`^(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$`, examples: ["13m", "350s", "1h30m"] })
    .transform((text, context) => {
      const reading = readDuration(text);
      if (reading.kind === "duration" && reading.ms >= shortestMs) return reading.ms;
      const short = `found "${text}", expected ${formatDuration(shortestMs)} at least`;
      const message = reading.kind === "fault" ? reading.message : short;
      context.issues.push({ code: "custom", input: text, message });
      return z.NEVER;
    });
}

const idleTimeout = closed({
  type: z.literal("idle-timeout"),
  idleTimeout: duration(SHORTEST_IDLE_TIMEOUT_MS).describe("Longest silence tolerated, 1s to 30d"),
  atExpiry: atExpiry.optional().describe("How the flow ends, on both legs or each apart; drop when left out"),
  refreshedBy: z
    .enum(["either", "toServer", "toDevice"])
    .optional()
    .describe("Whose payload restarts the timer; either when left out"),
  refreshedByKeepalive: z.boolean().optional().describe("Whether TCP keepalive probes restart the timer"),
}).transform(({ type, ...written }) => ({
  type,
  idleTimeoutMs: written.idleTimeout,
  atExpiry: written.atExpiry ?? SILENT,
  refreshedBy: written.refreshedBy ?? ("either" as const),
  ...(written.refreshedByKeepalive !== undefined && { refreshedByKeepalive: written.refreshedByKeepalive }),
}));

/** Any condition as a profile writes it; a further condition is one more entry here and one case below. */
export const conditionSchema = z.discriminatedUnion("type", [idleTimeout]) satisfies z.ZodType<ConditionSettings>;

/** A condition in a few words, for tables: `13m drop`. */
// oxlint-disable-next-line typescript/consistent-return -- the rule misreads a switch over a union that has one member yet
export function describeCondition(settings: ConditionSettings): string {
  switch (settings.type) {
    case "idle-timeout":
      return `${formatDuration(settings.idleTimeoutMs)} ${describeEndings(settings.atExpiry)}`;
  }
}

/** Both legs' endings from the one that a profile names for both: only the device can be answered in HTTP. */
export function endingsOf(written: Ending | Endings): Endings {
  if (typeof written === "string") return { toDevice: written, toServer: written };
  return "respond" in written ? { toDevice: written, toServer: "reset" } : written;
}

function describeEndings(endings: Endings): string {
  const { toDevice, toServer } = endings;
  const both = typeof toDevice === "string" ? toDevice : "reset";
  if (toServer === both) return describeEnding(toDevice);
  return `toDevice=${describeEnding(toDevice)},toServer=${describeEnding(toServer)}`;
}

function describeEnding(ending: Ending): string {
  return isRespond(ending) ? `respond:${ending.respond}` : ending;
}

function isRespond(ending: Ending): ending is RespondEnding {
  return typeof ending !== "string";
}
