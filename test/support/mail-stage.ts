import { keyPem } from "../../src/live/certificates.ts";
import type { EmulatorPlan, ListenerPlan } from "../../src/live/emulator-plan.ts";
import { httpsKind } from "../../src/live/listener-kinds.ts";
import { parseTarget } from "../../src/live/target.ts";
import type { EmulatorStage } from "./emulator-stage.ts";
import { testIdentity } from "./identity.ts";
import { pingRequest } from "./requests.ts";
import { idleHop, profileOf } from "./rig.ts";
import { secureDevice, type WireDevice } from "./wire-device.ts";
import type { ServerPeer } from "./wire-server.ts";

/** A plan of `https` listeners of these names, behind a hop that forgets after ten minutes. */
export async function planMail(target: string, ...names: readonly string[]): Promise<EmulatorPlan> {
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
export async function park(
  stage: EmulatorStage,
  deviceId: string,
  listener = "mail",
): Promise<{ readonly device: WireDevice; readonly peer: ServerPeer }> {
  const index = stage.server.peers.length;
  const device = await secureDevice(stage.portOf(listener));
  device.send(pingRequest(480, deviceId));
  return { device, peer: await stage.server.peer(index, "Email") };
}

/**
 * A device loses so many requests, one after the other, by connections that are reset under it, and then parks one more.
 * Time stands, so each is lost after no time at all.
 */
export async function lose(stage: EmulatorStage, count: number, deviceId = "first", listener = "mail"): Promise<void> {
  const before = ended(stage);
  for (let lost = 0; lost < count; lost += 1) {
    const { device, peer } = await park(stage, deviceId, listener);
    device.raw.resetAndDestroy();
    await stage.server.until(() => peer.state === "rst");
  }
  await park(stage, deviceId, listener);
  await stage.until(() => ended(stage) === before + count);
}

/** Asks for 8 minutes, 200 times without waiting for an answer: Exchange would complain. */
export async function askShort(stage: EmulatorStage, deviceId = "first"): Promise<void> {
  const device = await secureDevice(stage.portOf("mail"));
  device.send(Buffer.concat(Array.from({ length: 200 }, () => pingRequest(480, deviceId))));
  await stage.until(() => stage.emulator.alerts().some(({ samples }) => samples === 200));
}

function ended({ events }: EmulatorStage): number {
  return events.filter((told) => told.kind === "heartbeat" && told.event.kind === "ended").length;
}
