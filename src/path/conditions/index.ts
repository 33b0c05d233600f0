import type { ConditionKind } from "../condition.ts";
import type { Narrowing } from "../narrowed.ts";
import { addressChange } from "./address-change.ts";
import { bandwidth } from "./bandwidth.ts";
import { blackHole } from "./black-hole.ts";
import { cutOff } from "./cut-off.ts";
import { flowTable } from "./flow-table.ts";
import { idleTimeout } from "./idle-timeout.ts";
import { latency } from "./latency.ts";
import { lifetime } from "./lifetime.ts";
import { limitData } from "./limit-data.ts";
import { loss } from "./loss.ts";
import { outage } from "./outage.ts";
import { refuse } from "./refuse.ts";
import { slice } from "./slice.ts";
import { slowAccept } from "./slow-accept.ts";
import { slowClose } from "./slow-close.ts";
import { stall } from "./stall.ts";

/** Every condition by the name that profiles give it: a further condition is one file and one line here. */
export const CONDITIONS = {
  "idle-timeout": idleTimeout,
  lifetime,
  latency,
  bandwidth,
  loss,
  stall,
  outage,
  "address-change": addressChange,
  "slow-accept": slowAccept,
  refuse,
  "flow-table": flowTable,
  "slow-close": slowClose,
  slice,
  "limit-data": limitData,
  "black-hole": blackHole,
  "cut-off": cutOff,
} as const;

/** The name of a condition's kind, as profiles write it. */
export type ConditionType = keyof typeof CONDITIONS;

/** The settings of any condition, with what narrows it. */
export type ConditionSettings = SettingsOf<(typeof CONDITIONS)[ConditionType]> & Narrowing;

type SettingsOf<Kind> = Kind extends ConditionKind<infer Settings> ? Settings : never;
