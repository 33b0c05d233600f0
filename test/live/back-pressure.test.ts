import { once } from "node:events";
import type { Duplex } from "node:stream";
import { afterAll, describe, expect, test } from "vitest";
import type { Direction } from "../../src/path/segment.ts";
import { hopWith, stalled } from "../support/held.ts";
import { getRequest } from "../support/requests.ts";
import { LEG_KINDS, profileOf } from "../support/rig.ts";
import { expectNothingOpen, setStage, type WireStage } from "../support/wire-stage.ts";

const KIB = 1024;
const PIECE = Buffer.alloc(64 * KIB, "0123456789abcdef");
/** What a condition lets wait, unless it says otherwise, and one read of a socket beyond it. */
const HELD_LIMIT_BYTES = (256 + 64) * KIB;
/** All that is read of a side: what waits in the path, and what Node's streams hold of TLS, either side of it. */
const READ_LIMIT_BYTES = 1024 * KIB;
const MIB = 1024 * KIB;

afterAll(expectNothingOpen);

describe.each(LEG_KINDS)("over the %s leg,", { concurrent: true }, (legKind) => {
  test("a device that never stops waits while nothing moves, and nothing of what it sent is lost", async () => {
    await using stage = await setStage({ legKind });
    const device = await stage.device();
    device.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${64 * MIB}\r\n\r\n`);
    const peer = await stage.server.peer(0, "\r\n\r\n");
    stage.rig.proxy.setProfile(stalled("toServer"), "all");
    const flood = pour(device.tls);
    await stands(stage, () => stage.rig.proxy.bytes.fromDevice);
    expect(waiting(stage, "toServer")).toBeGreaterThan(200 * KIB);
    expect(waiting(stage, "toServer")).toBeLessThan(HELD_LIMIT_BYTES);
    expect(stage.rig.proxy.bytes.fromDevice).toBeLessThan(READ_LIMIT_BYTES);

    const headBytes = peer.text.length;
    stage.rig.proxy.setProfile(profileOf(), "all");
    const sentBytes = await flood.stop();
    await stage.server.until(() => peer.text.length === headBytes + sentBytes);
    expect(sentBytes).toBeGreaterThan(200 * KIB);
    expect(peer.text.slice(headBytes)).toBe(PIECE.toString().repeat(sentBytes / PIECE.length));
  });

  test("a server that never stops waits while nothing moves, and nothing of what it sent is lost", async () => {
    await using stage = await setStage({ legKind });
    const device = await stage.device();
    device.send(getRequest());
    const peer = await stage.server.peer(0, "\r\n\r\n");
    peer.write(`HTTP/1.1 200 OK\r\nContent-Length: ${64 * MIB}\r\n\r\n`);
    await device.until(() => device.text.endsWith("\r\n\r\n"));
    stage.rig.proxy.setProfile(stalled("toDevice"), "all");
    const flood = pour(peer.socket);
    await stands(stage, () => stage.rig.proxy.bytes.fromServer);
    expect(waiting(stage, "toDevice")).toBeGreaterThan(200 * KIB);
    expect(waiting(stage, "toDevice")).toBeLessThan(HELD_LIMIT_BYTES);
    expect(stage.rig.proxy.bytes.fromServer).toBeLessThan(READ_LIMIT_BYTES);

    const headBytes = device.text.length;
    stage.rig.proxy.setProfile(profileOf(), "all");
    const sentBytes = await flood.stop();
    await device.until(() => device.text.length === headBytes + sentBytes);
    expect(device.text.slice(headBytes)).toBe(PIECE.toString().repeat(sentBytes / PIECE.length));
  });

  test("a server that never stops waits for a device that never reads, behind a slow line", async () => {
    const line = hopWith("line", {
      type: "bandwidth",
      bytesPerSecond: 50 * MIB,
      direction: "both",
      queueBytes: 64 * KIB,
    });
    await using stage = await setStage({ legKind });
    const device = await stage.device();
    device.send(getRequest());
    const peer = await stage.server.peer(0, "\r\n\r\n");
    peer.write(`HTTP/1.1 200 OK\r\nContent-Length: ${64 * MIB}\r\n\r\n`);
    await device.until(() => device.text.endsWith("\r\n\r\n"));
    device.raw.pause();
    stage.rig.proxy.setProfile(profileOf(line), "all");
    stage.start();
    const flood = pour(peer.socket);
    await stands(stage, () => stage.rig.proxy.bytes.fromServer);
    const buffered = stage.rig.proxy.bytes.fromServer - stage.rig.proxy.bytes.toDevice;
    expect(buffered).toBeLessThan(READ_LIMIT_BYTES);
    device.raw.resetAndDestroy();
    peer.socket.destroy();
    await flood.stop();
  });

  test("a server that never reads makes the device wait behind a path that is full", async () => {
    await using stage = await setStage({ legKind });
    const device = await stage.device();
    device.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${64 * MIB}\r\n\r\n`);
    const peer = await stage.server.peer(0, "\r\n\r\n");
    peer.socket.pause();
    stage.rig.proxy.setProfile(
      profileOf(hopWith("way", { type: "latency", delayMs: 1, jitterMs: 0, distribution: "fixed", direction: "both" })),
      "all",
    );
    stage.start();
    const flood = pour(device.tls);
    await stands(stage, () => stage.rig.proxy.bytes.fromDevice);
    const { fromDevice, toServer } = stage.rig.proxy.bytes;
    expect(fromDevice - toServer).toBeLessThan(READ_LIMIT_BYTES);
    device.raw.resetAndDestroy();
    await flood.stop();
  });
});

/** Writes piece after piece as long as that is taken; `stop` waits for the last and tells how many bytes it were. */
function pour(socket: Duplex): { stop(): Promise<number> } {
  let stopped = false;
  let sentBytes = 0;
  const run = async (): Promise<void> => {
    while (!stopped && !socket.destroyed) {
      sentBytes += PIECE.length;
      if (!socket.write(PIECE)) await Promise.race([once(socket, "drain"), once(socket, "close")]);
    }
  };
  const running = run().catch(() => undefined);
  return {
    stop: async () => {
      stopped = true;
      await running;
      return sentBytes;
    },
  };
}

function waiting(stage: WireStage, direction: Direction): number {
  let bytes = 0;
  for (const { leg } of stage.rig.proxy.flows()) bytes += leg.path.delayedBytes(direction);
  return bytes;
}

/** Waits until a count has stood still for as long as ten exchanges on another flow take, above 0. */
async function stands(stage: WireStage, count: () => number): Promise<void> {
  for (let before = -1, same = 0; same < 10;) {
    await stage.settle();
    const now = count();
    same = now === before && now > 200 * KIB ? same + 1 : 0;
    before = now;
  }
}
