import { describe, expect, test } from "vitest";
import type { PathFinding } from "../../src/heartbeat/path-finding.ts";
import { parseDeviceServer } from "../../src/live/device-server.ts";
import type { ProxyOptions } from "../../src/live/proxy.ts";
import { startProbe } from "../../src/live/probe.ts";
import { RealScheduler } from "../../src/live/real-scheduler.ts";
import { endingsOf } from "../../src/profile/conditions/endings.ts";
import type { Ending } from "../../src/path/condition.ts";
import type { Profile } from "../../src/path/hop.ts";
import { Rewriter } from "../../src/live/rewriter.ts";
import { parseTarget } from "../../src/live/target.ts";
import { startClientAccess } from "../../src/live/client-access.ts";
import { ProbePings } from "../../src/live/probe-pings.ts";
import { modelNamed } from "../support/devices.ts";
import { getRequest } from "../support/requests.ts";
import { secureDevice } from "../support/wire-device.ts";
import { startWireServer } from "../support/wire-server.ts";
import { idleHop, profileOf, startRig, startTcpServer } from "../support/rig.ts";

const TIME_SCALE = 60;
const IDLE_MS = 75_000;
const PRECISION_MS = 6000;
/** Half a real second, as the command takes. */
const GRACE_MS = 500 * TIME_SCALE;

/** Probes a path of an idlewall, at 60 times the speed. */
async function probe(profile: Profile, options: Partial<ProxyOptions> = {}): Promise<PathFinding | undefined> {
  const server = await startTcpServer(() => undefined);
  const rig = await startRig(server.port, { profile, probes: { timeScale: TIME_SCALE }, ...options }, TIME_SCALE);
  const scheduler = new RealScheduler({ timeScale: TIME_SCALE });
  const running = await startProbe({
    server: parseDeviceServer(`https://127.0.0.1:${rig.proxy.port}`, { insecure: true }),
    scheduler,
    timeScale: TIME_SCALE,
    search: {
      fromMs: 30_000,
      toMs: 150_000,
      precisionMs: PRECISION_MS,
      flowCount: 30,
      graceMs: GRACE_MS,
      preset: false,
    },
  });
  const finding = await running.finding;
  await running.stop();
  scheduler.stop();
  await rig.stop();
  await server.stop();
  return finding;
}

const FOUND = { verdict: "idle-timeout", agreement: 1, refreshedBy: "either" };

describe("a probe of a path that idlewall emulates finds its time-out and what both sides see", () => {
  test.each<[Ending, object, object]>([
    ["drop", { atExpiry: "nothing", onSend: "nothing" }, { atExpiry: "nothing", onSend: "nothing" }],
    ["reset-on-next", { atExpiry: "nothing", onSend: "reset" }, { atExpiry: "nothing", onSend: "rst" }],
    ["reset", { atExpiry: "reset" }, { atExpiry: "rst" }],
    ["close", { atExpiry: "closed" }, { atExpiry: "fin" }],
    [{ respond: 504 }, { atExpiry: { status: 504 } }, { atExpiry: "rst" }],
  ])("%j", async (ending, device, server) => {
    const finding = await probe(profileOf(idleHop(IDLE_MS, endingsOf(ending))));
    expect(finding).toMatchObject({ ...FOUND, device, server });
    expect(finding?.deadMs).toBeGreaterThanOrEqual(IDLE_MS - 100);
    expect(finding?.deadMs).toBeLessThanOrEqual(IDLE_MS + 2 * PRECISION_MS);
  });
});

test("a path of a listener that rewrites is found too, over either leg", async () => {
  const rewriter = new Rewriter({
    backends: [{ prefix: "/", target: parseTarget("http://127.0.0.1:1"), host: "backend", stripPrefix: false }],
    scheduler: new RealScheduler(),
    forwarded: "replace",
  });
  const finding = await probe(profileOf(idleHop(IDLE_MS, endingsOf("reset"))), {
    makeHandler: (watcher) => rewriter.handler(watcher),
    legKind: "conditioned",
  });
  rewriter.stop();
  expect(finding).toMatchObject({ verdict: "idle-timeout", told: true, server: { atExpiry: "rst" } });
});

test("real Pings find the time-out in front of a Client Access server", async () => {
  const scheduler = new RealScheduler({ timeScale: TIME_SCALE });
  const clientAccess = await startClientAccess({ scheduler });
  const profile = profileOf(idleHop(IDLE_MS, endingsOf("reset")));
  const rig = await startRig(clientAccess.port, { profile }, TIME_SCALE);
  const server = parseDeviceServer(`https://127.0.0.1:${rig.proxy.port}`, { insecure: true });
  const [user, password, model, graceMs] = ["someone", "secret", modelNamed("fixed"), GRACE_MS] as const;
  const running = await startProbe({
    server,
    scheduler,
    timeScale: TIME_SCALE,
    search: { fromMs: 60_000, toMs: 120_000, precisionMs: 5000, flowCount: 6, graceMs, preset: true },
    makeCarrier: (tell) => new ProbePings({ server, scheduler, user, password, model, graceMs, tell }),
  });
  const finding = await running.finding;
  await running.stop();
  await rig.stop();
  await clientAccess.stop();
  scheduler.stop();
  expect(finding).toMatchObject({ verdict: "idle-timeout", told: true, device: { atExpiry: "reset" } });
  expect(Math.abs((finding?.deadMs ?? 0) - IDLE_MS)).toBeLessThan(PRECISION_MS);
});

test("what is no probe is forwarded as ever where probes are answered, and a probe nowhere else", async () => {
  const server = await startWireServer((peer) => {
    peer.socket.once("data", () => peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  });
  for (const probes of [{ timeScale: 1 }, undefined]) {
    const rig = await startRig(server.port, { probes });
    const device = await secureDevice(rig.proxy.port);
    device.send(getRequest(probes === undefined ? "/.well-known/idlewall-probe" : "/.well-known/other"));
    await device.until(() => device.text.includes("ok"));
    expect(device.text).toContain("200 OK");
    await rig.stop();
  }
  expect(server.peers.map(({ text }) => /^GET \S+/u.exec(text)?.[0])).toEqual([
    "GET /.well-known/other",
    "GET /.well-known/idlewall-probe",
  ]);
  await server.stop();
});
