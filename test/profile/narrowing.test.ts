import { expect, test } from "vitest";
import type { Narrowing } from "../../src/path/narrowed.ts";
import { conditionSchema, describeCondition, writeCondition } from "../../src/profile/conditions/index.ts";
import { faultsOf, READING } from "../../src/profile/issues.ts";

const EVERY_KEY = {
  deviceId: ["a", "b"],
  user: ["kim"],
  command: ["Ping"],
  userAgent: ["Apple*"],
  path: ["/a"],
  source: ["10.0.0.0/8", "::1"],
  share: 0.3,
  shareOf: "flows",
  skip: 1,
  every: 2,
  times: 3,
} as const;

/** What narrows a condition, written and read. */
const CASES: readonly (readonly [object, Narrowing, string])[] = [
  [{}, {}, "refuse"],
  [{ name: "night-stall" }, { name: "night-stall" }, "refuse"],
  [{ match: {} }, { match: {} }, "refuse"],
  [{ match: { deviceType: ["iPhone*"] } }, { match: { deviceType: ["iPhone*"] } }, "refuse [deviceType=iPhone*]"],
  [
    { match: EVERY_KEY },
    { match: EVERY_KEY },
    "refuse [deviceId=a,b user=kim command=Ping userAgent=Apple* path=/a source=10.0.0.0/8,::1 share=0.3 shareOf=flows skip=1 every=2 times=3]",
  ],
  [{ during: {} }, { during: {} }, "refuse [during 0s..]"],
  [{ during: { from: "0s", until: "1h" } }, { during: { fromMs: 0, untilMs: 3_600_000 } }, "refuse [during 0s..1h]"],
  [{ during: { from: "10m" } }, { during: { fromMs: 600_000 } }, "refuse [during 10m..]"],
  [
    { during: { from: "10m", until: "20m", every: "1h" } },
    { during: { fromMs: 600_000, untilMs: 1_200_000, everyMs: 3_600_000 } },
    "refuse [during 10m..20m/1h]",
  ],
  [
    { match: { times: 1 }, during: { until: "1h" } },
    { match: { times: 1 }, during: { untilMs: 3_600_000 } },
    "refuse [times=1 during 0s..1h]",
  ],
];

test.each(CASES)("what narrows as %j is read, written and described", (written, settings, words) => {
  const read = conditionSchema.parse({ type: "refuse", ...written });
  expect(read).toEqual({ type: "refuse", ...settings });
  expect(writeCondition(read)).toEqual({ type: "refuse", ...written });
  expect(describeCondition(read)).toBe(words);
});

test("one text stands for a list of one", () => {
  expect(conditionSchema.parse({ type: "refuse", match: { user: "kim", source: "10.0.0.1" } })).toEqual({
    type: "refuse",
    match: { user: ["kim"], source: ["10.0.0.1"] },
  });
});

test.each([
  [{ name: "Night stall" }, /^name: found "Night stall", expected lower-case words joined by hyphens/u],
  [{ match: { user: [] } }, /^match.user: /u],
  [{ match: { source: "10.0.0.256" } }, /^match.source: .*expected a network such as 10.0.0.0\/8 or an address/u],
  [{ match: { path: "a" } }, /^match.path: .*expected a path such as \/Microsoft-Server-ActiveSync/u],
  [{ match: { share: 0 } }, /^match.share: found 0, expected more than 0$/u],
  [{ match: { share: 1.1 } }, /^match.share: found 1.1, expected 1 at most$/u],
  [{ match: { skip: -1 } }, /^match.skip: found -1, expected 0 at least$/u],
  [{ match: { every: 0 } }, /^match.every: found 0, expected 1 at least$/u],
  [{ match: { times: 1.5 } }, /^match.times: found 1.5/u],
  [{ match: { device: "a" } }, /^match.device: found the unknown key "device"/u],
  [{ during: { from: "10m", until: "10m" } }, /^during.until: found "10m", expected more than from, 10m$/u],
  [{ during: { until: "10m", every: "9m" } }, /^during.every: found "9m", expected until, 10m, at least$/u],
  [{ during: { from: "10m", every: "10m" } }, /^during.every: found "10m", expected more than from, 10m$/u],
])("%j is refused with its place", (written, message) => {
  const { error } = conditionSchema.safeParse({ type: "refuse", ...written }, READING);
  const faults = faultsOf(error?.issues ?? []).map((fault) => `${fault.path.join(".")}: ${fault.message}`);
  expect(faults).toEqual([expect.stringMatching(message)]);
});
