import { expect, test } from "vitest";
import { type AnswerPhase, ENDINGS, endingOf } from "../../src/heartbeat/ending.ts";
import { type ExchangeEnd, OUTCOMES } from "../../src/heartbeat/events.ts";

const ENDED = OUTCOMES.filter((outcome): outcome is ExchangeEnd["outcome"] => outcome !== "open");
const PHASES = ["waiting", "answering", "passed"] as const satisfies readonly AnswerPhase[];

test.each([
  ["held", "passed", "--"],
  ["changes", "passed", "--"],
  ["rejected", "passed", "S-"],
  ["serverFailed", "passed", "S-"],
  ["serverFailed", "waiting", "SW"],
  ["serverFailed", "answering", "SA"],
  ["expired", "waiting", "TW"],
  ["expired", "answering", "TA"],
  ["cut", "waiting", "HW"],
  ["cut", "answering", "HA"],
  ["lost", "waiting", "NW"],
  ["lost", "answering", "NA"],
  ["withdrawn", "waiting", "DW"],
  ["withdrawn", "answering", "DA"],
] as const)("an exchange %s while its answer is %s ends with %s", (outcome, phase, letters) => {
  expect(endingOf(outcome, phase)).toBe(letters);
});

test("the list holds what can come out, each once, and nothing else", () => {
  const made = ENDED.flatMap((outcome) => PHASES.map((phase) => endingOf(outcome, phase)));
  expect(new Set(made)).toEqual(new Set(ENDINGS));
  expect(new Set(ENDINGS).size).toBe(ENDINGS.length);
});
