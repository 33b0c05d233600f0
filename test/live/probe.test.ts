import { describe, expect, test } from "vitest";
import type { PathFinding } from "../../src/heartbeat/path-finding.ts";
import { parseDeviceServer } from "../../src/live/device-server.ts";
import { startProbe } from "../../src/live/probe.ts";
import { RealScheduler } from "../../src/live/real-scheduler.ts";
import { endingsOf } from "../../src/profile/conditions/endings.ts";
import type { Ending } from "../../src/path/condition.ts";
import type { Profile } from "../../src/path/hop.ts";
import { idleHop, profileOf, startRig, startTcpServer } from "../support/rig.ts";

const TIME_SCALE = 60;
const IDLE_MS = 75_000;
const PRECISION_MS = 6000;

/** Probes a path of an idlewall, at 60 times the speed. */
async function probe(profile: Profile): Promise<PathFinding | undefined> {
  const server = await startTcpServer(() => undefined);
  const rig = await startRig(server.port, { profile, probes: { timeScale: TIME_SCALE } }, TIME_SCALE);
  const scheduler = new RealScheduler({ timeScale: TIME_SCALE });
  const running = await startProbe({
    server: parseDeviceServer(`https://127.0.0.1:${rig.proxy.port}`, { insecure: true }),
    scheduler,
    timeScale: TIME_SCALE,
    search: { fromMs: 30_000, toMs: 150_000, precisionMs: PRECISION_MS, flowCount: 30, graceMs: 20_000, preset: false },
  });
  const finding = await running.finding;
  await running.stop();
  scheduler.stop();
  await rig.stop();
  await server.stop();
  return finding;
}

describe("a probe of a path that idlewall emulates finds its time-out and what both sides see", () => {
  test.concurrent.each<[Ending, object, object]>([
    ["drop", { atExpiry: "nothing", onSend: "nothing" }, { atExpiry: "nothing", onSend: "nothing" }],
    ["reset-on-next", { atExpiry: "nothing", onSend: "reset" }, { atExpiry: "nothing", onSend: "rst" }],
    ["reset", { atExpiry: "reset" }, { atExpiry: "rst" }],
    ["close", { atExpiry: "closed" }, { atExpiry: "fin" }],
    [{ respond: 504 }, { atExpiry: { status: 504 } }, { atExpiry: "rst" }],
  ])("%j", async (ending, device, server) => {
    const finding = await probe(profileOf(idleHop(IDLE_MS, endingsOf(ending))));
    expect(finding).toMatchObject({ verdict: "idle-timeout", agreement: 1, refreshedBy: "either", device, server });
    expect(finding?.deadMs).toBeGreaterThanOrEqual(IDLE_MS - 100);
    expect(finding?.deadMs).toBeLessThanOrEqual(IDLE_MS + PRECISION_MS);
  });
});
