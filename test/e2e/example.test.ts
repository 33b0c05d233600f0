import { startRig } from "idlewall";
import { expect, test } from "vitest";

test("a device that meets a shorter time-out in mid-flight goes back to the interval that held", async () => {
  await using rig = await startRig({ profile: "carrier-13min", timeScale: 600 });
  const device = rig.startDevice({ model: "windows-mobile" });

  await rig.waitFor((event) => event.kind === "asked" && event.heartbeatIntervalSeconds === 720);
  rig.changeCondition("carrier/idle-timeout", { idleTimeout: "10m" }, { flows: "all" });
  const failed = await rig.waitFor((event) => event.kind === "ended" && event.heartbeatIntervalSeconds === 720);
  expect(failed).toMatchObject({ outcome: "expired", hop: "carrier", waitedSeconds: 600 });

  const learnt = await device.concluded(3);
  expect(learnt.map((each) => each.heartbeatIntervalSeconds)).toEqual([900, 480, 720]);
  expect(learnt[2]?.move).toMatchObject({ heartbeatIntervalSeconds: 480, settled: true });
});
