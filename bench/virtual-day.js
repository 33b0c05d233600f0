// How long a virtual day of 1,000 devices takes, with 40 mails each and a carrier of 13 minutes.
import { deviceModel, loadProfile, runVirtually } from "../dist/index.js";

const DAY_MS = 86_400_000;
const model = deviceModel("windows-mobile");
if (model === undefined) throw new Error("there is no model windows-mobile");
const { hops } = loadProfile("carrier-13min");
const mail = { mailAt: [], mailMeanIntervalMs: DAY_MS / 40 };
let exchanges = 0;
const begunAt = performance.now();
runVirtually({ hops, model, settings: model.defaults, deviceCount: 1000, ...mail, durationMs: DAY_MS, seed: 1 }, () => {
  exchanges += 1;
});
const seconds = (performance.now() - begunAt) / 1000;
console.log(
  `virtual day of 1,000 devices: ${exchanges} exchanges in ${seconds.toFixed(1)} s (Node ${process.version})`,
);
