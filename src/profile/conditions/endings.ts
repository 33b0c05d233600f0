import { z } from "zod";
import { type Ending, type Endings, PLAIN_ENDINGS, type RespondEnding } from "../../path/condition.ts";
import { closed } from "../closed.ts";

/** Every status that `respond` may carry: what reverse proxies answer when a wait ends. */
export const RESPOND_STATUSES = [408, 502, 504, 524] as const;

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

/** How a flow ends, as a profile writes it: one ending for both legs, or each apart. */
export const endings = z
  .union(
    [plainEnding, respondEnding, legEndings],
    `${PLAIN_ENDINGS.join(", ")}, { respond: 504 } or { toDevice: drop, toServer: reset }`,
  )
  .transform(endingsOf);

/** Both legs' endings from the one that a profile names for both: only the device can be answered in HTTP. */
export function endingsOf(written: Ending | Endings): Endings {
  if (typeof written === "string") return { toDevice: written, toServer: written };
  return "respond" in written ? { toDevice: written, toServer: "reset" } : written;
}

/** Endings as a profile writes them, in the shortest way. */
export function writeEndings({ toDevice, toServer }: Endings): Ending | Endings {
  const both = typeof toDevice === "string" ? toDevice : "reset";
  return toServer === both ? toDevice : { toDevice, toServer };
}

/** Endings in a word or two, for tables: `drop`, `toDevice=drop,toServer=reset`. */
export function describeEndings({ toDevice, toServer }: Endings): string {
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
