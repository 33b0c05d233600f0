import { afterAll, describe, expect, test } from "vitest";
import { deviceHash } from "../../src/live/device-hash.ts";
import { type ApiStage, type ApiStageSettings, setApiStage } from "../support/api-stage.ts";
import { askShort, lose, park, planMail } from "../support/mail-stage.ts";
import { expectNothingOpen } from "../support/wire-stage.ts";

afterAll(expectNothingOpen);

function setMailStage(emulator: ApiStageSettings["emulator"] = {}): Promise<ApiStage> {
  return setApiStage({ plan: (target) => planMail(target, "mail"), emulator });
}

describe("bounds", { concurrent: true }, () => {
  test("tell of the path in front of each network, as far as is known", async () => {
    await using api = await setMailStage();
    expect((await api.ask("GET", "/bounds")).body).toEqual({ networks: [] });
    await lose(api.stage, 3);
    const wall = { state: "wall", heldSamples: 0, shortestFailedSeconds: 0, failedSamples: 3, confidence: 0.999 };
    const counts = { heldCount: 0, failedCount: 3, endedByHopsCount: 0, lastSeenAt: 0 };
    expect((await api.ask("GET", "/bounds")).body).toEqual({
      networks: [{ network: "127.0.0.0/24", ...wall, ...counts }],
    });
    const { id, kind, ...found } = await api.client.waitFor("wallFound", { after: 0 });
    expect([id > 1, kind, found]).toEqual([true, "wallFound", { network: "127.0.0.0/24", at: 0, ...wall }]);
  });

  test.each([
    [{ ipv4Prefix: 8 }, "127.0.0.0/8"],
    [{ ipv4Prefix: 32 }, "127.0.0.1/32"],
  ])("are of networks as wide as %j says", async (tracking, network) => {
    await using api = await setMailStage({ tracking });
    await lose(api.stage, 1);
    expect(await api.client.listBounds()).toMatchObject([{ network, state: "suspected", confidence: 0.9 }]);
  });

  test("come in pages, and are refused a cursor that is none", async () => {
    await using api = await setMailStage();
    await lose(api.stage, 1);
    expect((await api.ask("GET", "/bounds?cursor=127.0.0.0%2F24")).body).toEqual({ networks: [] });
    expect((await api.ask("GET", "/bounds?cursor=126.0.0.0%2F24")).body).toMatchObject({ networks: [{}] });
    expect((await api.ask("GET", "/bounds?cursor=x")).status).toBe(400);
  });
});

describe("alerts", { concurrent: true }, () => {
  test("tell what Exchange would say, for each command", async () => {
    await using api = await setMailStage();
    const none = { raised: false, samples: 0, thresholdSeconds: 540 };
    expect(await api.client.listAlerts()).toEqual([
      { command: "Ping", ...none },
      { command: "Sync", ...none },
    ]);
    await askShort(api.stage);
    const text = expect.stringContaining("[480] s on average");
    const raised = { command: "Ping", meanSeconds: 480, samples: 200, thresholdSeconds: 540, text };
    expect(await api.client.listAlerts()).toMatchObject([{ raised: true, ...raised }, { command: "Sync" }]);
    expect(await api.client.waitFor("alertRaised", { after: 0 })).toMatchObject({ ...raised, at: 0 });
  });
});

describe("what is found in a device", { concurrent: true }, () => {
  test("is told behind the event that showed it: a collision, a storm", async () => {
    await using api = await setMailStage();
    await park(api.stage, "first");
    const { device } = await park(api.stage, "first");
    const collided = await api.client.waitFor("collided", { after: 0 });
    const ping = { device: deviceHash({ deviceId: "first", user: "anna" }), deviceType: "PocketPC", command: "Ping" };
    expect(collided).toEqual({ kind: "collided", id: collided.id, at: 0, ...ping });
    const asked = await api.client.waitFor((event) => event.id === collided.id - 1, { after: 0 });
    expect(asked).toMatchObject({ kind: "asked", collides: true });
    const ended = await api.client.waitFor("ended", { after: 0 });
    expect(ended).toMatchObject({ outcome: "lost", returned: true });
    device.raw.resetAndDestroy();
    await askShort(api.stage);
    expect(await api.client.waitFor("stormBegan", { after: 0 })).toMatchObject(ping);
  });
});
