import type { ScenarioView } from "../emulator.ts";
import { json, operation, type Operation } from "./operation.ts";
import * as schemas from "./schemas.ts";

const ANSWERS = { 200: { means: "Where the scenario stands", schema: schemas.scenarioSchema } };

/** What can be asked of the scenario as a whole. */
export const SCENARIO_OPERATIONS: readonly Operation[] = [
  operation({
    method: "get",
    path: "/scenario",
    name: "getScenario",
    tag: "scenario",
    summary: "Seed and timeline",
    answers: ANSWERS,
    answer: ({ api }) => shown(api.subject.emulator.scenario()),
  }),
  operation({
    method: "put",
    path: "/scenario/seed",
    name: "setSeed",
    tag: "scenario",
    summary: "Set what new flows draw their random numbers from",
    body: schemas.seedSchema,
    answers: ANSWERS,
    answer: ({ api, body: { seed } }) => {
      api.subject.emulator.setSeed(seed);
      return shown(api.subject.emulator.scenario());
    },
  }),
  operation({
    method: "post",
    path: "/scenario/timeline/start",
    name: "startTimeline",
    tag: "scenario",
    summary: "Start the timeline anew: conditions with `during` count from here",
    answers: ANSWERS,
    answer: ({ api }) => {
      api.subject.emulator.startTimeline();
      return shown(api.subject.emulator.scenario());
    },
  }),
  operation({
    method: "post",
    path: "/scenario/timeline/stop",
    name: "stopTimeline",
    tag: "scenario",
    summary: "Stop the timeline: conditions with `during` rest",
    answers: ANSWERS,
    answer: ({ api }) => {
      api.subject.emulator.stopTimeline();
      return shown(api.subject.emulator.scenario());
    },
  }),
  operation({
    method: "post",
    path: "/scenario/reset",
    name: "reset",
    tag: "scenario",
    summary: "Go back to what configuration and command line said",
    answers: ANSWERS,
    problems: [409, 422],
    answer: async ({ api }) => {
      await api.subject.emulator.reset();
      return shown(api.subject.emulator.scenario());
    },
  }),
  operation({
    method: "post",
    path: "/reload",
    name: "reload",
    tag: "scenario",
    summary: "Read the configuration again, all or nothing",
    answers: { 200: { means: "All of it is in force, but what needs a restart", schema: schemas.reloadedSchema } },
    problems: [409, 422],
    answer: async ({ api }) => {
      const needRestart = [...(await api.subject.emulator.reload())];
      return json(schemas.reloadedSchema, { needRestart });
    },
  }),
];

function shown(scenario: ScenarioView): Response {
  return json(schemas.scenarioSchema, scenario);
}
