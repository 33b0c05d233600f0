import { afterAll, describe, expect, test } from "vitest";
import { RunScenario } from "../../src/live/run-scenario.ts";
import type { ConditionSettings } from "../../src/path/conditions/index.ts";
import type { Match } from "../../src/path/match.ts";
import type { Narrowing } from "../../src/path/narrowed.ts";
import { Timeline } from "../../src/path/timeline.ts";
import type { Profile } from "../../src/path/hop.ts";
import { hopWith } from "../support/held.ts";
import { getRequest, textAnswer } from "../support/requests.ts";
import { LEG_KINDS, profileOf } from "../support/rig.ts";
import { connectDevice, type WireDevice } from "../support/wire-device.ts";
import type { ServerPeer } from "../support/wire-server.ts";
import { expectNothingOpen, setStage, type WireStage } from "../support/wire-stage.ts";

afterAll(expectNothingOpen);

/** A path on which no answer comes back, as far as it is so narrowed. */
function stalledFor(narrowing: Narrowing): Profile {
  return profileOf(hopWith("hop", { type: "stall", direction: "toDevice", afterMs: 0, ...narrowing }));
}

function refusing(match: Match): Profile {
  const refuse: ConditionSettings = { type: "refuse", match };
  return profileOf(hopWith("hop", refuse));
}

/** A command of a device, without a body. */
function command(name: string, deviceId = "d1", agent = "Apple-iPhone/1"): string {
  const query = `Cmd=${name}&User=Anna&DeviceId=${deviceId}&DeviceType=iPhone`;
  const fields = `Host: a\r\nUser-Agent: ${agent}\r\nContent-Length: 0`;
  return `POST /Microsoft-Server-ActiveSync?${query} HTTP/1.1\r\n${fields}\r\n\r\n`;
}

/** A server's script: answers every request. */
function answersAll(peer: ServerPeer): void {
  peer.socket.on("data", () => {
    if (peer.text.endsWith("\r\n\r\n") && !peer.text.endsWith(getRequest("/settle"))) peer.write(textAnswer("told"));
  });
}

/** How many answers the device has once these requests have been answered, each after the one before. */
async function answers(stage: WireStage, device: WireDevice, ...requests: readonly string[]): Promise<number> {
  for (const request of requests) {
    device.send(request);
    await stage.settle();
  }
  return device.text.split("told").length - 1;
}

describe.each(LEG_KINDS)("over the %s leg, a condition is narrowed", { concurrent: true }, (legKind) => {
  test.each<[string, Match, string, string]>([
    ["a command", { command: ["Ping"] }, command("Sync"), command("Ping")],
    ["a device", { deviceId: ["d2"] }, command("Sync", "d1"), command("Sync", "d2")],
    ["a type of device", { deviceType: ["iPh*"] }, getRequest(), command("Sync")],
    ["a user", { user: ["anna"] }, getRequest(), command("Sync")],
    ["an agent", { userAgent: ["Apple*"] }, command("Sync", "d1", "Android"), command("Sync")],
    ["a path", { path: ["/owa"] }, getRequest("/ews?/owa"), getRequest("/owa/auth?x")],
  ])("to %s", async (_what, match, passes, stalls) => {
    await using stage = await setStage({ legKind, profile: stalledFor({ match }) }, answersAll);
    const device = await stage.device();
    expect(await answers(stage, device, passes)).toBe(1);
    expect(await answers(stage, device, stalls)).toBe(1);
    expect(stage.rig.proxy.flow(1)?.leg.path.inspect()[0]).toMatchObject({ active: true });
  });

  test("to a command, until another one comes", async () => {
    await using stage = await setStage({ legKind, profile: stalledFor({ match: { command: ["Ping"] } }) }, answersAll);
    const device = await stage.device();
    expect(await answers(stage, device, command("Ping"))).toBe(0);
    expect(await answers(stage, device, command("Sync"))).toBe(2);
  });

  test("to a network", async () => {
    await using stage = await setStage({ legKind, profile: refusing({ source: ["10.0.0.0/8"] }) });
    expect(await fatesOf(stage, 1)).toBe("+");
    stage.rig.proxy.profile = refusing({ source: ["10.0.0.0/8", "127.0.0.0/8"] });
    expect(await fatesOf(stage, 1)).toBe("-");
  });

  test("to some occasions", async () => {
    await using stage = await setStage({ legKind, profile: refusing({ skip: 1, every: 2, times: 2 }) });
    expect(await fatesOf(stage, 8)).toBe("+-+-++++");
  });

  test("to a share of the flows, the same in every run of a seed", async () => {
    const profile = refusing({ share: 0.5, shareOf: "flows" });
    const fates: string[] = [];
    for (const seed of [7, 7, 8]) {
      await using stage = await setStage({ legKind, profile, scenario: new RunScenario(seed) });
      fates.push(await fatesOf(stage, 12));
    }
    expect(fates[0]).toMatch(/^(?=.*\+)(?=.*-)[+-]{12}$/u);
    expect(fates[1]).toBe(fates[0]);
    expect(fates[2]).not.toBe(fates[0]);
  });

  test("to a share of the devices, each with all its flows or with none", async () => {
    await using stage = await setStage({ legKind, profile: stalledFor({ match: { share: 0.5 } }) }, answersAll);
    const round = async (): Promise<readonly number[]> => {
      const told: number[] = [];
      for (let id = 1; id <= 8; id += 1) {
        const device = await stage.device();
        told.push(await answers(stage, device, command("Sync", `d${id}`)));
      }
      return told;
    };
    const first = await round();
    expect(new Set(first)).toEqual(new Set([0, 1]));
    expect(await round()).toEqual(first);
  });

  test("to a time, after which what was withheld goes on", async () => {
    const profile = stalledFor({ match: { command: ["Ping"] }, during: { untilMs: 500 } });
    await using stage = await setStage({ legKind, profile }, answersAll);
    const device = await stage.device();
    expect(await answers(stage, device, command("Ping"))).toBe(0);
    stage.start();
    await device.until(() => device.text.endsWith("told"));
    expect(stage.rig.scheduler.now()).toBeGreaterThanOrEqual(500);
    expect(await answers(stage, device, command("Ping"))).toBe(2);
  });

  test("to a timeline that is started and stopped under live flows", async () => {
    const timeline = new Timeline();
    const profile = stalledFor({ during: { fromMs: 0 } });
    await using stage = await setStage({ legKind, profile, scenario: new RunScenario(0, timeline) }, answersAll);
    const device = await stage.device();
    expect(await answers(stage, device, command("Sync"))).toBe(1);
    timeline.start(stage.rig.scheduler.now());
    stage.rig.proxy.review();
    expect(await answers(stage, device, command("Sync"))).toBe(1);
    timeline.stop();
    stage.rig.proxy.review();
    await device.until(() => device.text.split("told").length === 3);
    expect(await answers(stage, device, command("Sync"))).toBe(3);
  });
});

/** What becomes of so many devices one after the other: `+` is served, `-` sees an RST. */
async function fatesOf(stage: WireStage, count: number): Promise<string> {
  let fates = "";
  for (let at = 0; at < count; at += 1) {
    const device = await connectDevice(stage.port).catch(() => undefined);
    const secured = device?.secured().then(() => "+");
    fates += device === undefined ? "-" : await Promise.race([device.ended().then(() => "-"), secured]);
    device?.raw.destroy();
  }
  return fates;
}
