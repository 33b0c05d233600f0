import type { DeviceExchange } from "../heartbeat/device-events.ts";
import { type OpenRow, Trace, type TraceRow } from "../heartbeat/trace.ts";
import { createAuthority, createLeaf, keyPem } from "../live/certificates.ts";
import { startClientAccess } from "../live/client-access.ts";
import { type Device, startDevice } from "../live/device.ts";
import { parseDeviceServer } from "../live/device-server.ts";
import type { LegKind } from "../live/front.ts";
import { startProxy } from "../live/proxy.ts";
import { RealScheduler } from "../live/real-scheduler.ts";
import { RunScenario } from "../live/run-scenario.ts";
import { parseTarget } from "../live/target.ts";
import { type Scenario, scenarioDevice, scenarioMail, traceFlow } from "../sizing/scenario.ts";

/** How a scenario runs live. */
export interface LiveRun {
  /** Emulated seconds in one real second. */
  readonly timeScale: number;
  /** Default `auto`. */
  readonly legKind?: LegKind;
}

/**
 * Runs a scenario over loopback TLS, with the proxy, devices and Client Access server that the other commands run.
 * All share one paced clock: a stall of this machine delays everything alike.
 */
export async function runLive(
  scenario: Scenario,
  { timeScale, legKind = "auto" }: LiveRun,
  tell: (row: TraceRow) => void,
): Promise<readonly OpenRow[]> {
  const trace = new Trace(tell);
  const scheduler = new RealScheduler({ timeScale, paced: true, standing: true });
  const authority = await createAuthority();
  const leaf = await createLeaf(authority, { names: [LOOPBACK] });
  await using server = await startClientAccess({
    scheduler,
    ...(scenario.server !== undefined && { settings: scenario.server }),
  });
  await using proxy = await startProxy({
    host: LOOPBACK,
    target: parseTarget(`http://${LOOPBACK}:${server.port}`),
    profile: { name: "scenario", title: "A scenario's path", source: "the command line", hops: scenario.hops },
    identities: [{ cert: leaf.certificate.toString(), key: keyPem(leaf.key) }],
    scheduler,
    timeScale,
    legKind,
    scenario: new RunScenario(scenario.seed),
    observers: [{ heartbeat: (event) => trace.heartbeat(event), flow: (event) => traceFlow(trace, event) }],
  });
  const deviceServer = parseDeviceServer(`https://${LOOPBACK}:${proxy.port}`, {
    authorities: authority.certificate.toString(),
  });
  const devices: Device[] = [];
  for (let number = 1; number <= scenario.deviceCount; number += 1) {
    const { deviceId, user, deviceType } = scenarioDevice(scenario, number);
    devices.push(
      startDevice({
        server: deviceServer,
        identity: { deviceId, user, deviceType },
        password: "secret",
        model: scenario.model,
        settings: scenario.settings,
        scheduler,
        timeScale,
        minimumPatienceMs: 0,
        onAsked: (asked) => trace.asked(deviceId, asked),
        onConcluded: (record: DeviceExchange) => trace.concluded(deviceId, record),
      }),
    );
  }
  for (const { at, user } of scenarioMail(scenario)) scheduler.schedule(at, () => void server.deliver(user));
  const end = new Promise<void>((resolve) => {
    scheduler.schedule(scenario.durationMs, resolve);
  });
  scheduler.start();
  await end;
  const open = trace.open();
  await Promise.all(devices.map((device) => device.stop()));
  scheduler.stop();
  return open;
}

/** An address and not a name: looking a name up takes time that the paced clock can't see. */
const LOOPBACK = "127.0.0.1";
