import type { ConditionKind, OpenCondition } from "./condition.ts";
import { CONDITIONS, type ConditionSettings, type ConditionType } from "./conditions/index.ts";
import type { Hop, HopKind } from "./hop.ts";

/** A hop made ready for flows; one serves every flow of its profile. */
export interface PathHop {
  readonly name: string;
  readonly kind: HopKind;
  /** In the order in which they act on a segment. */
  readonly conditions: readonly PathCondition[];
}

/** A condition made ready for flows. */
export interface PathCondition {
  readonly type: ConditionType;
  /** Whether it may hold segments back. */
  readonly delays: boolean;
  readonly open: OpenCondition;
}

/** Readies the hops of a profile, once for all its flows. */
export function preparePath(hops: readonly Hop[]): readonly PathHop[] {
  return hops.map(({ name, kind, conditions }) => ({ name, kind, conditions: conditions.map(prepareCondition) }));
}

/** Whether a path may hold segments back, so that data has to wait in it instead of flowing beside it. */
export function mayDelay(hops: readonly PathHop[]): boolean {
  return hops.some((hop) => hop.conditions.some((condition) => condition.delays));
}

/** One view of the table for every settings; sound because `type` picks the line made for them. */
const KINDS: Readonly<Record<ConditionType, ConditionKind<ConditionSettings>>> = CONDITIONS;

function prepareCondition(settings: ConditionSettings): PathCondition {
  const kind = KINDS[settings.type];
  return { type: settings.type, delays: kind.delays, open: kind.prepare(settings) };
}
