import { expect, test } from "vitest";
import { startClientAccess } from "../../src/live/client-access.ts";
import { startDevice } from "../../src/live/device.ts";
import { parseDeviceServer } from "../../src/live/device-server.ts";
import { RealScheduler } from "../../src/live/real-scheduler.ts";
import { deviceModel } from "../../src/heartbeat/negotiators/models.ts";

test("x", async () => {
  const scheduler = new RealScheduler({ timeScale: 3000, paced: true });
  const server = await startClientAccess({ scheduler, mail: { schedule: { at: [1_620_000] } } });
  const model = deviceModel("windows-mobile");
  if (model === undefined) throw new Error();
  const rows: unknown[] = [];
  await new Promise<void>((resolve) => {
    const device = startDevice({
      server: parseDeviceServer(`http://127.0.0.1:${server.port}`),
      identity: { user: "u", deviceId: "d", deviceType: "PocketPC" },
      password: "x", model, scheduler, timeScale: 3000, minimumPatienceMs: 0,
      onRequest: (r) => console.log(JSON.stringify(r)),
      onEnded: (r) => console.log(JSON.stringify(r)),
      onPaused: (r) => console.log(JSON.stringify(r)),
      onConcluded: (record) => { rows.push(record); console.log(record.durationMs, record.heartbeatIntervalSeconds, record.conclusion); if (rows.length > 8) void device.stop().then(resolve); },
    });
  });
  await server.stop();
  scheduler.stop();
  expect(1).toBe(1);
});
