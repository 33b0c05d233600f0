import { EventEmitter, once } from "node:events";
import { connect as connectTcp, createServer, type Server } from "node:net";
import {
  connect,
  costModel,
  createAuthority,
  createLeaf,
  deviceModel,
  loadProfile,
  oneHopProfile,
  parseAtExpiry,
  parseDeviceServer,
  parseDuration,
  parseTarget,
  profileFrom,
  readSettings,
  RealScheduler,
  recommend,
  runVirtually,
  type SizeSettings,
  sizeRows,
  startClientAccess,
  startDevice,
  startProxy,
  startRig,
  startTcpProxy,
  type TraceRow,
  WORKING_HOURS,
} from "idlewall";
import { afterAll, describe, expect, test } from "vitest";
import { setApiStage } from "../support/api-stage.ts";
import { planOf } from "../support/emulator-stage.ts";
import { portOf } from "../support/rig.ts";
import { expectNothingOpen } from "../support/wire-stage.ts";

/** The bodies of these tests stand in docs/library.md, piece by piece; test/docs.test.ts holds them together. */

afterAll(expectNothingOpen);

describe("the library", { concurrent: true }, () => {
  test("waits for what happens in a rig", async () => {
    await using rig = await startRig({ profile: "carrier-13min", timeScale: 600, seed: 7 });
    const device = rig.startDevice({ model: "fixed" });

    const asked = await rig.waitFor("asked", { after: 0 });
    expect([asked.deviceId, asked.heartbeatIntervalSeconds]).toEqual(["device1", 900]);

    rig.server?.deliver(device.identity.user, "Hello");
    const ended = await rig.waitFor("ended", { after: asked.id });
    expect(ended.outcome).toBe("changes");

    const [first] = await device.concluded(1, { timeoutMs: 10_000 });
    expect(first?.conclusion).toContain("changes came");
  });

  test("changes the path of a rig", async () => {
    await using rig = await startRig();
    const idle = { type: "idle-timeout", idleTimeout: "5m", atExpiry: "reset" } as const;
    const id = rig.addCondition("firewall", idle, { kind: "firewall", flows: "all" });
    rig.changeCondition(id, { idleTimeout: "10m", match: { command: "Ping" } }, { flows: "all" });
    rig.changeCondition(id, { match: null });
    rig.removeCondition(id, { flows: "all" });
    expect(rig.profile.hops).toEqual([]);

    rig.setProfile("carrier-13min");
    rig.setProfile({
      name: "office",
      title: "What lies between our devices and our server",
      source: "our own network team",
      hops: [{ name: "firewall", kind: "firewall", conditions: [idle] }],
    });
    expect(rig.profile.hops[0]?.conditions).toMatchObject([{ idleTimeoutMs: 300_000 }]);
  });

  test("ends flows and adds listeners in a rig's emulator", async () => {
    const database = await listening();
    const target = `127.0.0.1:${portOf(database)}`;
    await using rig = await startRig();
    const profile = loadProfile("aws-nlb-tls");
    const db = await rig.emulator.addTcpListener({ name: "db", listen: "127.0.0.1:0", target, profile });
    const client = connectTcp(db.address.port, "127.0.0.1");

    const opened = await rig.waitFor("flowOpened", { after: 0 });
    rig.emulator.endFlow(opened.flow, "reset");
    const [error] = await once(client, "error");
    expect(error).toMatchObject({ code: "ECONNRESET" });

    await closed(database);
  });

  test("puts a path before any TCP", async () => {
    const database = await listening();
    const target = `127.0.0.1:${portOf(database)}`;

    const timeScale = 3600;
    const scheduler = new RealScheduler({ timeScale });
    const profile = oneHopProfile({ idleTimeoutMs: parseDuration("30m"), atExpiry: parseAtExpiry("reset") });
    const proxy = await startTcpProxy({ host: "127.0.0.1", target, profile, scheduler, timeScale });
    const client = connectTcp(proxy.port, "127.0.0.1");
    const [error] = await once(client, "error");
    expect(error).toMatchObject({ code: "ECONNRESET" });
    await proxy.stop();
    scheduler.stop();

    await closed(database);
  });

  test("is put together by hand", async () => {
    const scheduler = new RealScheduler({ timeScale: 60 });
    const server = await startClientAccess({ scheduler, users: new Map([["ann", "secret"]]) });
    const authority = await createAuthority();
    const proxy = await startProxy({
      scheduler,
      timeScale: 60,
      host: "127.0.0.1",
      target: parseTarget(`http://127.0.0.1:${server.port}`),
      profile: loadProfile("carrier-13min"),
      identities: [await createLeaf(authority, { names: ["127.0.0.1"] })],
    });
    const heard = new EventEmitter();
    const device = startDevice({
      scheduler,
      timeScale: 60,
      server: parseDeviceServer(`https://127.0.0.1:${proxy.port}`, { authorities: authority.certificate.toString() }),
      model: deviceModel("windows-mobile"),
      identity: { deviceId: "abc123", deviceType: "PocketPC", user: "ann" },
      password: "secret",
      onAsked: (exchange) => heard.emit("asked", exchange),
    });
    const [exchange] = await once(heard, "asked");
    expect(exchange).toMatchObject({ command: "Ping", heartbeatIntervalSeconds: 900 });
    for (const each of [device, proxy, server]) await each.stop();
    scheduler.stop();
  });

  test("runs in virtual time", () => {
    const { hops } = loadProfile("carrier-13min");
    const model = deviceModel("windows-mobile");
    const reading = readSettings(model, { maximumSeconds: 1200 });
    if (reading.kind === "faults") throw new Error(reading.faults.join("\n"));
    const rows: TraceRow[] = [];
    const scenario = { hops, model, settings: reading.settings, deviceCount: 1, mailAt: [] };
    runVirtually({ ...scenario, durationMs: 3_600_000, seed: 1 }, (row) => rows.push(row));
    expect(rows.map(({ outcome }) => outcome)).toEqual(["expired", "held", "held", "expired"]);
  });

  test("finds which time-out to set", () => {
    const { initialSeconds, minimumSeconds, maximumSeconds, incrementSeconds } = deviceModel("windows-mobile").defaults;
    const asks = { initialSeconds, minimumSeconds, maximumSeconds, incrementSeconds };
    const settings: SizeSettings = {
      carriers: [{ name: "13m", idleTimeoutSeconds: 780, atExpiry: "drop", share: 1, source: "measured by us" }],
      firewall: { idleTimeoutSeconds: [600, 780, 1800], atExpiry: "drop", todaySeconds: 600 },
      server: { minimumHeartbeatSeconds: 60, maximumHeartbeatSeconds: 3540 },
      devices: [{ model: "windows-mobile", share: 1, ...asks }],
      deviceCount: 20,
      days: 2,
      mail: { perDay: 40, hours: WORKING_HOURS },
      seed: 1,
      repeats: 1,
      gain: 0.05,
      cost: costModel("lte"),
      logs: [],
    };
    const { idleTimeoutSeconds, boundBy } = recommend(settings, sizeRows(settings));
    expect([idleTimeoutSeconds, boundBy]).toEqual([780, "carrier"]);
  });

  test("controls a server that runs elsewhere", async () => {
    await using api = await setApiStage({ plan: (target) => planOf(target) });
    const { url } = api.admin;
    const client = connect({ url });
    const [listener] = await client.listListeners();
    if (listener === undefined) throw new Error("nothing listens there");
    await client.setListenerProfile(listener.name, "firewall-30min", { flows: "all" });
    await client.changeCondition(listener.name, "firewall/idle-timeout", { idleTimeout: "5m" });

    const change = await client.waitFor("change", { after: 0, timeoutMs: 5000 });
    expect(change.what).toContain("firewall-30min");
    for await (const event of client.followEvents({ kinds: ["change"], after: 0 })) if (event.kind === "change") break;
  });

  test("says what is wrong", () => {
    const conditions = [{ type: "lifetime" as const, age: "soon" }];
    const hops = [{ name: "carrier", kind: "nat" as const, conditions }];
    expect(() => profileFrom({ name: "mine", title: "Mine", source: "us", hops })).toThrow(
      expect.objectContaining({
        code: "E_PROFILE_INVALID",
        message: expect.stringMatching(/^\/hops\/0\/conditions\/0\/age: found "soon"/u),
      }),
    );
  });
});

async function listening(): Promise<Server> {
  const server = createServer((socket) => void socket.on("error", () => undefined)).listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

async function closed(server: Server): Promise<void> {
  server.close();
  await once(server, "close");
}
