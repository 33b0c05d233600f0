import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DIFFERENCES, type Place } from "./differences.ts";
import { Measured, scenarioRows, TOLERANCE_MS } from "./measured.ts";
import { MIDDLE_ADDRESS, SERVER_ADDRESS, sweepNamespaces } from "./namespaces.ts";
import { SIDES } from "./observations.ts";
import { IDLE_TIMEOUT_MS, SCENARIOS } from "./scenarios.ts";
import { makePapers, type Papers } from "./papers.ts";
import { ENDINGS, MIDDLES, play } from "./stage.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

const measured = new Measured();
let papers: Papers;

/** The two endings run side by side, what stands in the middle one after the other. */
beforeAll(async () => {
  await sweepNamespaces();
  papers = await makePapers(MIDDLE_ADDRESS, SERVER_ADDRESS);
  for (const middle of MIDDLES) {
    await Promise.all(ENDINGS.map(async (ending) => measured.add(middle, ending, await play(middle, ending, papers))));
  }
  mkdirSync(path.join(ROOT, "reports"), { recursive: true });
  writeFileSync(path.join(ROOT, "reports/fidelity.md"), measured.report());
}, 300_000);
afterAll(() => papers[Symbol.asyncDispose]());

describe.each(["user", "kernel"] as const)(
  "through idlewall in %s mode both ends see the same, or differ as known",
  (middle) => {
    test.each(SCENARIOS.map(({ name }) => name))("%s", (scenario) => {
      const places = ENDINGS.flatMap((ending) => SIDES.map((side): Place => ({ scenario, middle, ending, side })));
      const known = DIFFERENCES.flatMap((difference) => difference.places).filter(
        (place) => place.scenario === scenario && place.middle === middle,
      );
      const found = places.filter((place) => measured.differs(place));
      expect(inOrder(found)).toEqual(inOrder(known));
    });
  },
);

test("no difference is listed that belongs to no scenario", () => {
  const names = SCENARIOS.map(({ name }) => name);
  const named = DIFFERENCES.flatMap(({ places }) => places.map(({ scenario }) => scenario));
  expect(names).toEqual(expect.arrayContaining(named));
});

test("the time-out itself lies where the firewall's lies", () => {
  for (const middle of MIDDLES) {
    for (const ending of ENDINGS) {
      const ladder = measured.sight(middle, ending, "device", "silence about as long as the time-out");
      const [heldMs = 0, diedMs] = ladder.atMs;
      expect(Math.abs(heldMs - IDLE_TIMEOUT_MS)).toBeLessThanOrEqual(TOLERANCE_MS);
      expect(diedMs).toBeGreaterThan(heldMs);
    }
  }
});

test("docs/fidelity.md has the table that was measured", () => {
  const page = readFileSync(path.join(ROOT, "docs/fidelity.md"), "utf8");
  expect(scenarioRows(page)).toEqual(scenarioRows(measured.report()));
});

function inOrder(places: readonly Place[]): readonly string[] {
  return places.map((place) => measured.told(place)).sort();
}
