import { afterAll, describe, expect, test } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { type EmulatorPlan, planTcpListener } from "../../src/live/emulator-plan.ts";
import { idleHop, profileOf } from "../support/rig.ts";
import { type EmulatorStage, planOf, planTcp, setEmulatorStage } from "../support/emulator-stage.ts";
import { expectNothingOpen } from "../support/wire-stage.ts";

const RESET = { toDevice: "reset", toServer: "reset" } as const;

afterAll(expectNothingOpen);

/** A stage whose configuration is whatever the test says next, and what its reloads came to. */
async function stageWith(first: (target: string) => EmulatorPlan = (target) => planOf(target)) {
  const told: unknown[] = [];
  let next: ((stage: EmulatorStage) => EmulatorPlan) | undefined;
  const stage: EmulatorStage = await setEmulatorStage(first, {
    drainMs: 60_000,
    read: () => Promise.resolve(next?.(stage) ?? first(stage.target)),
    reloaded: (fault) => told.push(fault),
  });
  return {
    stage,
    told,
    say: (plan: (stage: EmulatorStage) => EmulatorPlan) => {
      next = plan;
    },
    [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
  };
}

describe("a reload", { concurrent: true }, () => {
  test("leaves flows of listeners that stay where they are, and brings and takes others", async () => {
    await using rig = await stageWith((target) => planOf(target, profileOf(), planTcp("old", target)));
    const { stage } = rig;
    const staying = await stage.joined("db");
    const leaving = await stage.joined("old");
    const oldPort = stage.portOf("old");
    rig.say(({ target }) => planOf(target, profileOf(), planTcp("new", target)));

    await stage.emulator.reload();
    expect(stage.emulator.listeners().map(({ name }) => name)).toEqual(["db", "new"]);
    expect(await stage.refuses(oldPort)).toBe(true);
    await stage.joined("new");
    for (const { device, peer } of [staying, leaving]) {
      peer.write("!");
      await stage.until(() => device.text.endsWith("!"));
    }
    expect(stage.emulator.flows().map(({ listener }) => listener)).toEqual(["db", "new", "old"]);
    expect(stage.emulator.listenerNames).toEqual(["db", "new", "old"]);
    leaving.device.socket.resetAndDestroy();
    await stage.until(() => stage.emulator.flows().length === 2);
    expect(rig.told).toEqual([undefined]);
    expect(stage.emulator.reloadFault).toBeUndefined();
    expect(stage.emulator.changes()).toMatchObject([{ by: "reload", what: "the configuration was read again" }]);
  });

  test("gives the address of a listener to the one that has another name now, and lets the flows that are there end", async () => {
    await using rig = await stageWith();
    const { stage } = rig;
    const { device, peer } = await stage.joined("db");
    const port = stage.portOf("db");
    rig.say(({ target }) => renamed(target, ["database", port]));

    await stage.emulator.reload();
    expect(stage.emulator.listeners().map(({ name, address }) => [name, address.port])).toEqual([["database", port]]);
    await stage.joined("database");
    peer.write("!");
    await stage.until(() => device.text.endsWith("!"));
    expect(stage.emulator.flows().map(({ listener, leaving }) => [listener, leaving])).toEqual([
      ["database", false],
      ["db", true],
    ]);
    await stage.emulator.removeListener("database");
    expect(await stage.refuses(port)).toBe(true);
    device.socket.resetAndDestroy();
    await stage.until(() => stage.emulator.flows().length === 0);
  });

  test("swaps the addresses of two listeners, and takes none when another can't be had", async () => {
    await using rig = await stageWith((target) => planOf(target, profileOf(), planTcp("cache", target)));
    const { stage } = rig;
    const [db, cache] = [stage.portOf("db"), stage.portOf("cache")];
    const { emulator, server } = stage;
    rig.say(() => renamed("127.0.0.1:1", ["db", cache], ["cache", db], ["twin", server.port]));
    await expect(emulator.reload()).rejects.toMatchObject({ code: "E_PORT_TAKEN" });
    expect([stage.portOf("db"), stage.portOf("cache")]).toEqual([db, cache]);
    await stage.joined("db");

    rig.say(({ target }) => renamed(target, ["db", cache], ["cache", db]));
    await emulator.reload();
    expect([stage.portOf("db"), stage.portOf("cache")]).toEqual([cache, db]);
    for (const name of ["db", "cache"]) await stage.joined(name);
    expect(emulator.flows().map(({ listener, id, leaving }) => [listener, id, leaving])).toEqual([
      ["db", 2, false],
      ["cache", 3, false],
      ["db", 1, true],
    ]);
    emulator.listener("db")?.setProfile(profileOf(idleHop(60_000, RESET)), "all");
    expect([2, 1].map((id) => emulator.flow(id)?.hops.length)).toEqual([1, 0]);
    await emulator.removeListener("db");
    expect(emulator.flows().map(({ id, leaving }) => [id, leaving])).toEqual([
      [3, false],
      [1, true],
    ]);
    expect(emulator.endFlow(1, "reset")).toBe(true);
  });

  test("gives a changed profile to new flows, to all when the configuration says so", async () => {
    await using rig = await stageWith();
    const { stage } = rig;
    await stage.joined("db");
    rig.say(({ target }) => planOf(target, profileOf(idleHop(60_000, RESET))));
    await stage.emulator.reload();
    expect(stage.emulator.flow(1)?.hops).toHaveLength(0);
    await stage.joined("db");
    expect(stage.emulator.flow(2)?.hops).toHaveLength(1);

    rig.say(({ target }) => ({ ...planOf(target, profileOf(idleHop(50_000, RESET))), applyTo: "all", seed: 8 }));
    await stage.emulator.reload();
    expect(stage.emulator.flow(1)?.hops).toHaveLength(1);
    expect(stage.emulator.scenario().seed).toBe(8);
  });

  test("names what needs a restart, and puts the rest in force", async () => {
    const told: unknown[] = [];
    const needRestart = ["timeScale", "drain"];
    await using stage = await setEmulatorStage(undefined, {
      read: () => Promise.resolve({ seed: 8, applyTo: "new", listeners: [], needRestart }),
      reloaded: (...all) => told.push(all),
    });
    expect(await stage.emulator.reload()).toEqual(needRestart);
    expect(told).toEqual([[undefined, needRestart]]);
    expect(stage.emulator.listeners()).toEqual([]);
    expect(stage.emulator.changes()).toMatchObject([
      { what: "the configuration was read again; what needs a restart: timeScale, drain" },
    ]);
  });

  test("changes nothing when an address can't be had, and keeps the fault", async () => {
    await using rig = await stageWith();
    const { stage } = rig;
    const { device } = await stage.joined("db");
    rig.say((now) => {
      const listen = `127.0.0.1:${now.portOf("db")}`;
      const twin = planTcpListener({ name: "twin", listen, target: now.target, profile: profileOf() });
      return { ...planOf(now.target, profileOf(idleHop(50_000, RESET)), planTcp("free", now.target), twin), seed: 8 };
    });

    await expect(stage.emulator.reload()).rejects.toMatchObject({ code: "E_PORT_TAKEN" });
    expect(stage.emulator.listeners().map(({ name }) => name)).toEqual(["db"]);
    expect(stage.emulator.listener("db")?.profile.hops).toEqual([]);
    expect(stage.emulator.scenario().seed).toBe(7);
    expect(device.state).toBe("open");
    expect(rig.told).toMatchObject([{ code: "E_PORT_TAKEN" }]);
    expect(stage.emulator.reloadFault).toBe(rig.told[0]);
    expect(stage.emulator.changes()).toEqual([]);
  });

  test.each([
    ["widened under a new name", "wide", "", "two steps: take listener wide out of the configuration and reload"],
    ["widened", "db", "", "two steps: take listener db out of the configuration and reload, then put it in as it is"],
    ["given to another one", "twin", "127.0.0.1", "an address of its own"],
  ])("names the listener of ours that holds an address which is %s", async (_what, name, host, expected) => {
    await using rig = await stageWith();
    const { stage } = rig;
    const port = stage.portOf("db");
    rig.say(({ target }) => {
      const plan = planTcpListener({ name, listen: `${host}:${port}`, target, profile: profileOf() });
      const others = planOf(target).listeners.filter((each) => each.name !== (name === "wide" ? "db" : name));
      return { ...planOf(target), listeners: [...others, plan] };
    });
    const taken = `listener ${name}: found ${host}:${port} taken by idlewall's own listener db (127.0.0.1:${port})`;
    await expect(stage.emulator.reload()).rejects.toMatchObject({
      code: "E_PORT_TAKEN",
      message: expect.stringContaining(`${taken}, expected ${expected}`),
    });
    await stage.joined("db");
  });

  test("changes nothing when the configuration can't be read, and can be tried again", async () => {
    await using rig = await stageWith();
    const { stage } = rig;
    rig.say(() => {
      throw new UsageError("E_CONFIG_INVALID", "found nonsense");
    });
    await expect(stage.emulator.reload()).rejects.toThrow("found nonsense");
    rig.say(({ target }) => planOf(target));
    await stage.emulator.reload();
    expect(rig.told).toEqual([expect.objectContaining({ code: "E_CONFIG_INVALID" }), undefined]);
    expect(stage.emulator.reloadFault).toBeUndefined();
  });

  test("leaves listeners alone that were added while it ran, and refuses their names", async () => {
    await using rig = await stageWith();
    const { stage } = rig;
    const { emulator, target } = stage;
    await emulator.addTcpListener({ name: "x", listen: "127.0.0.1:0", target, profile: profileOf() });
    await emulator.reload();
    expect(emulator.listeners().map(({ name }) => name)).toEqual(["db", "x"]);
    rig.say(() => planOf(target, profileOf(), planTcp("x", target)));
    await expect(emulator.reload()).rejects.toMatchObject({ code: "E_LISTENER_EXISTS" });
  });

  test("brings back what was disabled, and disables what the configuration does", async () => {
    await using rig = await stageWith();
    const { stage } = rig;
    const { emulator } = stage;
    await emulator.listener("db")?.setEnabled(false);
    await emulator.reload();
    const { device } = await stage.joined("db");
    rig.say(({ target }) => ({ ...planOf(target), listeners: [{ ...planTcp("db", target), enabled: false }] }));
    await emulator.reload();
    await stage.until(() => device.state === "rst");
    expect(emulator.listener("db")?.enabled).toBe(false);
  });

  test("moves a listener whose address has changed, and lets its flows end in their time", async () => {
    await using rig = await stageWith();
    const { stage } = rig;
    const { device, peer } = await stage.joined("db");
    const before = stage.portOf("db");
    rig.say(({ target }) => ({
      ...planOf(target),
      listeners: [planTcpListener({ name: "db", listen: "localhost:0", target, profile: profileOf() })],
    }));
    await stage.emulator.reload();
    expect(await stage.refuses(before)).toBe(true);
    await stage.joined("db");
    peer.write("!");
    await stage.until(() => device.text.endsWith("!"));
  });
});

/** A plan of `tcp` listeners by name and port. */
function renamed(target: string, ...listeners: readonly (readonly [name: string, port: number])[]): EmulatorPlan {
  return {
    ...planOf(target),
    listeners: listeners.map(([name, port]) =>
      planTcpListener({ name, listen: `127.0.0.1:${port}`, target, profile: profileOf() }),
    ),
  };
}
