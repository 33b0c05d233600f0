import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readBlocks } from "../../src/client/event-source.ts";
import { startServing, type Serving } from "../../src/cli/serving.ts";
import { API_ROOT } from "../../src/control/api/operation.ts";
import { OPERATIONS } from "../../src/control/api/operations.ts";
import { PAGES } from "../../src/control/landing-page.ts";
import { keyPem } from "../../src/live/certificates.ts";
import { startClientAccess, type ClientAccessServer } from "../../src/live/client-access.ts";
import { deviceHash } from "../../src/live/device-hash.ts";
import type { ListenerPlan } from "../../src/live/emulator-plan.ts";
import { createLog } from "../../src/live/log.ts";
import { httpsKind } from "../../src/live/listener-kinds.ts";
import { RealScheduler } from "../../src/live/real-scheduler.ts";
import { parseTarget } from "../../src/live/target.ts";
import { type WatchedDevice, watchDevice } from "../support/devices.ts";
import { testIdentity } from "../support/identity.ts";
import { idleHop, profileOf } from "../support/rig.ts";
import { secureDevice } from "../support/wire-device.ts";

const DEVICE = { deviceId: "hiddendevice1", user: "hidden.user@example.com", deviceType: "SmartPhone" };
const PASSWORD = "hidden-password";
const SUBJECT = "hidden subject";
/** Whatever is found of these was told to somebody; Base64 and percent signs hide nothing. */
const SECRETS = [
  "hiddendevice1",
  "hidden.user",
  "hidden%2Euser",
  "hidden-password",
  "hidden subject",
  "hidden-cookie",
  Buffer.from(`${DEVICE.user}:${PASSWORD}`).toString("base64"),
];

const log: string[] = [];
let scheduler: RealScheduler;
let server: ClientAccessServer;
let serving: Serving;
let watched: WatchedDevice;

/** Mail comes to a device whose requests wait, and another device asks what can't be passed on. */
beforeAll(async () => {
  scheduler = new RealScheduler();
  server = await startClientAccess({ scheduler });
  serving = await startServing({
    emulator: { scheduler, timeScale: 1, plan: { seed: 1, applyTo: "new", listeners: [await planMail(server.port)] } },
    admin: { host: "127.0.0.1", port: 0 },
    adminHosts: [],
    revealDevices: true,
    log: createLog({ level: "trace", destination: { write: (line) => void log.push(line) } }),
  });
  const { port } = serving.emulator.listener("mail")?.address ?? { port: 0 };
  const asked = new Promise<void>((resolve) => {
    serving.emulator.subscribe((event) => event.kind === "heartbeat" && event.event.kind === "asked" && resolve());
  });
  watched = await watchDevice(`https://127.0.0.1:${port}`, scheduler, { identity: DEVICE, password: PASSWORD });
  await asked;
  server.deliver(DEVICE.user, SUBJECT);
  await watched.ends.some(({ command }) => command === "Sync");
  await watched.exchanges.count(1);
  const broken = await secureDevice(port);
  broken.send(
    `POST /Microsoft-Server-ActiveSync?Cmd=Ping&User=${DEVICE.user}&DeviceId=${DEVICE.deviceId}&DeviceType=SP HTTP/1.1\r\n` +
      `Host: mail\r\nCookie: hidden-cookie\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n`,
  );
  await broken.ended();
  broken.raw.destroy();
});

afterAll(async () => {
  await watched.device.stop();
  await serving.stop();
  await server.stop();
  scheduler.stop();
});

async function planMail(port: number): Promise<ListenerPlan> {
  const { leaf } = await testIdentity();
  const identities = [{ cert: leaf.certificate.toString(), key: keyPem(leaf.key) }];
  const target = parseTarget(`http://127.0.0.1:${port}`);
  return {
    name: "mail",
    type: "https",
    listen: { host: "127.0.0.1", port: 0 },
    target: target.url.origin,
    profile: profileOf(idleHop(600_000, { toDevice: "drop", toServer: "drop" })),
    enabled: true,
    makeKind: () => httpsKind({ identities, target, scheduler }),
  };
}

function secretsIn(text: string): readonly string[] {
  return SECRETS.filter((secret) => text.toLowerCase().includes(secret.toLowerCase()));
}

async function textAt(path: string): Promise<string> {
  return (await fetch(serving.admin.url + path)).text();
}

/** The stream of events until the first request that waited has ended. */
async function eventsOf(query: string): Promise<string> {
  const answer = await fetch(`${serving.admin.url}${API_ROOT}/events?after=0${query}`);
  if (answer.body === null) throw new Error("no body");
  let told = "";
  for await (const { data = "" } of readBlocks(answer.body)) {
    told += data;
    if (data.includes('"kind":"ended"')) break;
  }
  return told;
}

describe("of who a device is, what it may and what it reads", () => {
  test("no log tells", () => {
    expect(log.join("\n")).toContain(deviceHash(DEVICE));
    expect(log.join("\n")).toContain("request refused");
    expect(secretsIn(log.join("\n"))).toEqual([]);
  });

  test("no metric tells", async () => {
    const text = await textAt("/metrics");
    expect(text).toMatch(/^idlewall_exchanges_total\{.*outcome="changes"\} 1$/mu);
    expect(secretsIn(text)).toEqual([]);
  });

  test("no answer of the admin server tells", async () => {
    const ids = { name: "mail", id: deviceHash(DEVICE) };
    const asked = OPERATIONS.filter(({ method, path }) => method === "get" && path !== "/events").map(
      ({ path }) => path,
    );
    const paths = asked
      .flatMap((path) => [path, path.replace("{id}", "1")])
      .map((path) => API_ROOT + filled(path, ids));
    const texts = await Promise.all([...PAGES.map(({ path }) => path), ...paths].map(textAt));
    expect(texts.join("\n")).toContain(`"device":"${ids.id}"`);
    expect(secretsIn(texts.join("\n"))).toEqual([]);
  });

  test("no event tells, but for the device's id to who asks for it by name", async () => {
    const events = await eventsOf("");
    expect(events).toContain(`"device":"${deviceHash(DEVICE)}"`);
    expect(secretsIn(events)).toEqual([]);
    expect(secretsIn(await eventsOf("&reveal=device"))).toEqual(["hiddendevice1"]);
  });
});

function filled(path: string, values: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{(\w+)\}/gu, (_, name: string) => encodeURIComponent(values[name] ?? ""));
}
