import { array, assert, constantFrom, oneof, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { FileError } from "../../src/errors.ts";
import type { ConditionSettings, ConditionType } from "../../src/path/conditions/index.ts";
import { readProfile, readProfileValue } from "../../src/profile/reader.ts";

const HEAD = "name: a-path\ntitle: A path\nsource: A test\n";

/** A profile whose second hop, on line 9, is the condition given. */
function withCondition(condition: string, kind = "firewall"): string {
  return `${HEAD}hops:\n  - { name: first, kind: nat, conditions: [] }\n  - name: second\n    kind: ${kind}\n    conditions:\n      - ${condition}\n`;
}

function faultsIn(text: string): readonly string[] {
  try {
    readProfile(text, "f.yaml");
  } catch (error) {
    if (error instanceof FileError) return error.message.split("\n");
    throw error;
  }
  return [];
}

function conditionOf(text: string, kind?: string): ConditionSettings | undefined {
  return readProfile(withCondition(text, kind), "f.yaml").hops[1]?.conditions[0];
}

/** Every condition type there is, as a profile writes it with nothing left out. */
const WRITTEN: Record<ConditionType, readonly [string, ConditionSettings]> = {
  "idle-timeout": [
    "{ type: idle-timeout, idleTimeout: 13m, halfClosedTimeout: 2m, atExpiry: reset, refreshedBy: toServer }",
    {
      type: "idle-timeout",
      idleTimeoutMs: 780_000,
      halfClosedTimeoutMs: 120_000,
      atExpiry: { toDevice: "reset", toServer: "reset" },
      refreshedBy: "toServer",
    },
  ],
  lifetime: [
    "{ type: lifetime, age: 4h, atExpiry: close }",
    { type: "lifetime", ageMs: 14_400_000, atExpiry: { toDevice: "close", toServer: "close" } },
  ],
  latency: [
    "{ type: latency, delay: 300ms, jitter: 50ms, distribution: pareto, direction: toDevice }",
    { type: "latency", delayMs: 300, jitterMs: 50, distribution: "pareto", direction: "toDevice" },
  ],
  bandwidth: [
    "{ type: bandwidth, rate: 1.5Mbit/s, direction: toServer, queue: 1MiB }",
    { type: "bandwidth", bytesPerSecond: 187_500, direction: "toServer", queueBytes: 1_048_576 },
  ],
  stall: [
    "{ type: stall, direction: toDevice, after: 10m, for: 2m }",
    { type: "stall", direction: "toDevice", afterMs: 600_000, forMs: 120_000 },
  ],
  loss: [
    "{ type: loss, rate: 0.02, rto: 1s, direction: toServer }",
    { type: "loss", rate: 0.02, rtoMs: 1000, direction: "toServer" },
  ],
  outage: [
    "{ type: outage, at: 20m, for: 90s, every: 1h, rto: 1s }",
    { type: "outage", atMs: 1_200_000, forMs: 90_000, everyMs: 3_600_000, rtoMs: 1000 },
  ],
  "address-change": [
    "{ type: address-change, at: 1h, every: 8h, spread: 10m }",
    { type: "address-change", atMs: 3_600_000, everyMs: 28_800_000, spreadMs: 600_000 },
  ],
  "slow-accept": ["{ type: slow-accept, delay: 3s }", { type: "slow-accept", delayMs: 3000 }],
  refuse: ["{ type: refuse }", { type: "refuse" }],
  "flow-table": [
    "{ type: flow-table, flows: 100, whenFull: refuse, atEviction: reset, adaptive: { from: 60, to: 120, idleTimeout: 1d } }",
    {
      type: "flow-table",
      flows: 100,
      whenFull: "refuse",
      atEviction: { toDevice: "reset", toServer: "reset" },
      adaptive: { from: 60, to: 120, idleTimeoutMs: 86_400_000 },
    },
  ],
  "slow-close": [
    "{ type: slow-close, delay: 5s, direction: toDevice }",
    { type: "slow-close", delayMs: 5000, direction: "toDevice" },
  ],
  slice: [
    "{ type: slice, size: 64, variation: 16, pause: 10ms, direction: toServer }",
    { type: "slice", sizeBytes: 64, variationBytes: 16, pauseMs: 10, direction: "toServer" },
  ],
  "limit-data": [
    "{ type: limit-data, bytes: 1000, direction: toDevice, atLimit: reset }",
    { type: "limit-data", limitBytes: 1000, direction: "toDevice", atLimit: { toDevice: "reset", toServer: "reset" } },
  ],
  "black-hole": [
    "{ type: black-hole, direction: toDevice, endAfter: 1m, atEnd: close }",
    {
      type: "black-hole",
      direction: "toDevice",
      endAfterMs: 60_000,
      atEnd: { toDevice: "close", toServer: "close" },
    },
  ],
  "cut-off": [
    "{ type: cut-off, direction: toServer, after: 2s, ending: drop }",
    { type: "cut-off", direction: "toServer", afterMs: 2000, ending: { toDevice: "drop", toServer: "drop" } },
  ],
};

test.each(Object.entries(WRITTEN))("a condition of type %s is read", (_, [text, settings]) => {
  expect(conditionOf(text)).toEqual(settings);
});

test("a whole profile is read, its hops in their order", () => {
  const profile = readProfile(withCondition("{ type: idle-timeout, idleTimeout: 8m }"), "f.yaml");
  expect(profile).toMatchObject({ name: "a-path", title: "A path", source: "A test" });
  expect(profile.hops.map(({ name, kind }) => `${kind} ${name}`)).toEqual(["nat first", "firewall second"]);
});

test("what is left out of an idle time-out tells nobody and is refreshed by either side", () => {
  expect(conditionOf("{ type: idle-timeout, idleTimeout: 8m }")).toEqual({
    type: "idle-timeout",
    idleTimeoutMs: 480_000,
    atExpiry: { toDevice: "drop", toServer: "drop" },
    refreshedBy: "either",
  });
});

test("whether keepalive probes refresh is kept as it is written", () => {
  expect(conditionOf("{ type: idle-timeout, idleTimeout: 8m, refreshedByKeepalive: false }")).toMatchObject({
    refreshedByKeepalive: false,
  });
});

test.each([
  ["drop", "drop", "drop"],
  ["reset", "reset", "reset"],
  ["close", "close", "close"],
  ["reset-on-next", "reset-on-next", "reset-on-next"],
  ["{ respond: 408 }", { respond: 408 }, "reset"],
  ["{ respond: 502 }", { respond: 502 }, "reset"],
  ["{ respond: 504 }", { respond: 504 }, "reset"],
  ["{ respond: 524 }", { respond: 524 }, "reset"],
  ["{ toDevice: drop, toServer: reset }", "drop", "reset"],
  ["{ toDevice: { respond: 504 }, toServer: drop }", { respond: 504 }, "drop"],
])("atExpiry %s is, leg by leg, %j and %j", (text, toDevice, toServer) => {
  const settings = conditionOf(`{ type: idle-timeout, idleTimeout: 8m, atExpiry: ${text} }`, "reverse-proxy");
  expect(settings).toMatchObject({ atExpiry: { toDevice, toServer } });
});

test("what a profile says about itself is read as it was written", () => {
  const about = "category: firewall\nvendor: Somebody\nproduct: Something\nunverified: [its end]\nnotes: [old]\n";
  expect(readProfile(`${HEAD}${about}hops: []\n`, "f.yaml")).toEqual({
    name: "a-path",
    title: "A path",
    source: "A test",
    category: "firewall",
    vendor: "Somebody",
    product: "Something",
    unverified: ["its end"],
    notes: ["old"],
    hops: [],
  });
});

describe("a fault has its line, its column, what was found and what was expected", () => {
  const idle = (fields: string) => withCondition(`{ type: idle-timeout, ${fields} }`);
  test.each([
    ["a bare number", idle("idleTimeout: 780"), ["9:44: found 780, expected a duration with a unit, such as 13m"]],
    ["a zero", idle("idleTimeout: 0m"), ['9:44: found "0m", expected more than zero']],
    ["a negative duration", idle("idleTimeout: -13m"), [/^f.yaml:9:44: found "-13m", a negative duration/u]],
    ["an absurd duration", idle("idleTimeout: 31d"), ['9:44: found "31d", expected 30d at most']],
    ["a time-out too short", idle("idleTimeout: 999ms"), ['9:44: found "999ms", expected 1s at least']],
    [
      "a missing time-out",
      withCondition("type: idle-timeout"),
      [/^f.yaml:9:9: idleTimeout is missing, expected a duration/u],
    ],
    [
      "a missing type",
      withCondition("idleTimeout: 8m"),
      [/^f.yaml:9:9: type is missing, expected idle-timeout, lifetime, /u],
    ],
    [
      "an unknown type",
      withCondition("type: idle-timout"),
      [/^f.yaml:9:15: .*expected idle-timeout, .*; did you mean idle-timeout\?$/u],
    ],
    ["a condition that is text", withCondition("8m"), ['9:9: found "8m", expected a mapping']],
    [
      "an unknown key",
      idle("idleTimout: 8m, idleTimeout: 8m"),
      [/^f.yaml:9:31: found the unknown key "idleTimout".*did you mean idleTimeout\?$/u],
    ],
    [
      "a wrong flag",
      idle("idleTimeout: 8m, refreshedByKeepalive: often"),
      ['9:70: found "often", expected true or false'],
    ],
    [
      "an unknown side",
      idle("idleTimeout: 8m, refreshedBy: device"),
      ['9:61: found "device", expected either, toServer or toDevice; did you mean toDevice?'],
    ],
    [
      "an unknown ending",
      idle("idleTimeout: 8m, atExpiry: dorp"),
      [/^f.yaml:9:58: found "dorp", expected drop, reset, close, reset-on-next, \{ respond: 504 \} or/u],
    ],
    ["a near ending", idle("idleTimeout: 8m, atExpiry: rest"), [/did you mean reset\?$/u]],
    ["an ending that is a list", idle("idleTimeout: 8m, atExpiry: []"), [/^f.yaml:9:58: found a list, expected drop/u]],
    ["an empty ending", idle("idleTimeout: 8m, atExpiry: "), [/^f.yaml:9:\d+: found nothing, expected drop/u]],
    [
      "a status nobody sends",
      idle("idleTimeout: 8m, atExpiry: { respond: 500 }"),
      ["9:69: found 500, expected 408, 502, 504 or 524"],
    ],
    [
      "one leg alone",
      idle("idleTimeout: 8m, atExpiry: { toDevice: drop }"),
      ["9:58: toServer is missing, expected drop, reset, close or reset-on-next"],
    ],
    [
      "a leg's unknown ending",
      idle("idleTimeout: 8m, atExpiry: { toDevice: 1, toServer: drop }"),
      [/^f.yaml:9:70: found 1, expected drop, reset, close, reset-on-next or \{ respond: 504 \}$/u],
    ],
    [
      "an answer to the server",
      withCondition(
        "{ type: idle-timeout, idleTimeout: 8m, atExpiry: { toDevice: drop, toServer: { respond: 504 } } }",
      ),
      [/^f.yaml:9:86: found a mapping, expected drop/u],
    ],
    [
      "an answer from a firewall",
      idle("idleTimeout: 8m, atExpiry: { respond: 504 }"),
      [
        "9:58: found respond at hop 2 of 2, kind firewall: expected it at the last hop, kind reverse-proxy, which terminates TLS",
      ],
    ],
    ["no source", "name: a\ntitle: b\nhops: []\n", ["1:1: source is missing, expected text"]],
    ["a blank source", "name: a\ntitle: b\nsource: ' '\nhops: []\n", ['3:9: found " ", expected some words']],
    [
      "a name in capitals",
      "name: A\ntitle: b\nsource: c\nhops: []\n",
      [/^f.yaml:1:7: found "A", expected lower-case words joined by hyphens/u],
    ],
    [
      "an endless name",
      `name: ${"a".repeat(65)}\ntitle: b\nsource: c\nhops: []\n`,
      [/^f.yaml:1:7: found "a+…, expected 64 characters at most$/u],
    ],
    ["a number for a name", "name: 13\ntitle: b\nsource: c\nhops: []\n", ["1:7: found 13, expected text"]],
    ["hops that are a mapping", `${HEAD}hops: {}\n`, ["4:7: found a mapping, expected a list"]],
    ["hops that are nothing", `${HEAD}hops:\n`, ["4:6: found nothing, expected a list"]],
    [
      "too many hops",
      `${HEAD}hops: [${Array.from({ length: 17 }, (_, at) => `{ name: h${at}, kind: nat, conditions: [] }`).join()}]\n`,
      ["4:7: found a list of 17, expected 16 hops at most"],
    ],
    [
      "an unknown kind",
      `${HEAD}hops: [{ name: a, kind: natt, conditions: [] }]\n`,
      [/^f.yaml:4:25: found "natt".*did you mean nat\?$/u],
    ],
    [
      "an unknown category",
      `${HEAD}category: fire-wall\nhops: []\n`,
      [/^f.yaml:4:11: found "fire-wall", expected reference, .* or chain; did you mean firewall\?$/u],
    ],
    ["what is unverified as one text", `${HEAD}unverified: all\nhops: []\n`, ['4:13: found "all", expected a list']],
    ["an empty note", `${HEAD}notes: ['']\nhops: []\n`, ['4:9: found "", expected some words']],
    ["a vendor without a name", `${HEAD}vendor:\nhops: []\n`, ["4:8: found nothing, expected text"]],
    [
      "too many notes",
      `${HEAD}notes: [a, b, c, d, e, f, g, h, i]\nhops: []\n`,
      ["4:8: found a list of 9, expected 8 entries at most"],
    ],
    ["an empty file", "", ["1:1: found nothing, expected a mapping"]],
    ["a text", "nonsense", ['1:1: found "nonsense", expected a mapping']],
    ["a dangerous key", `${HEAD}hops: []\n__proto__: 1\n`, [/^f.yaml:5:1: found the unknown key "__proto__"/u]],
    ["broken YAML", `${HEAD}hops: [`, [/^f.yaml:4:8: /u]],
  ])("%s", (_, text, expected) => {
    const faults = faultsIn(text);
    expect(faults).toHaveLength(expected.length);
    for (const [index, each] of expected.entries())
      expect(faults[index]).toMatch(typeof each === "string" ? `f.yaml:${each}` : each);
  });
});

test("a file's faults are one error that names the file", () => {
  expect(() => readProfile("hops: 5", "dir/f.yaml")).toThrow(
    expect.objectContaining({ code: "E_PROFILE_INVALID", file: "dir/f.yaml" }),
  );
  expect(() => readProfile("{", "dir/f.yaml")).toThrow(expect.objectContaining({ code: "E_PROFILE_INVALID" }));
});

test("every fault is told at once, in the order of the file, those across hops among them", () => {
  const text = `name: A\ntitel: x\nhops:
  - { name: one, kind: nat, conditions: [{ type: idle-timeout, idleTimeout: 5, atExpiry: drop }] }
  - { name: two, kind: nat, conditions: [{ type: idle-timeout, idleTimeout: 5m, atExpiry: { respond: 504 } }] }
  - { name: two, kind: reverse-proxy, conditions: [] }
`;
  expect(faultsIn(text).map((fault) => fault.replace(/,.*/u, ""))).toEqual([
    "f.yaml:1:1: title is missing",
    "f.yaml:1:1: source is missing",
    'f.yaml:1:7: found "A"',
    'f.yaml:2:1: found the unknown key "titel"',
    "f.yaml:4:77: found 5",
    "f.yaml:5:91: found respond at hop 2 of 3",
    'f.yaml:6:13: found "two"',
  ]);
});

test("a fault of one value hides none of those across hops", () => {
  const text = `${HEAD}hops:
  - { name: two, kind: nta, conditions: [{ type: stall, name: Bad }, { type: loss, name: slow, rate: 0.1 }] }
  - { name: two, kind: nat, conditions: [{ type: idle-timeout, idleTimeout: 5, atExpiry: { respond: 504 } }] }
  - { name: three, kind: nat, conditions: [{ type: latncy, name: slow }], extra: 1 }
  - { name: two, kind: nta, conditions: [3, { type: idle-timeout, idleTimeout: 5m, atExpiry: { respond: 504 } }] }
  - 5
`;
  expect(faultsIn(text).map((fault) => fault.replace(/,.*/u, ""))).toEqual([
    'f.yaml:5:24: found "nta"',
    'f.yaml:5:63: found "Bad"',
    'f.yaml:6:13: found "two"',
    "f.yaml:6:77: found 5",
    "f.yaml:6:90: found respond at hop 2 of 5",
    'f.yaml:7:52: found "latncy"',
    'f.yaml:7:66: found "slow"',
    'f.yaml:7:75: found the unknown key "extra"',
    'f.yaml:8:13: found "two"',
    'f.yaml:8:24: found "nta"',
    "f.yaml:8:42: found 3",
    "f.yaml:9:5: found 5",
  ]);
});

test("a plain value is read without a file", () => {
  expect(readProfileValue({ name: "a", title: "b", source: "c", hops: [] })).toMatchObject({ kind: "profile" });
  expect(readProfileValue(5)).toEqual({
    kind: "faults",
    faults: [{ path: [], message: "found 5, expected a mapping" }],
  });
});

test("no text makes the reader throw anything but its own error", () => {
  const pieces = constantFrom(
    "name: a",
    "\n",
    "  ",
    "- ",
    "{",
    "}",
    "[",
    "]",
    "hops:",
    ": ",
    "&a ",
    "*a",
    "!!x ",
    "13m",
    '"',
    "#",
    "|",
    "\u0000",
    "kind: nat",
  );
  assert(
    property(
      oneof(
        string(),
        array(pieces).map((parts) => parts.join("")),
      ),
      (text) => {
        expect(() => faultsIn(text)).not.toThrow();
      },
    ),
    { numRuns: 300 },
  );
});
