import { once } from "node:events";
import { createServer } from "node:net";
import { afterAll, describe, expect, test } from "vitest";
import type { Emulator as Controlled } from "../../src/control/emulator.ts";
import { planTcpListener } from "../../src/live/emulator-plan.ts";
import { parseTarget, parseTcpTarget } from "../../src/live/target.ts";
import { idleHop, portOf, profileOf } from "../support/rig.ts";
import { planOf, planTcp, setEmulatorStage } from "../support/emulator-stage.ts";
import { expectNothingOpen } from "../support/wire-stage.ts";

const SILENT = { toDevice: "drop", toServer: "drop" } as const;
const RESET = { toDevice: "reset", toServer: "reset" } as const;

afterAll(expectNothingOpen);

describe("an emulator", { concurrent: true }, () => {
  test("starts all of its listeners or none", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const free = createServer().listen(0, "127.0.0.1");
    await once(free, "listening");
    const freePort = portOf(free);
    free.close();
    await once(free, "close");
    const listening = (name: string, port: number, target: string) =>
      planTcpListener({ name, listen: `127.0.0.1:${port}`, target, profile: profileOf() });
    const started = setEmulatorStage((target) => ({
      seed: 1,
      applyTo: "new",
      listeners: [listening("one", freePort, target), listening("two", portOf(taken), target)],
    }));
    await expect(started).rejects.toMatchObject({ code: "E_PORT_TAKEN" });
    const again = createServer().listen(freePort, "127.0.0.1");
    await once(again, "listening");
    again.close();
    taken.close();
  });

  test("refuses two listeners of one name, and listens nowhere", async () => {
    const started = setEmulatorStage((target) => planOf(target, profileOf(), planTcp("db", target)));
    await expect(started).rejects.toMatchObject({ code: "E_LISTENER_EXISTS" });
  });

  test("refuses to let a listener call itself", async () => {
    await using stage = await setEmulatorStage();
    const update = stage.emulator.listener("db")?.update({ target: `127.0.0.1:${stage.portOf("db")}` });
    await expect(update).rejects.toMatchObject({ code: "E_ADDRESS_INVALID" });
    const settings = { name: "x", listen: "127.0.0.1:7", target: "localhost:7", profile: profileOf() };
    await expect(stage.emulator.addTcpListener(settings)).rejects.toMatchObject({ code: "E_ADDRESS_INVALID" });
  });

  test("is what the admin server's API asks for", async () => {
    await using stage = await setEmulatorStage();
    const controlled: Controlled = stage.emulator;
    expect(controlled.listener("db")).toMatchObject({ name: "db", type: "tcp", enabled: true });
  });

  test("gives every flow of the process an id of its own, whatever its listener", async () => {
    await using stage = await setEmulatorStage((target) => planOf(target, profileOf(), planTcp("cache", target)));
    for (const listener of ["db", "cache", "db"]) await stage.joined(listener);
    const flows = stage.emulator.flows();
    expect(flows.map(({ id, listener }) => [listener, id])).toEqual([
      ["db", 1],
      ["db", 3],
      ["cache", 2],
    ]);
    expect(stage.emulator.flow(2)).toMatchObject({ bytes: { fromDevice: 5, toDevice: 7, fromServer: 7, toServer: 5 } });
    expect(stage.emulator.flow(4)).toBeUndefined();
  });

  test("adds a listener, ends its flows with an RST when it is removed, and frees its port", async () => {
    await using stage = await setEmulatorStage();
    const { emulator } = stage;
    const settings = { name: "x", listen: "127.0.0.1:0", target: stage.target, profile: profileOf() };
    const added = await emulator.as("toxiproxy").addTcpListener(settings);
    expect(added).toMatchObject({ name: "x", type: "tcp", enabled: true, target: stage.target, flowCount: 0 });
    await expect(emulator.addTcpListener(settings)).rejects.toMatchObject({ code: "E_LISTENER_EXISTS" });
    const { device, peer } = await stage.joined("x");
    expect(added.flowCount).toBe(1);
    const { port } = added.address;

    expect(await emulator.removeListener("x")).toBe(true);
    await stage.until(() => device.state === "rst");
    await stage.server.until(() => peer.state === "rst");
    expect(await stage.refuses(port)).toBe(true);
    expect(await emulator.removeListener("x")).toBe(false);
    expect(emulator.changes()).toMatchObject([
      { by: "toxiproxy", listener: "x", what: `listener x was added, to ${stage.target}` },
      { by: "library", listener: "x", what: "listener x was removed" },
    ]);
    expect(emulator.bytes).toMatchObject({ fromDevice: 5, toDevice: 7 });
  });

  test("refuses a listener whose address is none or is taken, and remembers nothing of it", async () => {
    await using stage = await setEmulatorStage();
    const { emulator, target } = stage;
    const settings = { name: "x", listen: `127.0.0.1:${stage.portOf("db")}`, target, profile: profileOf() };
    await expect(emulator.addTcpListener(settings)).rejects.toMatchObject({ code: "E_PORT_TAKEN" });
    for (const wrong of [{ listen: "::1:5" }, { target: "db" }, { target: ":0" }, { listen: "127.0.0.1:99999" }]) {
      await expect(emulator.addTcpListener({ ...settings, ...wrong })).rejects.toMatchObject({
        code: "E_ADDRESS_INVALID",
      });
    }
    expect(emulator.listeners().map(({ name }) => name)).toEqual(["db"]);
  });

  test("takes a target that was read already, of any TCP", async () => {
    await using stage = await setEmulatorStage();
    const settings = { name: "x", listen: "127.0.0.1:0", profile: profileOf() };
    const added = await stage.emulator.addTcpListener({ ...settings, target: parseTcpTarget(stage.target) });
    expect(added.target).toBe(stage.target);
    const other = { ...settings, name: "y", target: parseTarget("https://mail.example.com") };
    await expect(stage.emulator.addTcpListener(other)).rejects.toMatchObject({
      code: "E_ADDRESS_INVALID",
      message: 'found the target "https://mail.example.com", expected HOST:PORT, or what parseTcpTarget makes of it',
    });
    for (const { target, found } of [
      { target: undefined, found: "nothing" },
      { target: 5, found: "a number" },
      { target: { url: new URL("tcp://db.example:5432") }, found: "an object" },
    ]) {
      const none: object = { ...settings, name: "z", target };
      // @ts-expect-error -- the target is none
      await expect(stage.emulator.addTcpListener(none)).rejects.toMatchObject({
        code: "E_ADDRESS_INVALID",
        message: `found the target that is ${found}, expected HOST:PORT, or what parseTcpTarget makes of it`,
      });
    }
  });

  test("disables a listener and enables it again on the port it had", async () => {
    await using stage = await setEmulatorStage();
    const listener = stage.emulator.listener("db");
    const { port } = listener?.address ?? { port: 0 };
    const { device } = await stage.joined("db");
    await listener?.setEnabled(false);
    await stage.until(() => device.state === "rst");
    expect(listener).toMatchObject({ enabled: false, flowCount: 0, address: { port } });
    expect(await stage.refuses(port)).toBe(true);
    await listener?.setEnabled(true);
    expect(listener).toMatchObject({ enabled: true, address: { port } });
    await stage.joined("db");
  });

  test("moves a listener to another address, ending its flows, or leaves all as it was", async () => {
    await using stage = await setEmulatorStage((target) => planOf(target, profileOf(), planTcp("cache", target)));
    const listener = stage.emulator.listener("db");
    const before = stage.portOf("db");
    const { device } = await stage.joined("db");
    const taken = `127.0.0.1:${stage.portOf("cache")}`;
    await expect(listener?.update({ listen: taken })).rejects.toMatchObject({ code: "E_PORT_TAKEN" });
    expect(device.state).toBe("open");
    expect(stage.portOf("db")).toBe(before);

    await listener?.update({ listen: "127.0.0.1:0" });
    await stage.until(() => device.state === "rst");
    expect(await stage.refuses(before)).toBe(true);
    await stage.joined("db");
  });

  test("moves a listener that is disabled and enables it at once, or leaves all as it was", async () => {
    await using stage = await setEmulatorStage((target) => planOf(target, profileOf(), planTcp("cache", target)));
    const listener = stage.emulator.listener("db");
    const { port } = listener?.address ?? { port: 0 };
    await listener?.setEnabled(false);
    const taken = `127.0.0.1:${stage.portOf("cache")}`;
    const change = { listen: taken, target: "127.0.0.1:1", enabled: true };
    await expect(listener?.update(change)).rejects.toMatchObject({ code: "E_PORT_TAKEN" });
    expect(listener).toMatchObject({ enabled: false, address: { port }, target: stage.target });

    await listener?.update({ target: "127.0.0.1:1", enabled: true });
    expect(listener).toMatchObject({ enabled: true, address: { port }, target: "127.0.0.1:1" });
    await listener?.update({ listen: taken, enabled: false });
    expect(listener).toMatchObject({ enabled: false, address: { port: stage.portOf("cache") } });
    expect(await stage.refuses(port)).toBe(true);
  });

  test("sends the flows of a listener to another target, ending those that are there", async () => {
    await using stage = await setEmulatorStage();
    const other = createServer((socket) => socket.on("error", () => undefined).end("the other one")).listen(
      0,
      "127.0.0.1",
    );
    await once(other, "listening");
    const { device } = await stage.joined("db");
    await stage.emulator.listener("db")?.update({ target: `127.0.0.1:${portOf(other)}` });
    await stage.until(() => device.state === "rst");
    const next = await stage.device(stage.portOf("db"));
    await stage.until(() => next.text === "the other one");
    expect(stage.emulator.listener("db")?.target).toBe(`127.0.0.1:${portOf(other)}`);
    next.socket.destroy();
    other.close();
  });

  test("puts a profile in force for new flows, or for those that are there too", async () => {
    await using stage = await setEmulatorStage();
    const listener = stage.emulator.listener("db");
    const old = await stage.joined("db");
    listener?.setProfile(profileOf(idleHop(100, RESET)), "new");
    const fresh = await stage.joined("db");
    stage.scheduler.start();
    await stage.until(() => fresh.device.state === "rst");
    expect(old.device.state).toBe("open");
    expect(stage.emulator.flow(1)?.hops).toEqual([]);

    listener?.setProfile(profileOf(idleHop(120, RESET)), "all");
    await stage.until(() => old.device.state === "rst");
    await stage.until(() => stage.emulator.flows().length === 0);
    expect(stage.events).toContainEqual(
      expect.objectContaining({
        kind: "flow",
        event: expect.objectContaining({ kind: "ended", flowId: 1, listener: "db", hop: "hop" }),
      }),
    );
  });

  test("refuses a path that answers in HTTP on a listener of any TCP", async () => {
    await using stage = await setEmulatorStage();
    const profile = profileOf(idleHop(1000, { toDevice: { respond: 504 }, toServer: "reset" }));
    expect(() => stage.emulator.listener("db")?.setProfile(profile, "new")).toThrow(/found respond on a tcp listener/u);
    expect(stage.emulator.listener("db")?.profile.hops).toEqual([]);
  });

  test.each([
    ["reset", "rst"],
    ["close", "fin"],
    ["reset-on-next", "rst"],
    ["drop", "open"],
  ] as const)("ends a flow by %s, as an operator, so that both ends see: %s", async (ending, state) => {
    await using stage = await setEmulatorStage();
    const { device, peer } = await stage.joined("db");
    expect(stage.emulator.as("api").endFlow(1, ending)).toBe(true);
    expect(stage.emulator.endFlow(1, ending)).toBe(false);
    expect(stage.emulator.endFlow(2, ending)).toBe(false);
    const endings = { toDevice: ending, toServer: ending };
    const ended = { kind: "ended", hop: "operator", condition: "operator", endings };
    expect(stage.events).toContainEqual({ kind: "flow", event: expect.objectContaining(ended) });
    const what = `flow 1 was ended: ${ending}`;
    expect(stage.emulator.changes()).toMatchObject([{ by: "api", what, listener: "db" }]);
    for (const end of [device, peer]) if (ending === "reset-on-next" || ending === "drop") end.write("?");
    await stage.joined("db");
    await stage.until(() => device.state === state);
    await stage.server.until(() => peer.state === state);
    expect([device.text, peer.text]).toEqual(["welcome", "hello"]);
  });

  test("tells seed and timeline, and changes both", async () => {
    await using stage = await setEmulatorStage();
    const { emulator } = stage;
    expect(emulator.scenario()).toEqual({ seed: 7, timelineStartedAt: 0 });
    emulator.setSeed(99);
    emulator.stopTimeline();
    expect(emulator.scenario()).toEqual({ seed: 99, timelineStartedAt: undefined });
    emulator.startTimeline();
    expect(emulator.scenario().timelineStartedAt).toBe(0);
    for (const none of [0.5, -1, 2 ** 32, NaN]) {
      expect(() => emulator.setSeed(none)).toThrow(
        `found the seed ${none}, expected a whole number from 0 to 4294967295`,
      );
    }
    expect(emulator.changes().map(({ what }) => what)).toEqual([
      "the seed is 99",
      "the timeline was stopped",
      "the timeline was started",
    ]);
  });

  test("counts on when its seed changes, and anew when it is reset", async () => {
    const conditions = idleHop(60_000, SILENT).conditions.map((each) => ({ ...each, match: { skip: 2 } }));
    const hop = { ...idleHop(60_000, SILENT), conditions };
    await using stage = await setEmulatorStage((target) => planOf(target, profileOf(hop)));
    const { emulator } = stage;
    const actsOnNext = async (): Promise<boolean | undefined> => {
      await stage.joined("db");
      return emulator.flows().at(-1)?.hops[0]?.active;
    };
    expect([await actsOnNext(), await actsOnNext()]).toEqual([false, false]);
    emulator.setSeed(3);
    expect(await actsOnNext()).toBe(true);
    for (const { id } of emulator.flows()) emulator.endFlow(id, "reset");
    await emulator.reset();
    expect([await actsOnNext(), await actsOnNext(), await actsOnNext()]).toEqual([false, false, true]);
  });

  test.each(["stopped", "drained"])("begins nothing any more once it is being %s", async (how) => {
    await using stage = await setEmulatorStage();
    const { emulator, target } = stage;
    const listeners = emulator.listeners();
    const wanted = { name: "x", listen: "127.0.0.1:0", target, profile: profileOf() };
    const ending = how === "stopped" ? emulator.stop() : emulator.drain(0);
    const enabling = listeners.map((listener) => listener.setEnabled(true));
    const late = [emulator.addTcpListener(wanted), ...enabling, emulator.reset(), emulator.reload()];
    const refused = {
      status: "rejected",
      reason: { code: "E_USAGE", message: expect.stringContaining("is ending") },
    };
    expect(await Promise.allSettled(late)).toMatchObject(late.map(() => refused));
    await ending;
    await emulator.stop();
    expect(emulator.listeners().map(({ enabled }) => enabled)).toEqual([false]);
  });

  test("goes back to its plan when it is reset, and lets flows live that need not go", async () => {
    await using stage = await setEmulatorStage((target) => planOf(target, profileOf(), planTcp("cache", target)));
    const { emulator, target } = stage;
    const { device } = await stage.joined("db");
    emulator.listener("db")?.setProfile(profileOf(idleHop(60_000, SILENT)), "all");
    await emulator.addTcpListener({ name: "x", listen: "127.0.0.1:0", target, profile: profileOf() });
    await emulator.removeListener("cache");
    emulator.setSeed(3);
    emulator.stopTimeline();

    await emulator.reset();
    expect(emulator.listeners().map(({ name, enabled }) => [name, enabled])).toEqual([
      ["db", true],
      ["cache", true],
    ]);
    expect(emulator.flow(1)?.hops).toEqual([]);
    expect(emulator.scenario()).toEqual({ seed: 7, timelineStartedAt: 0 });
    expect(device.state).toBe("open");
    await stage.joined("cache");
  });

  test("brings a listener that was disabled or sent elsewhere back to the port that it had, when it is reset", async () => {
    await using stage = await setEmulatorStage((target) => planOf(target, profileOf(), planTcp("cache", target)));
    const { emulator } = stage;
    const [db, cache] = [emulator.listener("db"), emulator.listener("cache")];
    const ports = [stage.portOf("db"), stage.portOf("cache")];
    await db?.setEnabled(false);
    await cache?.update({ target: "127.0.0.1:1" });
    await emulator.reset();
    expect([stage.portOf("db"), stage.portOf("cache")]).toEqual(ports);
    expect([db?.enabled, cache?.target]).toEqual([true, stage.target]);
    await stage.joined("db");
    await stage.joined("cache");
  });
});
