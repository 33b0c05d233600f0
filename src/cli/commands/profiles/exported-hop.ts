import { UsageError } from "../../../errors.ts";
import type { ConditionSettings } from "../../../path/conditions/index.ts";
import type { Hop, Profile } from "../../../path/hop.ts";
import { idleTimeoutsOf } from "../../../profile/idle-timeouts.ts";
import { anyOf, quoted, suggestion } from "../../../profile/words.ts";
import type { ExportedHop } from "../../../report/exports/subject.ts";

/** What an export can say of an idle time-out; a condition that says more is refused, not shortened. */
const SAID = new Set(["type", "name", "idleTimeoutMs", "atExpiry", "refreshedBy", "refreshedByKeepalive"]);

/**
 * The one hop of a profile that an export shows, which does nothing but one idle time-out.
 * @param hopName needed when several hops do something
 * @throws UsageError E_USAGE which hop or condition can't be exported, and why
 */
export function exportedHop(profile: Profile, hopName: string | undefined): ExportedHop {
  const hop = chosen(profile, hopName);
  hop.conditions.forEach((condition, index) => checkCondition(hop, condition, index));
  const [idleTimeout, ...more] = idleTimeoutsOf(hop);
  if (idleTimeout === undefined)
    throw refusal(`found no idle time-out at hop ${hop.name} of ${profile.name}, expected one`);
  if (more.length > 0)
    throw refusal(`found ${more.length + 1} idle time-outs at hop ${hop.name} of ${profile.name}, expected one`);
  const { idleTimeoutMs, atExpiry, refreshedBy, refreshedByKeepalive } = idleTimeout;
  return {
    profile: profile.name,
    source: profile.source,
    category: profile.category,
    vendor: profile.vendor,
    product: profile.product,
    hop: hop.name,
    kind: hop.kind,
    idleTimeoutMs,
    atExpiry,
    refreshedBy,
    ...(refreshedByKeepalive !== undefined && { refreshedByKeepalive }),
  };
}

function chosen({ name, hops }: Profile, hopName: string | undefined): Hop {
  if (hopName !== undefined) return named(name, hops, hopName);
  const [first, ...others] = hops.filter(({ conditions }) => conditions.length > 0);
  if (first === undefined) throw refusal(`found no hop of ${name} that does anything, expected one to export`);
  if (others.length === 0) return first;
  const names = [first, ...others].map((hop) => hop.name);
  throw refusal(`found ${names.length} hops in ${name}, expected --hop to name one: ${anyOf(names)}`);
}

function named(profile: string, hops: readonly Hop[], hopName: string): Hop {
  const hop = hops.find((each) => each.name === hopName);
  if (hop !== undefined) return hop;
  const names = hops.map((each) => each.name);
  const expected = names.length === 0 ? "none, because its path is empty" : anyOf(names) + suggestion(hopName, names);
  throw refusal(`--hop: found ${quoted(hopName)} for ${profile}, expected ${expected}`);
}

function checkCondition(hop: Hop, condition: ConditionSettings, index: number): void {
  const at = `condition ${index + 1} of hop ${hop.name}`;
  if (idleTimeoutsOf({ ...hop, conditions: [condition] }).length === 0)
    throw refusal(`found ${condition.type} as ${at}, expected idle-timeout: exports say no other`);
  const unsaid = Object.keys(condition).find((key) => !SAID.has(key));
  if (unsaid !== undefined) throw refusal(`found ${unsaid} in ${at}, expected none: exports can't say it`);
}

function refusal(message: string): UsageError {
  return new UsageError("E_USAGE", message);
}
