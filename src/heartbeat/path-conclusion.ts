import type { Millis } from "../core/machine.ts";
import { isOutage } from "./path-crowd.ts";
import type { Bracket, PathEvidence } from "./path-evidence.ts";
import type { PathFinding, PathVerdict, ServerReport } from "./path-finding.ts";
import type { PathFlows, SearchFlow } from "./path-flows.ts";
import type { SearchSettings } from "./path-rungs.ts";
import { concludeSides, refreshing } from "./path-sides.ts";

/** What a search knows at its end. */
export interface SearchEnd {
  /** What the silences say. */
  readonly verdict: PathVerdict;
  readonly evidence: PathEvidence;
  readonly bracket: Bracket;
  readonly flows: PathFlows;
  /** A flow that expired. */
  readonly witness: SearchFlow | undefined;
  readonly report: ServerReport | undefined;
  /** It could not be asked in the end. */
  readonly isServerGone: boolean;
  readonly failedCount: number;
  readonly tookMs: Millis;
  readonly settings: SearchSettings;
}

/** What follows from all that a search knows. */
export function concludeFinding(end: SearchEnd): PathFinding {
  const { evidence, bracket, flows, witness, report, failedCount, tookMs, settings } = end;
  const { aliveMs, deadMs, agreement, varies } = bracket;
  const keptBy = end.verdict === "idle-timeout" ? refreshing(flows.all) : {};
  const verdict = verdictOf(end, keptBy.refreshedBy === "neither");
  const common = {
    verdict,
    aliveMs,
    agreement,
    testCount: evidence.count,
    failedCount,
    flowCount: flows.mostOpen,
    tookMs,
  };
  if (deadMs === undefined || verdict === "outage") return { ...common, told: false, varies: false };
  return {
    ...common,
    deadMs,
    told: !varies && evidence.isTold(deadMs),
    varies,
    ...concludeSides(witness, flows.all, report, settings.precisionMs),
    ...keptBy,
  };
}

/** What ends flows that were kept alive as well is their age, or an instant for all of them. */
function verdictOf(
  { verdict, evidence, bracket, isServerGone, settings }: SearchEnd,
  isNobodyKept: boolean,
): PathVerdict {
  if (verdict !== "idle-timeout") return verdict;
  if (isNobodyKept) return isServerGone || isOutage(evidence.tests, settings.graceMs) ? "outage" : "lifetime";
  return bracket.aliveMs === 0 && bracket.varies ? "shorter" : "idle-timeout";
}
