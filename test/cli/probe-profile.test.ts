import { expect, test } from "vitest";
import { profileOfFinding } from "../../src/cli/probe-profile.ts";
import { findingJson, findingLines, planLine } from "../../src/cli/probe-words.ts";
import type { FlowSeen, PathFinding } from "../../src/heartbeat/path-finding.ts";
import { readProfile } from "../../src/profile/reader.ts";
import { profileText } from "../../src/profile/writer.ts";

const FOUND = {
  verdict: "idle-timeout",
  aliveMs: 775_000,
  deadMs: 780_400,
  told: false,
  varies: false,
  agreement: 1,
  testCount: 60,
  failedCount: 0,
  flowCount: 80,
  tookMs: 900_000,
  device: { atExpiry: "nothing", onSend: "nothing" },
  server: { atExpiry: "nothing", onSend: "nothing" },
  refreshedBy: "either",
  refreshedByKeepalive: false,
} as const satisfies PathFinding;

function written(over: Partial<PathFinding>) {
  return profileOfFinding({ ...FOUND, ...over }, "mail.example.com", "2026-11-26");
}

const SEEN: readonly (FlowSeen | "nothing")[] = [
  "answered",
  "reset",
  "closed",
  "nothing",
  ...[408, 502, 504, 524].map((status) => ({ status })),
];
const ENDS = ["rst", "fin", "nothing"] as const;

test.each(
  (["idle-timeout", "lifetime"] as const).flatMap((verdict) =>
    SEEN.flatMap((atExpiry) => [
      { verdict, device: { atExpiry } },
      ...SEEN.map((onSend) => ({ verdict, device: { atExpiry, onSend } })),
      ...ENDS.flatMap((end) =>
        ENDS.map((onSend) => ({ verdict, device: { atExpiry }, server: { atExpiry: end, onSend } })),
      ),
    ]),
  ),
)("a profile is one that is read back as it was written: %j", (over) => {
  const profile = written(over);
  if (profile === undefined) throw new Error("expected a profile");
  expect(readProfile(profileText(profile), "measured.yaml")).toEqual(profile);
});

test.each<[Partial<PathFinding>, readonly string[]]>([
  [{}, []],
  [{ device: { atExpiry: { status: 599 } } }, ["The device was answered HTTP 599 at expiry: 504 stands for it."]],
  [
    { device: { atExpiry: "nothing", onSend: "closed" } },
    ["Sending into an expired flow, the device was told FIN: drop stands for it."],
  ],
  [
    { device: { atExpiry: "nothing", onSend: "answered" } },
    ["Sending into an expired flow, the device was told an answer: drop stands for it."],
  ],
  [
    { device: { atExpiry: "nothing", onSend: { status: 400 } } },
    ["Sending into an expired flow, the device was told HTTP 400: drop stands for it."],
  ],
  [
    { server: { atExpiry: "nothing", onSend: "fin" } },
    ["Sending into an expired flow, the server was told FIN: drop stands for it."],
  ],
  [{ refreshedBy: "neither" }, ["Neither side's bytes restarted the timer: either stands for it."]],
  [{ varies: true }, ["The time-out varies: one value stands for all."]],
  [{ verdict: "lifetime", refreshedBy: "neither", told: true }, []],
])("what a profile can't say as it was found stands there: %j", (over, unverified) => {
  expect(written(over)?.unverified ?? []).toEqual(unverified);
});

test("what was not tried stands there, too", () => {
  const { device: _, server: __, refreshedBy: ___, refreshedByKeepalive: ____, ...rest } = FOUND;
  expect(profileOfFinding(rest, "mail.example.com", "2026-11-26")?.unverified).toHaveLength(4);
  expect(profileOfFinding({ ...rest, verdict: "lifetime" }, "mail.example.com", "2026-11-26")?.unverified).toHaveLength(
    2,
  );
});

test.each(["longer", "shorter", "evicts", "outage", "inconsistent"] as const)(
  "nothing can be written of %s",
  (verdict) => {
    expect(written({ verdict })).toBeUndefined();
  },
);

test("the longest that the server takes is told, and what is not known for want of flows", () => {
  const longer = { ...FOUND, verdict: "longer" } as const;
  const [borne] = findingLines(longer, FOUND.aliveMs);
  const [limited] = findingLines({ ...longer, aliveMs: 3_540_000, serverMaximumMs: 3_540_000 }, 3_600_000);
  const [lostBelow] = findingLines({ ...longer, serverMaximumMs: 3_540_000 }, 3_600_000);
  const [lost] = findingLines({ ...longer, failedCount: 3 }, 2 * FOUND.aliveMs);
  expect([borne, limited, lostBelow, lost]).toEqual([
    "no idle time-out up to 12m55s; --to tries longer",
    "no idle time-out up to 59m: the server takes no interval above 59m",
    "no idle time-out up to 12m55s; of longer silences nothing is known",
    "no idle time-out up to 12m55s; of longer silences nothing is known",
  ]);
  expect(findingJson({ ...FOUND, serverMaximumMs: 3_540_000 }, "host")).toMatchObject({ serverMaximumSeconds: 3540 });
});

test.each([
  [0, undefined, undefined],
  [1, undefined, "1 flow did not come about, nothing follows from that"],
  [2, "HTTP 503", "2 flows did not come about (HTTP 503), nothing follows from that"],
])("of %i flows that did not come about it is told why (%s)", (failedCount, failedReason, line) => {
  const lines = findingLines({ ...FOUND, failedCount, ...(failedReason !== undefined && { failedReason }) }, 1);
  expect(lines.find((told) => told.includes("come about"))).toBe(line);
});

test("what is about to be done is told with the time that it takes by the clock", () => {
  const search = { fromMs: 30_000, toMs: 3_600_000, precisionMs: 5000, flowCount: 80, graceMs: 10_000, preset: false };
  expect(planLine(search, 60)).toBe(
    "silences of 30s to 1h are tried: up to 1m until a time-out is known, and little more than that to narrow it",
  );
  expect(planLine({ ...search, preset: true }, 1)).toMatch(
    /up to 1h20s .* each round that narrows it takes as long as it$/u,
  );
});
