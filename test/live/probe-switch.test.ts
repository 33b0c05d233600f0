import { afterAll, afterEach, describe, expect, test } from "vitest";
import { parseDeviceServer } from "../../src/live/device-server.ts";
import { askProbe } from "../../src/live/probe-asking.ts";
import type { ConditionSettings } from "../../src/path/conditions/index.ts";
import { secureDevice } from "../support/wire-device.ts";
import { startWireServer } from "../support/wire-server.ts";
import { expectNothingOpen } from "../support/wire-stage.ts";
import { profileOf, type Rig, startRig, startTcpServer } from "../support/rig.ts";

const stopping: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of stopping.splice(0)) await each.stop();
});
afterAll(expectNothingOpen);

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

test("only the path itself and what is below it is a prober's, however its bytes come", async () => {
  const server = await startWireServer((peer) => {
    peer.socket.once("data", () => peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  });
  const rig = await startRig(server.port, { probes: { timeScale: 1 } });
  stopping.push(rig, server);
  for (const [behind, answer] of [
    ["X", "ok"],
    ["-2?id=one", "ok"],
    ["", "idlewallProbe"],
    ["/", "idlewallProbe"],
    ["?now", "idlewallProbe"],
  ] as const) {
    const device = await secureDevice(rig.proxy.port);
    device.send("GET /.well-known/idlewall-probe");
    device.send(`${behind} HTTP/1.1\r\nHost: mail.example.com\r\n\r\n`);
    await device.until(() => device.text.includes("\r\n\r\n"));
    expect(device.text, behind).toContain(answer);
    device.raw.destroy();
  }
});
