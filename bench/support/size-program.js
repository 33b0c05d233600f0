// Sizes one kind of device and prints what it took: MODEL DEVICES machines|remembered.
import { deviceModel } from "../../dist/index.js";
import { slicesOf } from "../../dist/sizing/slices.js";
import { sizePlainly, sizeSlice } from "../../dist/sizing/sweep.js";
import { EVEN_HOURS } from "../../dist/sizing/workload.js";

const DAYS = 7;
const [, , model, count, way] = process.argv;
const devices = Number(count);
const { defaults } = deviceModel(model) ?? {};
const constant = (value) => ({ value, low: value, high: value, unit: "", source: "bench" });
const settings = {
  carriers: [{ name: "carrier", idleTimeoutSeconds: 780, atExpiry: "drop", share: 1, source: "bench" }],
  firewall: { idleTimeoutSeconds: [1800], atExpiry: "drop", todaySeconds: null },
  server: { minimumHeartbeatSeconds: 60, maximumHeartbeatSeconds: 3540 },
  devices: [{ model, share: 1, ...defaults }],
  deviceCount: devices,
  days: DAYS,
  mail: { perDay: 40, hours: EVEN_HOURS },
  seed: 1,
  repeats: 1,
  gain: 0.05,
  cost: Object.fromEntries(
    ["heartbeat", "command", "fullHandshake", "resumedHandshake", "resumedShare", "wakeUp", "tail"].map((name) => [
      name,
      constant(10),
    ]),
  ),
  logs: [],
};
const run = way === "machines" ? sizePlainly : sizeSlice;
const before = process.cpuUsage();
for (const slice of slicesOf(settings)) run(settings, slice);
const { user, system } = process.cpuUsage(before);
const perSecond = (devices * DAYS) / ((user + system) / 1e6);
console.log(JSON.stringify({ perSecond, peakMiB: process.resourceUsage().maxRSS / 1024 }));
