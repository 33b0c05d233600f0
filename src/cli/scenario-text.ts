import type { ScenarioResource } from "../control/api/types.ts";
import { clock } from "../report/ladder.ts";

/** Where a scenario stands, for people. */
export function scenarioText({ seed, timelineStartedAt }: ScenarioResource): string {
  const timeline = timelineStartedAt === undefined ? "stands" : `started at ${clock(timelineStartedAt / 1000)}`;
  return `seed ${seed}, timeline ${timeline}`;
}
