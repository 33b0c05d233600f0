import { afterAll, expect, test } from "vitest";
import type { PathFinding } from "../../src/heartbeat/path-finding.ts";
import { startClientAccess, type ClientAccessOptions } from "../../src/live/client-access.ts";
import { parseDeviceServer } from "../../src/live/device-server.ts";
import { startProbe } from "../../src/live/probe.ts";
import { ProbePings } from "../../src/live/probe-pings.ts";
import { RealScheduler } from "../../src/live/real-scheduler.ts";
import type { Ending } from "../../src/path/condition.ts";
import { endingsOf } from "../../src/profile/conditions/endings.ts";
import { modelNamed } from "../support/devices.ts";
import { expectNothingOpen } from "../support/wire-stage.ts";
import { idleHop, profileOf, startRig } from "../support/rig.ts";

const TIME_SCALE = 120;

afterAll(expectNothingOpen);

/** Who asked the server for what, in order, and what it answered. */
type Asked = readonly { readonly deviceId: string; readonly command: string; readonly httpStatus: number }[];

/** Probes with Pings through a path that forgets, and tells what was found and what the server was asked. */
async function pings(options: Partial<ClientAccessOptions>, idleMs: number, atExpiry: Ending = "reset") {
  const asked: Asked[number][] = [];
  let refusals = 0;
  const scheduler = new RealScheduler({ timeScale: TIME_SCALE });
  const clientAccess = await startClientAccess({
    scheduler,
    onAnswered: ({ deviceId, command }, httpStatus) => void asked.push({ deviceId, command, httpStatus }),
    onRefused: () => void (refusals += 1),
    ...options,
  });
  const rig = await startRig(
    clientAccess.port,
    { profile: profileOf(idleHop(idleMs, endingsOf(atExpiry))) },
    TIME_SCALE,
  );
  const server = parseDeviceServer(`https://127.0.0.1:${rig.proxy.port}`, { insecure: true });
  const [model, graceMs] = [modelNamed("fixed"), 500 * TIME_SCALE];
  const running = await startProbe({
    server,
    scheduler,
    timeScale: TIME_SCALE,
    search: { fromMs: 60_000, toMs: 240_000, precisionMs: 10_000, flowCount: 6, graceMs, preset: true },
    makeCarrier: (tell) =>
      new ProbePings({ server, scheduler, user: "someone", password: "secret", model, graceMs, tell }),
  });
  let failure: unknown;
  const finding: PathFinding | undefined = await running.finding.catch((error: unknown) => {
    failure = error;
    return undefined;
  });
  await running.stop();
  await rig.stop();
  await clientAccess.stop();
  scheduler.stop();
  return { finding, failure, asked, refusals };
}

test("one flow signs in before the others, and each has a device of its own that is the same in the next round", async () => {
  const { finding, asked } = await pings({}, 150_000);
  expect(finding).toMatchObject({ verdict: "idle-timeout", agreement: 1, failedCount: 0 });
  expect(finding?.aliveMs).toBeLessThan(150_000);
  expect(finding?.deadMs).toBeGreaterThanOrEqual(150_000);
  const first = asked.findIndex(({ deviceId }) => deviceId !== asked[0]?.deviceId);
  expect(asked.slice(0, first).map(({ command }) => command)).toContain("FolderSync");
  const ids = new Set(asked.map(({ deviceId }) => deviceId));
  expect(ids.size).toBeLessThanOrEqual(6);
  for (const id of ids) expect(id).toMatch(/^idlewall[0-9a-f]{12}[1-6]$/u);
});

test("a wrong password is tried once", async () => {
  const { failure, refusals } = await pings({ users: { someone: "other" } }, 150_000);
  expect(refusals).toBe(1);
  expect(String(failure)).toMatch(/found no flow that could be probed: the server answered \w+ with HTTP 401/u);
});

test("the server's own limit is the longest silence that is asked, and is told", async () => {
  const limited = { settings: { maximumSeconds: 120 } };
  expect((await pings(limited, 600_000)).finding).toMatchObject({
    verdict: "longer",
    serverMaximumMs: 120_000,
    failedCount: 0,
  });
  for (const atExpiry of ["reset", "drop"] as const) {
    const { finding } = await pings(limited, 90_000, atExpiry);
    expect(finding).toMatchObject({ verdict: "idle-timeout", failedCount: 0 });
    expect(finding?.aliveMs).toBeLessThan(90_000);
    expect(finding?.deadMs).toBeGreaterThanOrEqual(90_000);
    expect(finding?.deadMs).toBeLessThanOrEqual(101_000);
  }
});
