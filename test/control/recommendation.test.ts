import { afterAll, describe, expect, test } from "vitest";
import { type ApiStage, type ApiStageSettings, setApiStage } from "../support/api-stage.ts";
import { askShort, lose, planMail } from "../support/mail-stage.ts";
import { expectNothingOpen } from "../support/wire-stage.ts";

afterAll(expectNothingOpen);

function setMailStage(
  listeners: readonly string[] = ["mail"],
  emulator: ApiStageSettings["emulator"] = {},
): Promise<ApiStage> {
  return setApiStage({ plan: (target) => planMail(target, ...listeners), emulator });
}

describe("a recommendation", { concurrent: true }, () => {
  test("says what is missing before anything was seen", async () => {
    await using api = await setMailStage();
    expect((await api.ask("GET", "/recommendation")).body).toEqual({
      overall: {
        notEnough: { of: "heartbeats", seen: 0, needed: 10 },
        text: "not enough seen yet: 0 of the 10 heartbeats needed have ended.",
        reasons: [],
        wontHelp: [],
        hops: [],
        sample: { devices: 0, searching: 0, settled: 0, collapsed: 0, heartbeats: 0, failed: 0 },
      },
      networks: [],
    });
  });

  test("says what is missing while a wall in front is only suspected", async () => {
    await using api = await setMailStage();
    await lose(api.stage, 1);
    const { overall } = await api.client.getRecommendation();
    expect(overall).toMatchObject({ notEnough: { of: "failures", seen: 1, needed: 3 }, hops: [] });
    expect(overall.boundBy).toBeUndefined();
  });

  test("tells a wall in front, with the hop of ours that would not help", async () => {
    await using api = await setMailStage();
    await lose(api.stage, 3);
    const { overall, networks } = await api.client.getRecommendation();
    expect(overall).toMatchObject({
      boundBy: "front",
      atMostSeconds: 0,
      confidence: 0.999,
      wontHelp: [expect.stringMatching(/^raising hop \(firewall, 10 min\) gains nothing/u)],
      hops: [{ listener: "mail", hop: "hop", kind: "firewall", action: "keep", idleTimeoutSeconds: 600 }],
      sample: { devices: 1, collapsed: 1, heartbeats: 3, failed: 3, askedSeconds: 480 },
      gain: { failedShare: 1, intervalSeconds: 600, heartbeatsPerDayNow: 180, heartbeatsPerDayThen: 144 },
    });
    expect(networks).toEqual([{ network: "127.0.0.0/24", listener: "mail", ...overall }]);
  });

  test("heeds what is set in the way of devices now", async () => {
    await using api = await setMailStage();
    await lose(api.stage, 3);
    await api.client.changeCondition("mail", "hop/idle-timeout", { idleTimeout: "30m" });
    expect((await api.client.getRecommendation()).overall.hops).toMatchObject([{ idleTimeoutSeconds: 1800 }]);
    await api.client.changeCondition("mail", "hop/idle-timeout", { match: { deviceType: ["iPhone"] } });
    expect((await api.client.getRecommendation()).overall.gain).toMatchObject({ intervalSeconds: 1800 });
    await api.client.removeCondition("mail", "hop/idle-timeout");
    expect((await api.client.getRecommendation()).overall.hops).toEqual([]);
  });

  test("tells Exchange's alert", async () => {
    await using api = await setMailStage();
    await askShort(api.stage);
    const { overall } = await api.client.getRecommendation();
    expect(overall.reasons).toContainEqual(expect.stringMatching(/^Exchange would log event 1040: .*\[480\] s/u));
  });

  test("comes in pages, by network and listener, and is refused a cursor that is none", async () => {
    await using api = await setMailStage(["mail", "backup"]);
    await lose(api.stage, 1);
    await lose(api.stage, 1, "second", "backup");
    const first = (await api.ask("GET", "/recommendation?limit=1")).body;
    expect(first).toMatchObject({ networks: [{ listener: "backup" }], next: "127.0.0.0/24 backup" });
    const second = (await api.ask("GET", "/recommendation?limit=1&cursor=127.0.0.0%2F24%20backup")).body;
    expect(second).toMatchObject({ networks: [{ listener: "mail" }] });
    expect(second).not.toHaveProperty("next");
    const { networks } = await api.client.getRecommendation();
    expect(networks.map(({ listener }) => listener)).toEqual(["backup", "mail"]);
    expect((await api.ask("GET", "/recommendation?cursor=127.0.0.0%2F24")).status).toBe(400);
    expect((await api.ask("POST", "/recommendation")).status).toBe(405);
  });
});
