import type { NetworkView } from "../../src/heartbeat/networks.ts";
import type { NegotiatorSettings } from "../../src/heartbeat/negotiators/negotiator.ts";
import type { Recommendations } from "../../src/heartbeat/recommendation/types.ts";
import type { TrackerEvent } from "../../src/heartbeat/tracker-events.ts";
import { keyPem } from "../../src/live/certificates.ts";
import { startClientAccess } from "../../src/live/client-access.ts";
import { type Emulator, startEmulator } from "../../src/live/emulator.ts";
import type { ListenerPlan } from "../../src/live/emulator-plan.ts";
import { httpsKind } from "../../src/live/listener-kinds.ts";
import { startTcpProxy } from "../../src/live/proxy.ts";
import { RealScheduler } from "../../src/live/real-scheduler.ts";
import { parseTarget } from "../../src/live/target.ts";
import type { Profile } from "../../src/path/hop.ts";
import { Changes } from "./changes.ts";
import { modelNamed, watchDevice } from "./devices.ts";
import { testIdentity } from "./identity.ts";
import { profileOf } from "./rig.ts";

const TIME_SCALE = 600;

/** A device as a test wants it. */
export interface Device {
  readonly model: string;
  readonly settings: NegotiatorSettings;
}

/** A Windows Mobile with these minutes' worth of seconds: start, minimum, step. */
export function windowsMobile(initialSeconds: number, minimumSeconds: number, incrementSeconds: number): Device {
  const settings = { initialSeconds, minimumSeconds, incrementSeconds, maximumSeconds: 1800, graceMs: 20_000 };
  return { model: "windows-mobile", settings };
}

/** A device that asks the same for ever. */
export function fixed(initialSeconds: number): Device {
  const model = modelNamed("fixed");
  return { model: "fixed", settings: { ...model.defaults, initialSeconds } };
}

/** An Android with its own values. */
export function android(model: "android-2012" | "android-2013"): Device {
  return { model, settings: modelNamed(model).defaults };
}

/** What lies between devices and server, which devices there are, and what the server takes. */
interface Learning {
  /** What idlewall knows nothing of; default nothing. */
  readonly wall?: Profile;
  /** Idlewall's own; default nothing. */
  readonly profile?: Profile;
  readonly devices: readonly Device[];
  /** The longest interval that the server takes, in s; default 3540. */
  readonly maximumSeconds?: number;
  /** Default 600. */
  readonly timeScale?: number;
}

/** What idlewall has learnt by then. */
interface Learnt {
  readonly views: readonly NetworkView[];
  readonly found: readonly TrackerEvent[];
  readonly recommendations: Recommendations;
}

/**
 * Devices, a middlebox that idlewall knows nothing of, idlewall with a profile of its own, a server: until what is known
 * of the path is as expected.
 */
export async function learn(
  { wall = profileOf(), profile = profileOf(), devices, maximumSeconds, timeScale = TIME_SCALE }: Learning,
  known: (emulator: Emulator) => boolean,
): Promise<Learnt> {
  const scheduler = new RealScheduler({ timeScale, paced: true });
  const server = await startClientAccess({
    scheduler,
    settings: { ...(maximumSeconds !== undefined && { maximumSeconds }) },
  });
  const listener = await planMail(`http://127.0.0.1:${server.port}`, profile);
  const changes = new Changes();
  const found: TrackerEvent[] = [];
  const emulator = await startEmulator({
    version: "0",
    scheduler,
    timeScale,
    plan: { seed: 1, applyTo: "new", listeners: [listener] },
    observers: [{ found: (event) => found.push(event), heartbeat: () => changes.tell() }],
  });
  const target = `127.0.0.1:${emulator.listeners()[0]?.address.port}`;
  const middlebox = await startTcpProxy({ profile: wall, scheduler, timeScale, target });
  const running = await Promise.all(
    devices.map(({ model, settings }, index) =>
      watchDevice(`https://127.0.0.1:${middlebox.port}`, scheduler, {
        model: modelNamed(model),
        settings,
        identity: { user: `user${index}`, deviceId: `device${index}`, deviceType: "PocketPC" },
        minimumPatienceMs: 0,
      }),
    ),
  );
  await changes.until(() => known(emulator));
  const [views, recommendations] = [emulator.bounds(), emulator.recommendation()];
  for (const { device } of running) await device.stop();
  await middlebox.stop();
  await emulator.stop();
  await server.stop();
  scheduler.stop();
  return { views, found, recommendations };
}

async function planMail(target: string, profile: Profile): Promise<ListenerPlan> {
  const { leaf } = await testIdentity();
  const identities = [{ cert: leaf.certificate.toString(), key: keyPem(leaf.key) }];
  return {
    name: "mail",
    type: "https",
    listen: { host: "127.0.0.1", port: 0 },
    target,
    profile,
    enabled: true,
    makeKind: (scheduler) => httpsKind({ identities, target: parseTarget(target), scheduler }),
  };
}
