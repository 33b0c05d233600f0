import { expect, test } from "vitest";
import { setApiStage } from "../support/api-stage.ts";
import { lose, planMail } from "../support/mail-stage.ts";
import { say } from "../support/said.ts";

async function setCommandStage() {
  const api = await setApiStage({ plan: (target) => planMail(target, "mail") });
  return {
    stage: api.stage,
    say: (...args: readonly string[]) => say(args, { env: { IDLEWALL_URL: api.admin.url } }),
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  };
}

function linesOf(stdout: string): readonly string[] {
  return stdout.split("\n").map((line) => line.replaceAll(/ {2,}/gu, " | "));
}

test("recommend says what is missing before anything was seen, and no more than that", async () => {
  await using rig = await setCommandStage();
  expect(await rig.say("recommend")).toEqual({
    code: 0,
    stdout: "not enough seen yet: 0 of the 10 heartbeats needed have ended.\n",
    stderr: "",
  });
});

test("recommend says what bounds the heartbeat, why, what would not help, and what to set", async () => {
  await using rig = await setCommandStage();
  await lose(rig.stage, 3);
  const { code, stdout, stderr } = await rig.say("recommend");
  expect([code, stderr]).toEqual([0, ""]);
  expect(linesOf(stdout)).toEqual([
    expect.stringMatching(/^something in front of idlewall bounds the heartbeat/u),
    "",
    "Why:",
    expect.stringMatching(/^- seen so far: 1 device .* and 3 heartbeats, 3 failed/u),
    expect.stringMatching(/^- 1 device can't ask for less/u),
    expect.stringMatching(/^- now 100 % of the heartbeats fail/u),
    "- how sure this is: 99.9 %",
    "",
    "What would not help:",
    expect.stringMatching(/^- raising hop \(firewall, 10 min\)/u),
    "",
    "LISTENER | HOP | KIND | TODAY | DO | TO | WHY | SOURCE",
    expect.stringMatching(/^mail \| hop \| firewall \| 10 min \| keep \| /u),
    "",
    "NETWORK | LISTENER | BOUND BY | HOLDS | FAILS | SURE | DEVICES | HEARTBEATS | FAILED",
    "127.0.0.0/24 | mail | front | 0 s | 99.9 % | 1 | 3 | 3",
    "",
  ]);
});

test("recommend says the same as JSON", async () => {
  await using rig = await setCommandStage();
  await lose(rig.stage, 1);
  expect(JSON.parse((await rig.say("recommend", "--json")).stdout)).toMatchObject({
    overall: { notEnough: { of: "failures", seen: 1, needed: 3 } },
    networks: [{ network: "127.0.0.0/24", listener: "mail" }],
  });
  expect((await rig.say("recommend")).stdout).toMatch(/^127\.0\.0\.0\/24 +mail +not enough seen +1 +1 +1$/mu);
});
