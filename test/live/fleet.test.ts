import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { keyPem } from "../../src/live/certificates.ts";
import { startClientAccess } from "../../src/live/client-access.ts";
import { parseDeviceServer } from "../../src/live/device-server.ts";
import { startFleet } from "../../src/live/fleet.ts";
import { RealScheduler } from "../../src/live/real-scheduler.ts";
import { Collected } from "../support/collected.ts";
import { modelNamed } from "../support/devices.ts";
import { testIdentity } from "../support/identity.ts";

/** Sockets and listeners of this process; what the test runner has is in every count. */
function socketCount(): number {
  return process.getActiveResourcesInfo().filter((name) => /TCP|TLS|Connect/u.test(name)).length;
}

test("a fleet of 50 starts, waits and stops, and leaves no socket and no timer", async () => {
  const before = socketCount();
  const scheduler = new RealScheduler({ timeScale: 100 });
  const { authority, leaf } = await testIdentity();
  const server = await startClientAccess({
    scheduler,
    identities: [{ cert: leaf.certificate.toString(), key: keyPem(leaf.key) }],
  });
  const asked = new Collected<string>();
  const fleet = startFleet({
    count: 50,
    server: parseDeviceServer(`https://127.0.0.1:${server.port}`, { authorities: authority.certificate.toString() }),
    password: "secret",
    model: modelNamed("fixed"),
    scheduler,
    timeScale: 100,
    spreadMs: 30_000,
    onAsked: (_asked, { deviceId, user }) => asked.add(`${deviceId} ${user}`),
  });
  const names = await asked.count(50);
  expect(new Set(names).size).toBe(50);
  expect(names.every((name) => /^device(\d{4}) user\1$/u.test(name))).toBe(true);
  expect(fleet.connectedCount).toBe(50);
  await fleet.stop();
  expect(fleet.connectedCount).toBe(0);
  await server.stop();
  expect([scheduler.pending, server.connectionCount]).toEqual([0, 0]);
  /** Node lists a handle until libuv has closed it, a turn later; with a leak this never ends. */
  while (socketCount() > before) await setImmediate();
  scheduler.stop();
});

test("a fleet that is stopped before its devices started leaves nothing", async () => {
  const scheduler = new RealScheduler();
  const options = {
    server: parseDeviceServer("http://127.0.0.1:1"),
    password: "",
    model: modelNamed("fixed"),
    scheduler,
  };
  const fleet = startFleet({ ...options, count: 3, spreadMs: 3_600_000 });
  expect(scheduler.pending).toBe(3);
  await fleet.stop();
  expect(scheduler.pending).toBe(0);
  scheduler.stop();
});

test("a fleet starts at the same instants with the same seed", () => {
  const options = { server: parseDeviceServer("http://127.0.0.1:1"), password: "", model: modelNamed("fixed") };
  const instants = (seed: number): readonly number[] => {
    const at: number[] = [];
    const scheduler = { now: () => 0, schedule: (due: number) => ({ at: due, cancel: () => void at.push(due) }) };
    void startFleet({ ...options, scheduler, count: 5, spreadMs: 60_000, seed }).stop();
    return at;
  };
  expect(instants(7)).toEqual(instants(7));
  expect(instants(7)).not.toEqual(instants(8));
  expect(instants(7).every((at) => at >= 0 && at < 60_000)).toBe(true);
});

test.each([
  [1, ["device0001 jdoe"]],
  [2, ["device0001 jdoe0001", "device0002 jdoe0002"]],
])("of %i devices each has its own user", async (count, expected) => {
  const scheduler = new RealScheduler();
  const options = {
    server: parseDeviceServer("http://127.0.0.1:1"),
    password: "",
    model: modelNamed("fixed"),
    scheduler,
  };
  const fleet = startFleet({ ...options, count, user: "jdoe", spreadMs: 3_600_000 });
  expect(fleet.devices.map(({ identity }) => `${identity.deviceId} ${identity.user}`)).toEqual(expected);
  await fleet.stop();
  scheduler.stop();
});
