import { afterAll, expect, test } from "vitest";
import { Tracker } from "../../src/heartbeat/tracker.ts";
import { deviceHash } from "../../src/live/device-hash.ts";
import { viewDevices } from "../../src/live/emulator-devices.ts";
import { setEmulatorStage } from "../support/emulator-stage.ts";
import { park, planMail } from "../support/mail-stage.ts";
import { pingAnswer } from "../support/requests.ts";
import { expectNothingOpen } from "../support/wire-stage.ts";

const FIRST = deviceHash({ deviceId: "first", user: "anna" });
const SECOND = deviceHash({ deviceId: "second", user: "anna" });

afterAll(expectNothingOpen);

test("shows whose a flow is, what waits on it and what its hops are about to do", async () => {
  await using stage = await setEmulatorStage((target) => planMail(target, "mail"));
  const { device, peer } = await park(stage, "first");
  await stage.until(() => stage.emulator.flow(1)?.parked !== undefined);
  expect(stage.emulator.flow(1)).toMatchObject({
    id: 1,
    listener: "mail",
    device: FIRST,
    deviceType: "PocketPC",
    openedAt: 0,
    ageMs: 0,
    parked: { command: "Ping", heartbeatIntervalSeconds: 480, sinceMs: 0 },
    hops: [{ hop: "hop", type: "idle-timeout", active: true, dueInMs: 600_000 }],
    endedBy: undefined,
  });
  peer.socket.write(pingAnswer());
  await device.until(() => device.text === pingAnswer().toString("latin1"));
  expect(stage.emulator.flow(1)?.parked).toBeUndefined();
  device.raw.resetAndDestroy();
});

test("shows every device with its negotiation, and ends the flows of one", async () => {
  await using stage = await setEmulatorStage((target) => planMail(target, "mail"));
  const flows = [await park(stage, "first"), await park(stage, "first"), await park(stage, "second")];
  await stage.until(() => stage.emulator.flow(3)?.parked !== undefined);
  const ping = { command: "Ping", heartbeatIntervalSeconds: 480, state: "searching" };
  const first = { ...ping, lastMove: { kind: "repeat", after: "lost" }, outcomes: { lost: 1, open: 1 } };
  const second = { ...ping, lastMove: { kind: "first", after: undefined }, outcomes: { lost: 0, open: 1 } };
  expect(stage.emulator.devices()).toMatchObject([
    { id: FIRST, deviceType: "PocketPC", flows: 2, negotiations: [first] },
    { id: SECOND, deviceType: "PocketPC", flows: 1, negotiations: [second] },
  ]);
  expect(stage.emulator.endDevice("0".repeat(12), "reset")).toBe(0);
  expect(stage.emulator.endDevice(SECOND, "reset")).toBe(1);
  expect(await flows[2]?.device.ended()).toBe("rst");
  await stage.until(() => stage.emulator.flows().length === 2);
  const cut = { exchange: { flowId: 3 }, end: { outcome: "cut", hop: "operator", action: "reset" } };
  const told = stage.events.flatMap((event) => (event.kind === "heartbeat" ? [event.event] : []));
  expect(told.filter((event) => event.kind === "ended" && event.exchange.flowId === 3)).toMatchObject([cut]);
  expect(stage.emulator.devices()).toMatchObject([
    { flows: 2 },
    { flows: 0, negotiations: [{ shortestFailedSeconds: 480 }] },
  ]);
  for (const { device } of flows) device.raw.resetAndDestroy();
});

test("shows of a device that parks Ping and Sync both negotiations, Ping before Sync", () => {
  const tracker = new Tracker();
  const device = { deviceId: "first", user: "anna", deviceType: "PocketPC" };
  const common = { flowId: 1, device, askedAt: 0 };
  const asked = [
    { command: "Ping", heartbeatIntervalSeconds: 480 },
    { command: "Sync", heartbeatIntervalSeconds: 900 },
  ] as const;
  const views = (order: readonly (typeof asked)[number][]) => {
    for (const [id, each] of order.entries())
      tracker.handle({ kind: "asked", exchange: { id, ...common, ...each } }, 0);
    return viewDevices(tracker, new Map([[FIRST, 2]]));
  };
  const both = [{ id: FIRST, deviceType: "PocketPC", flows: 2, negotiations: asked }];
  expect(views(asked)).toMatchObject(both);
  expect(views(asked.toReversed())).toMatchObject(both);
});

test("gives every exchange of the process an id of its own, whatever its listener", async () => {
  await using stage = await setEmulatorStage((target) => planMail(target, "mail", "more"));
  for (const listener of ["mail", "more", "mail"]) await park(stage, "first", listener);
  await stage.until(() => stage.emulator.flow(3)?.parked !== undefined);
  const asked = stage.events.flatMap((told) =>
    told.kind === "heartbeat" && told.event.kind === "asked" ? [[told.listener, told.event.exchange.id]] : [],
  );
  expect(asked).toEqual([
    ["mail", 1],
    ["more", 2],
    ["mail", 3],
  ]);
});

test("remembers so many devices over all listeners, and counts those forgotten", async () => {
  await using stage = await setEmulatorStage((target) => planMail(target, "mail", "more"), {
    tracking: { devices: 1 },
  });
  await park(stage, "first", "mail");
  await park(stage, "second", "more");
  await stage.until(() => stage.emulator.flow(2)?.parked !== undefined);
  expect(stage.emulator.figures()).toMatchObject({ forgottenIntervals: 1, forgottenDevices: 1 });
});
