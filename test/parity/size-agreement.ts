import { expect } from "vitest";
import type { Millis } from "../../src/core/machine.ts";
import { pathFailed } from "../../src/heartbeat/events.ts";
import { createAuthority, createLeaf, keyPem } from "../../src/live/certificates.ts";
import { startClientAccess } from "../../src/live/client-access.ts";
import { type Device, startDevice } from "../../src/live/device.ts";
import { parseDeviceServer } from "../../src/live/device-server.ts";
import { startProxy } from "../../src/live/proxy.ts";
import { RealScheduler } from "../../src/live/real-scheduler.ts";
import { parseTarget } from "../../src/live/target.ts";
import { type DeviceCase, deviceCase } from "../../src/sizing/device-case.ts";
import { DeviceCourse } from "../../src/sizing/device-course.ts";
import type { SizeSettings } from "../../src/sizing/size-result.ts";
import { slicesOf } from "../../src/sizing/slices.ts";
import { mailOf, sizeSlice } from "../../src/sizing/sweep.ts";
import { type AskedInterval, latestAsked, mergeTallies } from "../../src/sizing/tally.ts";
import { DAY_MS, settledDays } from "../../src/sizing/workload.ts";
import { carrierOf, firewallOf, kindOf, sizeSettings } from "../sizing/settings.ts";

/** What a run of `size` and a live run are compared by. */
interface Comparison {
  readonly settled: readonly number[];
  readonly failed: number;
  readonly heartbeats: number;
  readonly requests: number;
  readonly connections: number;
  /** The latest intervals asked, in s, of one device after the other. */
  readonly asked: readonly number[];
  /** How often radios woke. */
  readonly wakeUps: number;
  /** In s, the shortest first. */
  readonly delays: readonly number[];
}

const MINUTE_MS = 60_000;

/** No run ends nearer to anything that happens in it than this: a live run may be as late. */
const MARGIN_MS = 2 * MINUTE_MS;

/** Settings of one time-out and one carrier each. */
export const AGREEING: readonly (readonly [title: string, settings: SizeSettings])[] = [
  ["windows-mobile, carrier 13 min, firewall 30 min", sizing("windows-mobile", carrierOf(787), firewallOf(1800))],
  ["windows-mobile, firewall 10 min, reset", sizing("windows-mobile", carrierOf(null), firewallOf(611, "reset"))],
  ["android-2013, carrier 13 min", sizing("android-2013", carrierOf(787), firewallOf(1800))],
  ["windows-mobile, firewall 7 min", sizing("windows-mobile", carrierOf(null), firewallOf(431))],
  ["windows-mobile, firewall an hour", sizing("windows-mobile", carrierOf(null), firewallOf(3617))],
  [
    "windows-mobile-6.1, carrier 20 min, close",
    sizing("windows-mobile-6.1", carrierOf(1217, "close"), firewallOf(2400)),
  ],
  ["android-2009, firewall 281 s, close", sizing("android-2009", carrierOf(null), firewallOf(281, "close"))],
  ["android-2012, carrier 791 s, reset", sizing("android-2012", carrierOf(791, "reset"), firewallOf(1800))],
  [
    "android-2013, firewall 7 min, reset-on-next",
    sizing("android-2013", carrierOf(null), firewallOf(431, "reset-on-next")),
  ],
  ["fixed, carrier 13 min, firewall 12 min", sizing("fixed", carrierOf(787), firewallOf(713))],
  [
    "windows-mobile and android-2013 beside each other, firewall 25 min",
    {
      ...sizing("windows-mobile", carrierOf(null), firewallOf(1511)),
      devices: [
        { ...kindOf("windows-mobile"), share: 0.5 },
        { ...kindOf("android-2013"), share: 0.5 },
      ],
    },
  ],
];

function sizing(
  model: Parameters<typeof kindOf>[0],
  carrier: SizeSettings["carriers"][number],
  firewall: SizeSettings["firewall"],
): SizeSettings {
  return sizeSettings({ carriers: [carrier], devices: [kindOf(model)], firewall, deviceCount: 2 });
}

/** Emulated seconds in a real one: five hours in 2.5 s. The clock is paced: its rate decides no outcome. */
const TIME_SCALE = 7200;

/** What may differ between the two worlds, in seconds: the way of bytes through sockets, scaled. */
const TOLERANCE_SECONDS = 30;

/** Runs `size` and a live proxy under the same settings for about so many hours, and expects them to agree. */
export async function expectAgreement(settings: SizeSettings, hours: number): Promise<Comparison> {
  const same = lasting(settings, hours);
  const { delays, ...virtual } = sized(same);
  const { delays: liveDelays, ...live } = await lived(same);
  expect(live).toEqual(virtual);
  expect(liveDelays).toHaveLength(delays.length);
  for (const [index, delay] of delays.entries()) {
    expect(Math.abs((liveDelays[index] ?? NaN) - delay)).toBeLessThan(TOLERANCE_SECONDS);
  }
  return { delays, ...virtual };
}

/** The same for a run of about so many hours, ending where nothing is near. */
function lasting(settings: SizeSettings, hours: number): SizeSettings {
  const longer = { ...settings, days: (hours + 6) / 24 };
  const busy = devicesOf(settings).flatMap(({ number, of }) => {
    const course = new DeviceCourse(of, mailOf(longer, 0, number));
    const instants: Millis[] = [];
    for (const _ of course.until(longer.days * DAY_MS)) instants.push(course.now);
    return instants;
  });
  let endsAt = hours * 60 * MINUTE_MS;
  while (busy.some((at) => Math.abs(at - endsAt) < MARGIN_MS)) endsAt += MINUTE_MS;
  return { ...settings, days: endsAt / DAY_MS };
}

