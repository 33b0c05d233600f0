import type { ScenarioResource } from "../control/api/types.ts";
import { clock } from "../report/ladder.ts";
import type { Output } from "./output.ts";

/** Tells where a scenario stands. */
export function tellScenario(scenario: ScenarioResource, json: boolean | undefined, output: Output): void {
  if (json === true) output.json(scenario);
  else output.result(scenarioText(scenario));
}

function scenarioText({ seed, timelineStartedAt }: ScenarioResource): string {
  const timeline = timelineStartedAt === undefined ? "stands" : `started at ${clock(timelineStartedAt / 1000)}`;
  return `seed ${seed}, timeline ${timeline}`;
}
