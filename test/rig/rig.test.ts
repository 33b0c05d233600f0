import { describe, expect, test } from "vitest";
import { readProfile } from "../../src/profile/reader.ts";
import { startRig } from "../../src/rig/start-rig.ts";
import { startTcpServer } from "../support/rig.ts";

const IDLE = { type: "idle-timeout", idleTimeout: "30m" } as const;

describe("a rig", { concurrent: true }, () => {
  test("has a server of its own, whose mail ends a device's wait", async () => {
    await using rig = await startRig({ timeScale: 60 });
    const device = rig.startDevice({ model: "fixed" });
    await rig.waitFor("asked", { after: 0 });
    rig.server?.deliver("user1", "Hello");
    const [first] = await device.concluded(1);
    expect(first?.ending).toMatchObject({ kind: "changes" });
    expect(rig.events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["flowOpened", "asked", "ended"]));
  });

  test("tells device ids, for they are its own devices", async () => {
    await using rig = await startRig({ timeScale: 60 });
    rig.startDevice({ identity: { deviceId: "abc", user: "ann", deviceType: "SP" } });
    expect(await rig.waitFor("asked", { after: 0 })).toMatchObject({ deviceId: "abc", deviceType: "SP" });
  });

  test("adds, changes and removes conditions", async () => {
    await using rig = await startRig({ profile: "carrier-13min" });
    const id = rig.addCondition("firewall", IDLE, { kind: "firewall", flows: "all" });
    expect(id).toBe("firewall/idle-timeout");
    rig.changeCondition(id, { idleTimeout: "20m", name: "short" });
    expect(rig.profile.hops[1]).toMatchObject({ kind: "firewall", conditions: [{ idleTimeoutMs: 1_200_000 }] });
    rig.removeCondition("short", { flows: "all" });
    expect(rig.profile.hops.map(({ name }) => name)).toEqual(["carrier"]);
    rig.setProfile("firewall-30min", { flows: "all" });
    expect(rig.profile.name).toBe("firewall-30min");
  });

  test("refuses what can't be, and says why", async () => {
    await using rig = await startRig({ profile: "carrier-13min" });
    const bad = { ...IDLE, idleTimeout: "30" };
    expect(() => rig.addCondition("x", bad)).toThrow(/^\/condition\/idleTimeout: found "30", a number without a unit/u);
    expect(() => rig.addCondition("carrier", IDLE, { position: 7 })).toThrow(/^\/position: found 7/u);
    expect(() => rig.removeCondition("x")).toThrow('found no condition "x", expected carrier/idle-timeout');
    expect(() => rig.changeCondition("x", {})).toThrow('found no condition "x"');
    rig.addCondition("carrier", { ...IDLE, name: "short" });
    expect(() => rig.addCondition("carrier", { ...IDLE, name: "short" })).toThrow(
      /"short", which another condition has/u,
    );
    expect(() => rig.setProfile("no-such")).toThrow(expect.objectContaining({ code: "E_PROFILE_UNKNOWN" }));
    expect(() => rig.startDevice({ model: "nokia" })).toThrow(expect.objectContaining({ code: "E_MODEL_UNKNOWN" }));
    expect(rig.profile.hops[0]?.conditions).toHaveLength(2);
  });

  test("tells what was seen instead of what is waited for", async () => {
    await using rig = await startRig();
    rig.emulator.setSeed(5);
    await expect(rig.waitFor("ended", { after: 0, timeoutMs: 20 })).rejects.toMatchObject({
      code: "E_TIMEOUT",
      message: expect.stringMatching(
        /expected an event of kind ended within 20 ms in a run of seed 5, found 1 events:.*change/su,
      ),
    });
    const device = rig.startDevice({ startAfterMs: 3_600_000 });
    await expect(device.concluded(1, 20)).rejects.toMatchObject({
      code: "E_TIMEOUT",
      message: "expected 1 conclusions of the device within 20 ms, found 0",
    });
  });

  test("tells who waits what is wrong with the question, and goes on", async () => {
    await using rig = await startRig();
    const wrong = (): boolean => {
      throw new TypeError("not so");
    };
    const waiting = rig.waitFor(wrong);
    const other = rig.waitFor("change");
    rig.emulator.setSeed(5);
    await expect(waiting).rejects.toThrow("not so");
    expect(await other).toMatchObject({ what: "the seed is 5" });
    await expect(rig.waitFor(wrong, { after: 0 })).rejects.toThrow("not so");
  });

  test("waits as long as it is told to, and be it for ever", async () => {
    await using rig = await startRig();
    const waiting = rig.waitFor("change", { timeoutMs: Infinity });
    await expect(rig.waitFor("change", { timeoutMs: 20 })).rejects.toMatchObject({ code: "E_TIMEOUT" });
    rig.emulator.setSeed(5);
    expect(await waiting).toMatchObject({ what: "the seed is 5" });
  });

  test("leaves nobody waiting when it ends", async () => {
    const rig = await startRig();
    const device = rig.startDevice({ startAfterMs: 3_600_000 });
    const waits = Promise.allSettled([rig.waitFor("ended"), device.concluded(1)]);
    await rig.stop();
    const refused = { status: "rejected", reason: { code: "E_TIMEOUT", message: expect.stringContaining("the rig") } };
    expect(await waits).toMatchObject([refused, refused]);
    await expect(rig.waitFor("ended")).rejects.toMatchObject({ code: "E_TIMEOUT" });
  });

  test("can stand before another server, with a profile of one's own", async () => {
    const server = await startTcpServer((socket) => void socket.end());
    const profile = readProfile("name: mine\ntitle: Mine\nsource: a test\nhops: []\n", "mine.yaml");
    const rig = await startRig({ target: `http://127.0.0.1:${server.port}`, profile, seed: 9 });
    expect([rig.server, rig.emulator.scenario().seed, rig.profile]).toEqual([undefined, 9, profile]);
    expect(rig.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/u);
    await rig.stop();
    await server.stop();
  });

  test.each([{ profile: "no-such" }, { target: "nonsense" }])(
    "does not start with %j, and leaves nothing open",
    async (options) => {
      await expect(startRig(options)).rejects.toThrow(/no-such|nonsense/u);
    },
  );
});
