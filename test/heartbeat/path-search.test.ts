import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { searchThrough } from "../support/virtual-path.ts";

const MINUTE = 60_000;
const REFRESHED = ["toServer", "toDevice"] as const;

describe("a path that forgets silently", () => {
  test("is found at 30 minutes to 5 s in little more than 35 minutes", () => {
    const { finding } = searchThrough({ idleMs: 30 * MINUTE, refreshed: REFRESHED });
    expect(finding).toMatchObject({ verdict: "idle-timeout", told: false, agreement: 1, refreshedBy: "either" });
    expect(finding.aliveMs).toBeLessThan(30 * MINUTE);
    expect(finding.deadMs).toBeGreaterThanOrEqual(30 * MINUTE);
    expect((finding.deadMs ?? 0) - finding.aliveMs).toBeLessThanOrEqual(5100);
    expect(finding.tookMs).toBeLessThan(36 * MINUTE);
  });

  test("is bracketed to the precision, wherever its time-out is and however many flows there are", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 31_000, max: 3_599_000 }),
        fc.integer({ min: 4, max: 120 }),
        fc.constantFrom(1000, 5000, 60_000),
        fc.boolean(),
        (idleMs, flowCount, precisionMs, preset) => {
          const { finding } = searchThrough({ idleMs, refreshed: REFRESHED }, { flowCount, precisionMs, preset });
          const { aliveMs, deadMs = 0 } = finding;
          expect(finding.verdict).toBe("idle-timeout");
          expect(aliveMs).toBeLessThan(idleMs);
          expect(deadMs).toBeGreaterThanOrEqual(idleMs);
          expect(deadMs - aliveMs).toBeLessThanOrEqual(precisionMs * 1.001);
        },
      ),
      { numRuns: 60 },
    );
  });
});
