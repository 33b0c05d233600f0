import type { DeviceExchange } from "../../src/heartbeat/device-events.ts";
import type { DeviceModel } from "../../src/heartbeat/negotiators/models.ts";
import { deviceModel } from "../../src/heartbeat/negotiators/models.ts";
import type { DeviceOptions, DevicePause, EndedCommand, SentCommand } from "../../src/live/device-options.ts";
import { parseDeviceServer } from "../../src/live/device-server.ts";
import { type Device, startDevice } from "../../src/live/device.ts";
import type { RealScheduler } from "../../src/live/real-scheduler.ts";
import { Collected } from "./collected.ts";
import { testIdentity } from "./identity.ts";

/** The model of that name, which the test needs. */
export function modelNamed(name: string): DeviceModel {
  const model = deviceModel(name);
  if (model === undefined) throw new Error(`there is no device model ${name}`);
  return model;
}

/** A running device and all that it told. */
export interface WatchedDevice {
  readonly device: Device;
  readonly exchanges: Collected<DeviceExchange>;
  readonly pauses: Collected<DevicePause>;
  readonly requests: Collected<SentCommand>;
  readonly ends: Collected<EndedCommand>;
}

/** Starts a device of user `jdoe` that trusts the test's authority; a `fixed` one unless the options say otherwise. */
export async function watchDevice(
  url: string,
  scheduler: RealScheduler,
  options: Partial<DeviceOptions> = {},
): Promise<WatchedDevice> {
  const { authority } = await testIdentity();
  const exchanges = new Collected<DeviceExchange>();
  const pauses = new Collected<DevicePause>();
  const requests = new Collected<SentCommand>();
  const ends = new Collected<EndedCommand>();
  const device = startDevice({
    server: parseDeviceServer(url, { authorities: authority.certificate.toString() }),
    identity: { user: "jdoe", deviceId: "device0001", deviceType: "SmartPhone" },
    password: "secret",
    model: modelNamed("fixed"),
    scheduler,
    timeScale: scheduler.timeScale,
    onConcluded: exchanges.add,
    onPaused: pauses.add,
    onRequest: requests.add,
    onEnded: ends.add,
    ...options,
  });
  return { device, exchanges, pauses, requests, ends };
}
