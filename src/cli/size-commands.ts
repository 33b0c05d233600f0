import { REPAIRS } from "../report/exports/formats.ts";
import type { SizeRecommendation } from "../sizing/size-result.ts";
import { UsageError } from "../errors.ts";
import { minutes } from "../report/ladder.ts";

const REPAIR_BY_NAME: ReadonlyMap<string, (typeof REPAIRS)[keyof typeof REPAIRS]> = new Map(Object.entries(REPAIRS));

/**
 * The lines that set the firewall's time-out on these products.
 * @throws UsageError E_USAGE a product whose setting does not take that time-out
 */
export function commandsFor(products: readonly string[], idleTimeoutSeconds: number): SizeRecommendation["commands"] {
  return products.map((product) => {
    const wanted = idleTimeoutSeconds * 1000;
    const purpose = [`Idle time-out of ${minutes(idleTimeoutSeconds)} for Direct Push (idlewall size).`];
    const written = REPAIR_BY_NAME.get(product)?.(sizedHop(wanted), wanted, purpose);
    if (written?.kind === "text") return { product, lines: written.text.split("\n") };
    throw new UsageError("E_USAGE", `--for ${product}: ${written?.reason ?? "it is not known"}`);
  });
}

function sizedHop(idleTimeoutMs: number) {
  const atExpiry = { toDevice: "drop", toServer: "drop" } as const;
  const names = { profile: "size", source: "idlewall size", hop: "firewall" };
  return { ...names, kind: "firewall", idleTimeoutMs, atExpiry, refreshedBy: "either" } as const;
}
