import { afterAll, describe, expect, test } from "vitest";
import { createAuthority, createLeaf } from "../../src/live/certificates.ts";
import { startClientAccess } from "../../src/live/client-access.ts";
import { loadProfile } from "../../src/live/profile-files.ts";
import { RealScheduler } from "../../src/live/real-scheduler.ts";
import { readProfile } from "../../src/profile/reader.ts";
import { writeProfile } from "../../src/profile/writer.ts";
import { startRig } from "../../src/rig/start-rig.ts";
import { idleHop, profileOf, startTcpServer } from "../support/rig.ts";
import { expectNothingOpen } from "../support/wire-stage.ts";

const IDLE = { type: "idle-timeout", idleTimeout: "30m" } as const;
const SILENT = { toDevice: "drop", toServer: "drop" } as const;

afterAll(expectNothingOpen);

describe("a rig", { concurrent: true }, () => {
  test("has a server of its own, whose mail ends a device's wait", async () => {
    await using rig = await startRig({ timeScale: 60 });
    const device = rig.startDevice({ model: "fixed" });
    const asked = await rig.waitFor("asked", { after: 0 });
    expect([asked.heartbeatIntervalSeconds, asked.deviceId]).toEqual([900, device.identity.deviceId]);
    rig.server?.deliver(device.identity.user, "Hello");
    const [first] = await device.concluded(1);
    expect(first?.ending).toMatchObject({ kind: "changes" });
    expect(rig.events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["flowOpened", "asked", "ended"]));
  });

  test("tells device ids, for they are its own devices", async () => {
    await using rig = await startRig({ timeScale: 60 });
    rig.startDevice({ identity: { deviceId: "abc", user: "ann", deviceType: "SP" } });
    expect(await rig.waitFor("asked", { after: 0 })).toMatchObject({ deviceId: "abc", deviceType: "SP" });
  });

  test("follows as many devices as it is told to", async () => {
    await using rig = await startRig({ timeScale: 60, tracking: { devices: 1 } });
    for (const deviceId of ["abc", "def"])
      rig.startDevice({ identity: { deviceId, user: "ann", deviceType: "SP" }, model: "fixed" });
    await rig.waitFor(() => rig.events.filter(({ kind }) => kind === "asked").length === 2, { after: 0 });
    expect(rig.emulator.devices()).toHaveLength(1);
    expect(rig.emulator.figures()).toMatchObject({ forgottenDevices: 1 });
    expect(rig.emulator.alerts()).toMatchObject([{ command: "Ping", samples: 2 }, { command: "Sync" }]);
  });

  test("calls its devices and their users by number", async () => {
    await using rig = await startRig();
    const devices = [rig.startDevice(), rig.startDevice({ model: "fixed" })];
    expect(devices.map(({ identity }) => identity)).toEqual([
      { deviceId: "device1", user: "user1", deviceType: "PocketPC" },
      { deviceId: "device2", user: "user2", deviceType: "SmartPhone" },
    ]);
  });

  test("gives the event of the kind that is waited for, or of what a guard finds", async () => {
    await using rig = await startRig();
    rig.emulator.setSeed(5);
    const byKind = await rig.waitFor("change", { after: 0 });
    const byGuard = await rig.waitFor((event) => event.kind === "change", { after: 0 });
    expect([byKind.what satisfies string, byGuard.what satisfies string]).toEqual(["the seed is 5", "the seed is 5"]);
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

  test("takes a profile as a value in either spelling, and changes of what conditions have", async () => {
    await using rig = await startRig();
    const carrier = loadProfile("carrier-13min");
    for (const value of [carrier, writeProfile(carrier)]) {
      rig.setProfile("direct");
      rig.setProfile(value);
      expect(rig.profile).toEqual(carrier);
    }
    rig.changeCondition("carrier/idle-timeout", { match: { deviceId: "a", user: "b" }, halfClosedTimeout: "1m" });
    rig.changeCondition("carrier/idle-timeout", { match: { user: null }, halfClosedTimeout: null });
    expect(rig.profile.hops[0]?.conditions[0]).toMatchObject({ match: { deviceId: ["a"] } });
    // @ts-expect-error -- the key is idleTimeout
    expect(() => rig.changeCondition("carrier/idle-timeout", { idleTimeOut: "1m" })).toThrow(/idleTimeOut/u);
  });

  test.each([
    [{ name: "x" }, /^\/title: /u],
    [{ ...writeProfile(loadProfile("direct")), hopz: 1 }, /^\/hopz: /u],
    [{ ...profileOf(idleHop(50, SILENT, "carrier")) }, /^\/hops\/0\/conditions\/0\/idleTimeout: /u],
    [undefined, /expected a mapping/u],
  ])("refuses %j as a profile, and keeps the one that it has", async (value, message) => {
    await using rig = await startRig({ profile: "carrier-13min" });
    const refused = expect.objectContaining({ code: "E_PROFILE_INVALID", message: expect.stringMatching(message) });
    // @ts-expect-error -- what no compiler has seen may be anything
    expect(() => rig.setProfile(value)).toThrow(refused);
    expect(rig.profile.name).toBe("carrier-13min");
    if (value === undefined) return;
    // @ts-expect-error -- as before
    await expect(startRig({ profile: value })).rejects.toThrow(refused);
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
    // @ts-expect-error -- there are new flows and all of them
    expect(() => rig.setProfile("direct", { flows: "some" })).toThrow('found flows "some", expected new or all');
    // @ts-expect-error -- the other settings are missing
    expect(() => rig.startDevice({ settings: { initialSeconds: 900 } })).toThrow(
      expect.objectContaining({
        code: "E_USAGE",
        message: expect.stringMatching(/^settings: minimum: found undefined s/u),
      }),
    );
    // @ts-expect-error -- there is no such model
    expect(() => rig.startDevice({ model: "nokia" })).toThrow(expect.objectContaining({ code: "E_MODEL_UNKNOWN" }));
    expect(rig.profile.hops[0]?.conditions).toHaveLength(2);
  });

  test("tells what was seen instead of what is waited for", async () => {
    await using rig = await startRig();
    rig.emulator.setSeed(5);
    await expect(rig.waitFor("ended", { after: 0, timeoutMs: 20 })).rejects.toMatchObject({
      code: "E_TIMEOUT",
      message: expect.stringMatching(
        /expected an event of kind ended within 20 ms in a run of seed 5, found 1 event:.*change/su,
      ),
    });
    const device = rig.startDevice({ startAfterMs: 3_600_000 });
    await expect(device.concluded(1, { timeoutMs: 20 })).rejects.toMatchObject({
      code: "E_TIMEOUT",
      message: "expected 1 conclusion of the device within 20 ms, found 0",
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

  test.each([-1, Number.NaN])("waits for no time of %d ms, and no such count", async (number) => {
    await using rig = await startRig();
    const device = rig.startDevice({ startAfterMs: 3_600_000 });
    const refused = { code: "E_USAGE", message: expect.stringContaining(`${number}`) };
    await expect(rig.waitFor("change", { timeoutMs: number })).rejects.toMatchObject(refused);
    await expect(device.concluded(1, { timeoutMs: number })).rejects.toMatchObject(refused);
    await expect(device.concluded(number)).rejects.toMatchObject(refused);
  });

  test("waits for no kind of event that is none, and says which was meant", async () => {
    await using rig = await startRig();
    // @ts-expect-error -- there is no such kind
    await expect(rig.waitFor("askd")).rejects.toMatchObject({
      code: "E_USAGE",
      message: expect.stringMatching(
        /^found the kind of event "askd", expected asked, ended, .* or change, or a function; did you mean asked\?$/u,
      ),
    });
    // @ts-expect-error -- a number is neither a kind nor a function
    await expect(rig.waitFor(5)).rejects.toMatchObject({ code: "E_USAGE" });
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

  test("says why flows die at the server", async () => {
    const target = "http://127.0.0.1:1";
    await using rig = await startRig({ target, targetCheck: false });
    rig.startDevice();
    await rig.waitFor("flowClosed", { after: 0 });
    expect(rig.serverFailures[0]).toMatchObject({ flow: 1, code: "ECONNREFUSED", connected: false });
    await expect(rig.waitFor("ended", { timeoutMs: 20 })).rejects.toThrow(
      /\nthe server failed \d+ flows?, the last with ECONNREFUSED: connect ECONNREFUSED/u,
    );
  });

  test("does nothing more once it was stopped", async () => {
    const rig = await startRig();
    await Promise.all([rig.stop(), rig.stop()]);
    const stopped = "found a rig that was stopped";
    expect(() => rig.setProfile("direct")).toThrow(stopped);
    expect(() => rig.addCondition("x", IDLE)).toThrow(stopped);
    expect(() => rig.startDevice()).toThrow(stopped);
    await expect(rig.emulator.reset()).rejects.toMatchObject({ code: "E_USAGE" });
  });

  test("trusts the authority of its server that it is given", async () => {
    const scheduler = new RealScheduler();
    const authority = await createAuthority();
    const identities = [await createLeaf(authority, { names: ["127.0.0.1"] })];
    const server = await startClientAccess({ scheduler, identities });
    const target = `https://127.0.0.1:${server.port}`;
    await expect(startRig({ target })).rejects.toMatchObject({
      code: "E_TARGET_UNTRUSTED",
      message: expect.stringContaining("targetTrust.authorities"),
    });
    const rig = await startRig({
      target,
      targetTrust: { authorities: authority.certificate.toString() },
      timeScale: 60,
    });
    rig.startDevice();
    expect(await rig.waitFor("asked", { after: 0 })).toMatchObject({ command: "Ping" });
    await rig.stop();
    await server.stop();
    scheduler.stop();
  });

  test("can stand before another server, with a profile of one's own", async () => {
    const server = await startTcpServer((socket) => void socket.on("error", () => undefined).end());
    const profile = readProfile("name: mine\ntitle: Mine\nsource: a test\nhops: []\n", "mine.yaml");
    const rig = await startRig({ target: `http://127.0.0.1:${server.port}`, profile, seed: 9 });
    expect([rig.server, rig.emulator.scenario().seed, rig.profile]).toEqual([undefined, 9, profile]);
    expect(rig.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/u);
    await rig.stop();
    await server.stop();
  });

  test.each([
    [{ profile: "no-such" }, "no-such"],
    [{ target: "nonsense" }, "nonsense"],
    [{ target: "http://127.0.0.1:1" }, "targetCheck: false starts all the same"],
    [{ timeScale: 0 }, "found the time scale 0, expected more than 0 and at most 10000"],
    [{ timeScale: -1 }, "found the time scale -1"],
    [{ timeScale: Number.NaN }, "found the time scale NaN"],
    [{ timeScale: 1e9 }, "found the time scale 1000000000"],
    [{ seed: 1.5 }, "found the seed 1.5"],
    [{ seed: Number.NaN }, "found the seed NaN"],
  ])("does not start with %j, and leaves nothing open", async (options, message) => {
    await expect(startRig(options)).rejects.toThrow(message);
  });
});
