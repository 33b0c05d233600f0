import type { IdleTimeoutSettings } from "./idle-timeout.ts";

/** The settings of any condition. */
export type ConditionSettings = IdleTimeoutSettings;

/** The name of a condition's kind, as profiles write it. */
export type ConditionType = ConditionSettings["type"];
