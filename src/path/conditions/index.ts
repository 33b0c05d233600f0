import type { ConditionKind } from "../condition.ts";
import type { Narrowing } from "../narrowed.ts";
import { idleTimeout } from "./idle-timeout.ts";

/** Every condition by the name that profiles give it: a further condition is one file and one line here. */
export const CONDITIONS = {
  "idle-timeout": idleTimeout,
} as const;

/** The name of a condition's kind, as profiles write it. */
export type ConditionType = keyof typeof CONDITIONS;

/** The settings of any condition, with what narrows it. */
export type ConditionSettings = SettingsOf<(typeof CONDITIONS)[ConditionType]> & Narrowing;

type SettingsOf<Kind> = Kind extends ConditionKind<infer Settings> ? Settings : never;