/** What `size` says. */
function sized(settings: SizeSettings): Comparison {
  const [tally] = mergeTallies(slicesOf(settings).map((slice) => sizeSlice(settings, slice)));
  if (tally === undefined) throw new Error("expected devices");
  const { failed, heartbeats, requests, connections } = tally;
  const listed = (counts: ReadonlyMap<number, number>) =>
    [...counts].flatMap(([value, count]) => Array.from({ length: count }, () => value)).sort(ascending);
  return {
    settled: listed(tally.settled),
    failed,
    heartbeats,
    requests,
    connections,
    asked: inOrder(tally.asked),
    wakeUps: tally.wakeUps.value,
    delays: listed(tally.delays),
  };
}

/** Device by device: which of them asked first at one instant is nobody's business. */
function inOrder(asked: readonly AskedInterval[]): readonly number[] {
  return asked
    .toSorted((left, right) => left.device - right.device || left.at - right.at)
    .map(({ heartbeatIntervalSeconds }) => heartbeatIntervalSeconds);
}

/** What the live proxy, devices and server show under the same settings. */
async function lived(settings: SizeSettings): Promise<Comparison> {
  const devicesToRun = devicesOf(settings);
  const [first] = devicesToRun;
  if (first === undefined) throw new Error("expected devices");
  const { hops, server: limits } = first.of;
  const scheduler = new RealScheduler({ timeScale: TIME_SCALE, paced: true, standing: true });
  const authority = await createAuthority();
  const leaf = await createLeaf(authority, { names: [LOOPBACK] });
  const { minimumHeartbeatSeconds: minimumSeconds, maximumHeartbeatSeconds: maximumSeconds } = limits;
  await using server = await startClientAccess({ scheduler, settings: { minimumSeconds, maximumSeconds } });
  const counts = { failed: 0, heartbeats: 0, requests: 0, connections: 0, wakeUps: 0 };
  const asked: AskedInterval[] = [];
  const delays: number[] = [];
  const settled = new Map<number, number | undefined>();
  const failedAt = new Map<string, Millis>();
  await using proxy = await startProxy({
    host: LOOPBACK,
    target: parseTarget(`http://${LOOPBACK}:${server.port}`),
    profile: { name: "sized", title: "A path that was sized", source: "a test", hops },
    identities: [{ cert: leaf.certificate.toString(), key: keyPem(leaf.key) }],
    scheduler,
    timeScale: TIME_SCALE,
    observers: [
      {
        heartbeat: (event) => {
          if (event.kind !== "ended" || !pathFailed(event.end.outcome)) return;
          counts.failed += 1;
          failedAt.set(event.exchange.device.deviceId, event.end.endedAt);
        },
      },
    ],
  });
  const deviceServer = parseDeviceServer(`https://${LOOPBACK}:${proxy.port}`, {
    authorities: authority.certificate.toString(),
  });
  const devices: Device[] = [];
  for (const { number, of: each } of devicesToRun) {
    const { model, settings: search } = each;
    let radioAt = -Infinity;
    const useRadio = (at: Millis): void => {
      counts.wakeUps += Number(at - radioAt > settings.cost.tail.value * 1000);
      radioAt = at;
    };
    const user = `user${number}`;
    const unheard: Millis[] = [];
    for (const at of mailOf(settings, 0, number)) {
      scheduler.schedule(at, () => {
        unheard.push(at);
        server.deliver(user);
      });
    }
    devices.push(
      startDevice({
        server: deviceServer,
        identity: { deviceId: `device${number}`, user, deviceType: model.deviceType },
        password: "secret",
        model,
        settings: search,
        scheduler,
        timeScale: TIME_SCALE,
        minimumPatienceMs: 0,
        onRequest: ({ at, connects }) => {
          counts.requests += 1;
          counts.connections += Number(connects);
          useRadio(at);
        },
        onEnded: ({ at }) => useRadio(at),
        onAsked: ({ askedAt: at, heartbeatIntervalSeconds }) => {
          counts.heartbeats += 1;
          asked.push({ at, device: number, command: model.waitingCommand, heartbeatIntervalSeconds });
        },
        onConcluded: ({ askedAt, durationMs, ending, move }) => {
          settled.set(number, move.settled ? move.heartbeatIntervalSeconds : undefined);
          if (ending.kind !== "changes") return;
          for (const at of unheard.splice(0)) delays.push((askedAt + durationMs - at) / 1000);
        },
      }),
    );
  }
  const end = new Promise<void>((resolve) => {
    scheduler.schedule(settings.days * DAY_MS, resolve);
  });
  scheduler.start();
  await end;
  const seen = {
    ...counts,
    asked: inOrder(latestAsked(asked)),
    settled: [...settled]
      .filter(([number]) => (failedAt.get(`device${number}`) ?? 0) < settledDays(settings.days) * DAY_MS)
      .flatMap(([, seconds]) => seconds ?? [])
      .sort(ascending),
    delays: delays.toSorted(ascending),
  };
  await Promise.all(devices.map((device) => device.stop()));
  scheduler.stop();
  return seen;
}

const LOOPBACK = "127.0.0.1";

/** Every device by its number, with what it is and does. */
function devicesOf(settings: SizeSettings): readonly { readonly number: number; readonly of: DeviceCase }[] {
  const [[seconds], [carrier]] = [settings.firewall.idleTimeoutSeconds, settings.carriers];
  return slicesOf(settings).flatMap(({ kind, firstDevice, devices }) => {
    const share = settings.devices[kind];
    if (seconds === undefined || carrier === undefined || share === undefined) throw new Error("expected one of each");
    const of = deviceCase(settings, seconds, carrier, share);
    return Array.from({ length: devices }, (_, index) => ({ number: firstDevice + index, of }));
  });
}

function ascending(left: number, right: number): number {
  return left - right;
}
