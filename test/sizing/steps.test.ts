import { expect, test } from "vitest";
import type { Moment } from "../../src/sizing/moment.ts";
import { instantOf, stepOf, type Trial } from "../../src/sizing/steps.ts";

function momentAt(at: number, over: Partial<Moment> = {}): Moment {
  const counts = { requests: 1, connections: 0, failed: 0, heard: 0, parked: 0, entries: 0 };
  return { at, asked: [480], radio: true, search: undefined, ...counts, ...over };
}

function trialOf(mailAt: number | undefined, moments: readonly Moment[], over: Partial<Trial> = {}): Trial {
  const past = { mail: [], worldSteps: 1, at: 0 };
  return { mailAt, moments, dueAt: [], lastsMs: moments.at(-1)?.at ?? 0, fingerprint: "a", past, ...over };
}

test("what stays where it is follows the start, what moves with the message follows that", () => {
  const early = trialOf(100, [momentAt(30), momentAt(150), momentAt(500)]);
  const late = trialOf(140, [momentAt(30), momentAt(190), momentAt(500)]);
  expect(stepOf(early, late)).toEqual({
    moments: [
      { when: { after: "start", ms: 30 }, moment: momentAt(30) },
      { when: { after: "mail", ms: 50 }, moment: momentAt(150) },
      { when: { after: "start", ms: 500 }, moment: momentAt(500) },
    ],
    end: { after: "start", ms: 500 },
  });
});

test("a step without mail follows its start", () => {
  const trial = trialOf(undefined, [momentAt(500)]);
  expect(stepOf(trial, trial)).toMatchObject({ end: { after: "start", ms: 500 } });
});

const EARLY = trialOf(100, [momentAt(150), momentAt(200)]);

test.each([
  ["leads elsewhere", trialOf(140, [momentAt(190), momentAt(240)], { fingerprint: "b" })],
  ["lasts longer by something else than the message", trialOf(140, [momentAt(190), momentAt(240)], { lastsMs: 250 })],
  ["has one moment more", trialOf(140, [momentAt(190), momentAt(240), momentAt(240)])],
  ["has one moment less", trialOf(140, [momentAt(240)], { lastsMs: 240 })],
  ["has a moment less at its end", trialOf(140, [momentAt(190)], { lastsMs: 240 })],
  ["has a moment that moves by something else", trialOf(140, [momentAt(180), momentAt(240)])],
  ["has a moment in which something else happens", trialOf(140, [momentAt(190, { failed: 1 }), momentAt(240)])],
])("a trial that %s is one of another step", (_, late) => {
  expect(stepOf(EARLY, late)).toBeUndefined();
});

test("an instant follows the start or the first message", () => {
  expect(instantOf({ after: "start", ms: 5 }, 1000, 1200)).toBe(1005);
  expect(instantOf({ after: "mail", ms: 5 }, 1000, 1200)).toBe(1205);
});
