import { expect, test } from "vitest";
import { keyPem } from "../../src/live/certificates.ts";
import { startClientAccess } from "../../src/live/client-access.ts";
import type { QueryForm } from "../../src/live/device-request.ts";
import { RealScheduler } from "../../src/live/real-scheduler.ts";
import { modelNamed, watchDevice } from "../support/devices.ts";
import { testIdentity } from "../support/identity.ts";

const SETTINGS = {
  initialSeconds: 900,
  minimumSeconds: 480,
  maximumSeconds: 1380,
  incrementSeconds: 240,
  graceMs: 5000,
};

/** What each model does where nothing stands between it and the server, and mail comes after 20 min. */
const SEARCH = ["900 held", "1140 changes", "1140 held", "1380 held", "1380 held"];

test.each<[string, string, QueryForm, readonly string[]]>([
  ["windows-mobile", "Ping", "plain", SEARCH],
  ["windows-mobile-6.1", "Sync", "plain", SEARCH],
  ["windows-mobile-6.1", "Sync", "base64", SEARCH],
  ["android-2009", "Ping", "plain", ["295 held", "295 held", "295 held", "295 held", "295 changes", "295 held"]],
  ["android-2012", "Ping", "plain", ["470 held", "650 held", "830 changes", "830 held", "1010 held", "1010 held"]],
  ["android-2013", "Ping", "base64", ["480 held", "780 changes", "780 held", "1080 held", "1380 held"]],
  ["fixed", "Ping", "base64", ["900 held", "900 changes", "900 held"]],
])("%s negotiates with %s over TLS, its queries %s", async (name, command, queryForm, course) => {
  const timeScale = 6000;
  const scheduler = new RealScheduler({ timeScale, paced: true });
  const { leaf } = await testIdentity();
  const server = await startClientAccess({
    scheduler,
    identities: [{ cert: leaf.certificate.toString(), key: keyPem(leaf.key) }],
    mail: { schedule: { at: [1_200_000] } },
    settings: { provisioningRequired: true },
  });
  const model = modelNamed(name);
  const settings = name.startsWith("windows") ? SETTINGS : model.defaults;
  const { device, exchanges } = await watchDevice(`https://127.0.0.1:${server.port}`, scheduler, {
    model,
    settings,
    queryForm,
    minimumPatienceMs: 0,
  });
  const concluded = (await exchanges.count(course.length)).slice(0, course.length);
  await device.stop();
  await server.stop();
  scheduler.stop();
  expect(concluded.map((record) => `${record.heartbeatIntervalSeconds} ${record.ending.kind}`)).toEqual(course);
  expect(new Set(concluded.map((record) => record.command))).toEqual(new Set([command]));
  const held = concluded.filter(({ ending }) => ending.kind === "held");
  expect(held.map(({ durationMs }) => Math.round(durationMs / 1000))).toEqual(
    held.map(({ heartbeatIntervalSeconds }) => heartbeatIntervalSeconds),
  );
});
