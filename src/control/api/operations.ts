import { BOUNDS_OPERATIONS } from "./bounds.ts";
import { CONDITION_OPERATIONS } from "./conditions.ts";
import { EVENT_OPERATIONS } from "./events.ts";
import { FLOW_OPERATIONS } from "./flows.ts";
import { GENERAL_OPERATIONS } from "./general.ts";
import { LISTENER_OPERATIONS } from "./listeners.ts";
import type { Operation } from "./operation.ts";
import { RECOMMENDATION_OPERATIONS } from "./recommendation.ts";
import { SCENARIO_OPERATIONS } from "./scenario.ts";

/** Everything that can be asked, in the order of the documentation. */
export const OPERATIONS: readonly Operation[] = [
  ...GENERAL_OPERATIONS,
  ...LISTENER_OPERATIONS,
  ...CONDITION_OPERATIONS,
  ...FLOW_OPERATIONS,
  ...BOUNDS_OPERATIONS,
  ...RECOMMENDATION_OPERATIONS,
  ...SCENARIO_OPERATIONS,
  ...EVENT_OPERATIONS,
];
