import { expect, test } from "vitest";
import type { NetworkView } from "../../src/heartbeat/networks.ts";
import type { NegotiatorSettings } from "../../src/heartbeat/negotiators/negotiator.ts";
import type { TrackerEvent } from "../../src/heartbeat/tracker-events.ts";
import { keyPem } from "../../src/live/certificates.ts";
import { startClientAccess } from "../../src/live/client-access.ts";
import { startEmulator } from "../../src/live/emulator.ts";
import type { ListenerPlan } from "../../src/live/emulator-plan.ts";
import { httpsKind } from "../../src/live/listener-kinds.ts";
import { startTcpProxy } from "../../src/live/proxy.ts";
import { RealScheduler } from "../../src/live/real-scheduler.ts";
import { parseTarget } from "../../src/live/target.ts";
import type { PlainEnding } from "../../src/path/condition.ts";
import type { Profile } from "../../src/path/hop.ts";
import { Changes } from "../support/changes.ts";
import { modelNamed, watchDevice } from "../support/devices.ts";
import { testIdentity } from "../support/identity.ts";
import { idleHop, profileOf } from "../support/rig.ts";

const TIME_SCALE = 600;

/** Seven minutes and twenty seconds. */
const WALL_SECONDS = 440;

interface Device {
  readonly model: string;
  readonly settings: NegotiatorSettings;
}

/** A Windows Mobile with these minutes' worth of seconds: start, minimum, step. */
function windowsMobile(initialSeconds: number, minimumSeconds: number, incrementSeconds: number): Device {
  const settings = { initialSeconds, minimumSeconds, incrementSeconds, maximumSeconds: 1800, graceMs: 20_000 };
  return { model: "windows-mobile", settings };
}

/** An Android with its own values. */
function android(model: "android-2012" | "android-2013"): Device {
  return { model, settings: modelNamed(model).defaults };
}

/**
 * Devices, a middlebox that idlewall knows nothing of, idlewall with a profile of its own, a server: until what is known
 * of the path is as expected.
 */
async function learn(
  { wall, profile = profileOf(), devices }: { wall: Profile; profile?: Profile; devices: readonly Device[] },
  known: (view: NetworkView) => boolean,
): Promise<{ readonly views: readonly NetworkView[]; readonly found: readonly TrackerEvent[] }> {
  const scheduler = new RealScheduler({ timeScale: TIME_SCALE, paced: true });
  const server = await startClientAccess({ scheduler });
  const listener = await planMail(`http://127.0.0.1:${server.port}`, profile);
  const changes = new Changes();
  const found: TrackerEvent[] = [];
  const emulator = await startEmulator({
    version: "0",
    scheduler,
    timeScale: TIME_SCALE,
    plan: { seed: 1, applyTo: "new", listeners: [listener] },
    observers: [{ found: (event) => found.push(event), heartbeat: () => changes.tell() }],
  });
  const target = `127.0.0.1:${emulator.listeners()[0]?.address.port}`;
  const middlebox = await startTcpProxy({ profile: wall, scheduler, timeScale: TIME_SCALE, target });
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
  await changes.until(() => emulator.bounds().some(known));
  const views = emulator.bounds();
  for (const { device } of running) await device.stop();
  await middlebox.stop();
  await emulator.stop();
  await server.stop();
  scheduler.stop();
  return { views, found };
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

/** Ends what is silent for 7 min 20 s. */
function wallOf(ending: PlainEnding): Profile {
  return profileOf(idleHop(WALL_SECONDS * 1000, { toDevice: ending, toServer: ending }));
}

test.concurrent.each(["drop", "reset", "close"] as const)(
  "bounds closes in on a time-out of 7 min 20 s that idlewall did not make, when that ends flows with %s",
  async (ending) => {
    const devices = [windowsMobile(900, 460, 240), windowsMobile(400, 200, 32), android("android-2013")];
    const { views, found } = await learn(
      { wall: wallOf(ending), devices },
      ({ state, longestHeldSeconds, shortestFailedSeconds = Infinity }) =>
        state === "wall" && longestHeldSeconds === 432 && shortestFailedSeconds <= 464,
    );
    const [view] = views;
    expect(views).toHaveLength(1);
    expect(view).toMatchObject({ network: "127.0.0.0/24", state: "wall", endedByHopsCount: 0 });
    expect(view?.confidence).toBeGreaterThanOrEqual(0.995);
    expect(view?.longestHeldSeconds).toBeLessThan(WALL_SECONDS);
    expect(view?.shortestFailedSeconds).toBeGreaterThanOrEqual(WALL_SECONDS);
    expect(found.map(({ kind }) => kind)).toContain("wallFound");
    expect(found.some(({ kind }) => kind === "unheard")).toBe(ending === "drop");
  },
);

test.concurrent("Androids alone, of 2012 and of 2013, show between which of their steps the time-out lies", async () => {
  const { views } = await learn(
    { wall: wallOf("reset"), devices: [android("android-2012"), android("android-2013")] },
    ({ state, longestHeldSeconds }) => state === "wall" && longestHeldSeconds !== undefined,
  );
  expect(views).toMatchObject([{ state: "wall", longestHeldSeconds: 290 }]);
  expect(views[0]?.shortestFailedSeconds).toBeGreaterThanOrEqual(WALL_SECONDS);
  expect(views[0]?.shortestFailedSeconds).toBeLessThanOrEqual(480);
});

test.concurrent("bounds is not fooled by a hop of our own, and says how often that ended a request", async () => {
  const own = profileOf(idleHop(300_000, { toDevice: "reset", toServer: "reset" }));
  const { views, found } = await learn(
    { wall: profileOf(), profile: own, devices: [windowsMobile(240, 240, 240), windowsMobile(900, 480, 240)] },
    ({ heldCount, endedByHopsCount }) => heldCount >= 3 && endedByHopsCount >= 4,
  );
  expect(views).toMatchObject([{ state: "open", longestHeldSeconds: 240, failedCount: 0 }]);
  expect(found).toEqual([]);
});
