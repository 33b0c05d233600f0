import { afterEach, describe, expect, test } from "vitest";
import { parseDeviceServer } from "../../src/live/device-server.ts";
import { askProbe } from "../../src/live/probe-asking.ts";
import type { ConditionSettings } from "../../src/path/conditions/index.ts";
import { profileOf, type Rig, startRig, startTcpServer } from "../support/rig.ts";

const stopping: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of stopping.splice(0)) await each.stop();
});

/** A rig that answers probes over these conditions, and the server behind it that is not to be asked. */
async function rigWith(...conditions: readonly ConditionSettings[]): Promise<Rig> {
  const behind = await startTcpServer((socket) => socket.destroy());
  const profile = profileOf({ name: "hop", kind: "network", conditions });
  const rig = await startRig(behind.port, { profile, probes: { timeScale: 1 } });
  stopping.push(rig, behind);
  return rig;
}

describe("a probe is answered over a path that holds bytes back", () => {
  test.each<ConditionSettings>([
    { type: "latency", delayMs: 5, jitterMs: 0, distribution: "fixed", direction: "both" },
    { type: "bandwidth", bytesPerSecond: 20_000, direction: "both", queueBytes: 65_536 },
    { type: "loss", rate: 0.5, rtoMs: 2, direction: "both" },
  ])("$type", async (condition) => {
    const rig = await rigWith(condition);
    const server = parseDeviceServer(`https://127.0.0.1:${rig.proxy.port}`, { insecure: true });
    expect(await askProbe(server, "")).toMatchObject({ idlewallProbe: 1 });
    expect(rig.serverFailures).toEqual([]);
  });
});
