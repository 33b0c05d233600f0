import { afterAll, expect, test } from "vitest";
import { keyPem } from "../../src/live/certificates.ts";
import { deviceHash } from "../../src/live/device-hash.ts";
import type { EmulatorPlan, ListenerPlan } from "../../src/live/emulator-plan.ts";
import { httpsKind } from "../../src/live/listener-kinds.ts";
import { parseTarget } from "../../src/live/target.ts";
import { type EmulatorStage, setEmulatorStage } from "../support/emulator-stage.ts";
import { testIdentity } from "../support/identity.ts";
import { pingAnswer, pingRequest } from "../support/requests.ts";
import { idleHop, profileOf } from "../support/rig.ts";
import { secureDevice, type WireDevice } from "../support/wire-device.ts";
import type { ServerPeer } from "../support/wire-server.ts";
import { expectNothingOpen } from "../support/wire-stage.ts";

const FIRST = deviceHash({ deviceId: "first", user: "anna" });
const SECOND = deviceHash({ deviceId: "second", user: "anna" });

afterAll(expectNothingOpen);

async function planMail(target: string, ...names: readonly string[]): Promise<EmulatorPlan> {
  const { leaf } = await testIdentity();
  const identities = [{ cert: leaf.certificate.toString(), key: keyPem(leaf.key) }];
  const mail = (name: string): ListenerPlan => ({
    name,
    type: "https",
    listen: { host: "127.0.0.1", port: 0 },
    target: `http://${target}`,
    profile: profileOf(idleHop(600_000, { toDevice: "drop", toServer: "drop" })),
    enabled: true,
    makeKind: (scheduler) => httpsKind({ identities, target: parseTarget(`http://${target}`), scheduler }),
  });
  return { seed: 1, applyTo: "new", listeners: names.map(mail) };
}

/** Parks a Ping of a device on a connection of its own. */
async function park(
  stage: EmulatorStage,
  deviceId: string,
  listener = "mail",
): Promise<{ readonly device: WireDevice; readonly peer: ServerPeer }> {
  const index = stage.server.peers.length;
  const device = await secureDevice(stage.portOf(listener));
  device.send(pingRequest(480, deviceId));
  return { device, peer: await stage.server.peer(index, "Email") };
}

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
  const ping = { deviceType: "PocketPC", command: "Ping", heartbeatIntervalSeconds: 480, state: "searching" };
  expect(stage.emulator.devices()).toMatchObject([
    { id: FIRST, flows: 2, ...ping },
    { id: SECOND, flows: 1, ...ping },
  ]);
  expect(stage.emulator.endDevice("0".repeat(12), "reset")).toBe(0);
  expect(stage.emulator.endDevice(SECOND, "reset")).toBe(1);
  expect(await flows[2]?.device.ended()).toBe("rst");
  await stage.until(() => stage.emulator.flows().length === 2);
  const cut = { exchange: { flowId: 3 }, end: { outcome: "cut", hop: "operator", action: "reset" } };
  const told = stage.events.flatMap((event) => (event.kind === "heartbeat" ? [event.event] : []));
  expect(told.filter((event) => event.kind === "ended" && event.exchange.flowId === 3)).toMatchObject([cut]);
  expect(stage.emulator.devices()).toMatchObject([{ flows: 2 }, { flows: 0, shortestFailedSeconds: 480 }]);
  for (const { device } of flows) device.raw.resetAndDestroy();
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
