import { REPAIRS } from "../report/exports/formats.ts";
import type { SizeRecommendation } from "../sizing/size-result.ts";
import { minutes } from "../report/ladder.ts";

const REPAIR_BY_NAME: ReadonlyMap<string, (typeof REPAIRS)[keyof typeof REPAIRS]> = new Map(Object.entries(REPAIRS));

/**
 * The lines that set the firewall's time-out on these products; where a product does not take it, the reason, and where it
 * takes whole minutes only, the next one.
 */
export function commandsFor(products: readonly string[], idleTimeoutSeconds: number): SizeRecommendation["commands"] {
  return products.map((product) => {
    const [exact, rounded] = [idleTimeoutSeconds, 60 * Math.ceil(idleTimeoutSeconds / 60)].map((seconds) =>
      written(product, seconds, idleTimeoutSeconds),
    );
    if (exact?.kind === "text") return { product, lines: exact.text.split("\n") };
    if (rounded?.kind === "text") return { product, lines: rounded.text.split("\n") };
    return { product, lines: [], reason: exact?.reason ?? "it is not known" };
  });
}

function written(product: string, seconds: number, recommendedSeconds: number) {
  const purpose = [`Idle time-out of ${minutes(seconds)} for Direct Push (idlewall size).`];
  if (seconds !== recommendedSeconds)
    purpose.push(`Recommended are ${minutes(recommendedSeconds)}; it takes whole minutes.`);
  return REPAIR_BY_NAME.get(product)?.(sizedHop(seconds * 1000), seconds * 1000, purpose);
}

function sizedHop(idleTimeoutMs: number) {
  const atExpiry = { toDevice: "drop", toServer: "drop" } as const;
  const names = { profile: "size", source: "idlewall size", hop: "firewall" };
  return { ...names, kind: "firewall", idleTimeoutMs, atExpiry, refreshedBy: "either" } as const;
}
