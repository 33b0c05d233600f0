import { describe, expect, test } from "vitest";
import { boundsWords, percent } from "../../src/cli/bounds-words.ts";
import { eventLine } from "../../src/cli/event-line.ts";
import { tell } from "../../src/control/api/told.ts";
import { setApiStage } from "../support/api-stage.ts";
import { EVERY_FOUND } from "../support/found.ts";
import { askShort, lose, planMail } from "../support/mail-stage.ts";
import { say } from "../support/said.ts";
import type { Finished } from "./idlewall.ts";

/** A stage with devices, and the command that speaks to it. */
async function setCommandStage() {
  const api = await setApiStage({ plan: (target) => planMail(target, "mail") });
  return {
    stage: api.stage,
    say: (...args: readonly string[]): Promise<Finished> => say(args, { env: { IDLEWALL_URL: api.admin.url } }),
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  };
}

describe("bounds", () => {
  test("are shown as a table, or as JSON", async () => {
    await using rig = await setCommandStage();
    await lose(rig.stage, 3);
    const { code, stdout, stderr } = await rig.say("bounds");
    expect([code, stderr, stdout.split("\n").map((line) => line.replaceAll(/ {2,}/gu, " | "))]).toEqual([
      0,
      "",
      [
        "NETWORK | PATH | LONGEST HELD | TIMES | SHORTEST FAILED | TIMES | SURE | ENDED BY OUR HOPS",
        "127.0.0.0/24 | wall | 0 s | 3 | 99.9 % | 0",
        "",
      ],
    ]);
    expect(JSON.parse((await rig.say("bounds", "--json")).stdout)).toMatchObject([{ network: "127.0.0.0/24" }]);
  });

  test.each([
    [{ state: "open", confidence: 0 }, "open, time-out"],
    [{ state: "open", longestHeldSeconds: 420, confidence: 0 }, "open, 7 min < time-out"],
    [
      { state: "suspected", longestHeldSeconds: 420, shortestFailedSeconds: 440, confidence: 0.9 },
      "suspected, 7 min < time-out <= 7 min 20 s, 90 % sure",
    ],
    [{ state: "wall", shortestFailedSeconds: 440, confidence: 0.9999 }, "wall, time-out <= 7 min 20 s, 99.9 % sure"],
  ] as const)("are said of %j", (bracket, words) => {
    expect(boundsWords({ heldSamples: 0, failedSamples: 0, ...bracket })).toBe(words);
  });

  test.each([
    [0.9, "90 %"],
    [0.999, "99.9 %"],
    [0.9949, "99.4 %"],
    [0.99999, "99.9 %"],
    [1, "100 %"],
  ])("call a confidence of %d %s", (share, words) => {
    expect(percent(share)).toBe(words);
  });
});

test("alerts are shown as a table, with the text of one that is raised, or as JSON", async () => {
  await using rig = await setCommandStage();
  const before = (await rig.say("alerts")).stdout.split("\n").map((line) => line.replaceAll(/ {2,}/gu, " | "));
  expect(before).toEqual([
    "COMMAND | ALERT | MEAN | INTERVALS | RAISED AT OR BELOW",
    "Ping | no | 0 | 540 s",
    "Sync | no | 0 | 540 s",
    "",
  ]);
  await askShort(rig.stage);
  const { stdout } = await rig.say("alerts");
  expect(stdout).toMatch(/^Ping +raised +480 s +200 +540 s$/mu);
  expect(stdout).toMatch(/^heartbeat intervals are \[480\] s on average for request \[Ping\]/mu);
  expect(JSON.parse((await rig.say("alerts", "--json")).stdout)).toMatchObject([{ raised: true }, { raised: false }]);
});

test("what is found is a line among the events", () => {
  const lines = EVERY_FOUND.map((event) =>
    eventLine(tell({ kind: "found", event }, 1, { deviceHash: () => "0123456789ab" })),
  );
  expect(lines.map((line) => line.trim().replaceAll(/ {2,}/gu, " "))).toEqual([
    "0:00:05 unheard device 0123456789ab did not hear the answer to its Ping, given after 8 min",
    "0:00:05 collided device 0123456789ab has two requests parked at once",
    "0:00:05 stormBegan device 0123456789ab asks without pause (Ping)",
    "0:00:05 stormEnded device 0123456789ab has paused",
    expect.stringMatching(/^0:00:05 alertRaised event 1040: heartbeat intervals are \[481\] s on average/u),
    "0:00:05 alertCleared event 1040 is over: intervals for Ping are 543 s on average",
    "0:00:05 wallFound 192.0.2.0/24: wall, 7 min < time-out <= 7 min 20 s, 99.9 % sure",
    "0:00:05 wallLifted 192.0.2.0/24: open, 7 min < time-out",
  ]);
});
