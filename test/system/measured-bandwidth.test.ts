import { afterAll, describe, expect, test } from "vitest";
import type { ConditionSettings } from "../../src/path/conditions/index.ts";
import { hopWith } from "../support/held.ts";
import { profileOf } from "../support/rig.ts";
import { setTcpStage, type TcpStage } from "../support/tcp-stage.ts";
import { expectNothingOpen } from "../support/wire-stage.ts";

// What takes seconds to measure: the rate over 10 s, and what a reader that never reads costs.

afterAll(expectNothingOpen);

const MIB = 1024 * 1024;

async function stageWith(...conditions: readonly ConditionSettings[]): Promise<TcpStage> {
  const stage = await setTcpStage({ profile: profileOf(hopWith("hop", ...conditions)) });
  stage.scheduler.start();
  return stage;
}

test.each([50_000, 1_000_000])("bandwidth of %i B/s is kept within 5 % over 10 s", async (bytesPerSecond) => {
  await using stage = await stageWith({ type: "bandwidth", bytesPerSecond, direction: "both", queueBytes: 65_536 });
  const { device, peer } = await stage.joined();
  const before = device.text.length;
  const startedAt = performance.now();
  peer.write("x".repeat(10 * bytesPerSecond));
  await stage.until(() => device.text.length >= before + 10 * bytesPerSecond);
  const seconds = (performance.now() - startedAt) / 1000;
  expect(seconds).toBeGreaterThanOrEqual(9.5);
  expect(seconds).toBeLessThanOrEqual(10.5);
});

describe("a reader that never reads lets no more wait than the queue, and the sender wait with it", () => {
  test.each<[string, number, ConditionSettings]>([
    ["latency", 4 * MIB, { type: "latency", delayMs: 1000, jitterMs: 0, distribution: "fixed", direction: "toDevice" }],
    ["bandwidth", 65_536, { type: "bandwidth", bytesPerSecond: 1e9, direction: "toDevice", queueBytes: 65_536 }],
    ["stall", 262_144, { type: "stall", direction: "toDevice", afterMs: 200 }],
    ["loss", 262_144, { type: "loss", rate: 0.2, rtoMs: 50, direction: "toDevice" }],
    ["outage", 262_144, { type: "outage", atMs: 200, forMs: 60_000, rtoMs: 200 }],
  ])("%s", async (_type, queueBytes, settings) => {
    await using stage = await stageWith(settings);
    const { device, peer } = await stage.joined();
    device.socket.pause();
    const before = process.memoryUsage();
    const chunk = Buffer.alloc(MIB, "x");
    const push = (): void => {
      while (peer.socket.write(chunk));
    };
    peer.socket.on("drain", push);
    push();
    await quiet(() => stage.proxy.bytes.fromServer);
    const { fromServer, toDevice } = stage.proxy.bytes;
    expect(fromServer).toBeGreaterThan(queueBytes);
    expect(fromServer - toDevice).toBeLessThan(queueBytes + MIB);
    expect(process.memoryUsage().rss - before.rss).toBeLessThan(64 * MIB);
    expect(peer.socket.writableLength).toBeGreaterThan(0);
    peer.socket.resetAndDestroy();
    device.socket.resetAndDestroy();
  });
});

/** Waits until a count stands still for a second. */
async function quiet(count: () => number): Promise<void> {
  for (let last = NaN; last !== count();) {
    last = count();
    await new Promise<void>((resolve) => {
      setTimeout(resolve, 1000);
    });
  }
}
