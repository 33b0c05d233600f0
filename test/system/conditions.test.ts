import { once } from "node:events";
import type { Duplex } from "node:stream";
import { afterAll, describe, expect, test } from "vitest";
import type { LegKind } from "../../src/live/front.ts";
import type { PlainEnding } from "../../src/path/condition.ts";
import type { ConditionSettings } from "../../src/path/conditions/index.ts";
import { hopWith } from "../support/held.ts";
import { answersAsked, ask, Measurements, median } from "../support/measured.ts";
import { getRequest } from "../support/requests.ts";
import { LEG_KINDS, profileOf } from "../support/rig.ts";
import { connectDevice } from "../support/wire-device.ts";
import { setStage, type WireStage } from "../support/wire-stage.ts";

const KIB = 1024;
const BANDWIDTH_MS = 10_000;
const PIECE = Buffer.alloc(64 * KIB, "0123456789abcdef");

const measurements = new Measurements();
afterAll(() => measurements.write("conditions"));

/** Notes what a condition did, and holds it to 5 %. */
function note(condition: string, effect: string, leg: LegKind, expected: number, measured: number, unit: string): void {
  const rounded = Number(measured.toPrecision(4));
  measurements.add({ condition, effect, leg, expected: `${expected} ${unit}`, measured: `${rounded} ${unit}` });
  expect(measured / expected, `${condition}: ${effect}`).toBeGreaterThan(0.95);
  expect(measured / expected, `${condition}: ${effect}`).toBeLessThan(1.05);
}

/** Notes what a condition did that is the same or is not. */
function noteSame(condition: string, effect: string, leg: LegKind, expected: unknown, measured: unknown): void {
  const [said, seen] = [expected, measured].map((value) => JSON.stringify(value).replaceAll('"', ""));
  measurements.add({ condition, effect, leg, expected: said ?? "", measured: seen ?? "" });
  expect(measured, `${condition}: ${effect}`).toEqual(expected);
}

/** A stage whose time runs, with one condition on its path. */
async function setRunning(legKind: LegKind, ...conditions: readonly ConditionSettings[]): Promise<WireStage> {
  const stage = await setStage({ legKind, profile: profileOf(hopWith("hop", ...conditions)) }, answersAsked);
  stage.start();
  return stage;
}

const BOTH = (ending: PlainEnding) => ({ toDevice: ending, toServer: ending });

describe.each(LEG_KINDS)("over the %s leg,", (legKind) => {
  test("latency delays each way", async () => {
    await using stage = await setRunning(legKind, {
      type: "latency",
      delayMs: 200,
      jitterMs: 0,
      distribution: "fixed",
      direction: "both",
    });
    const device = await stage.device();
    const trips: number[] = [];
    for (let trip = 0; trip < 15; trip += 1) trips.push(await ask(device));
    note("latency", "request and answer, median of 15", legKind, 400, median(trips), "ms");
  });

  test("latency with jitter lies about its middle", async () => {
    await using stage = await setRunning(legKind, {
      type: "latency",
      delayMs: 250,
      jitterMs: 20,
      distribution: "normal",
      direction: "toDevice",
    });
    const device = await stage.device();
    const trips: number[] = [];
    for (let trip = 0; trip < 30; trip += 1) trips.push(await ask(device));
    note("latency", "jitter 20 ms, one way, median of 30", legKind, 250, median(trips), "ms");
    const deviation = median(trips.map((trip) => Math.abs(trip - median(trips))));
    expect(deviation).toBeGreaterThan(5);
    expect(deviation).toBeLessThan(30);
  });

  test("loss costs retransmissions, and no bytes", async () => {
    await using stage = await setRunning(legKind, { type: "loss", rate: 0.2, rtoMs: 300, direction: "toDevice" });
    const device = await stage.device();
    const trips: number[] = [];
    for (let trip = 0; trip < 100; trip += 1) trips.push(await ask(device));
    const late = trips.filter((trip) => trip > 280);
    note("loss", "an answer that was lost once, median", legKind, 300, median(late), "ms");
    expect(late.length / trips.length).toBeGreaterThan(0.1);
    expect(late.length / trips.length).toBeLessThan(0.3);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(299);
  });

  test("a stall withholds the answer until its end", async () => {
    await using stage = await setRunning(legKind, { type: "stall", direction: "toDevice", afterMs: 500, forMs: 1500 });
    const device = await stage.device();
    const openedAt = stage.rig.flows[0]?.at ?? NaN;
    while (stage.rig.scheduler.now() < openedAt + 500) await ask(device);
    note("stall", "first answer after the flow's start", legKind, 2000, stage.rig.scheduler.now() - openedAt, "ms");
  });

  test("an outage holds what is sent until the first retransmission after its end", async () => {
    await using stage = await setRunning(legKind, { type: "outage", atMs: 1000, forMs: 1000, rtoMs: 200 });
    const device = await stage.device();
    await ask(device);
    const sentAt = await until(stage, 1100);
    await ask(device);
    note("outage", "200 + 400 + 800 ms after the sending", legKind, 1400, stage.rig.scheduler.now() - sentAt, "ms");
  });

  test("an address change kills flows silently, and spares those that come after it", async () => {
    await using stage = await setRunning(legKind, { type: "address-change", atMs: 1500, spreadMs: 0 });
    const { device, peer, mark } = await stage.park();
    await stage.expired();
    note("address-change", "the flow's death", legKind, 1500, stage.flows("ended")[0]?.at ?? NaN, "ms");
    const next = await stage.device();
    await ask(next);
    noteSame("address-change", "device and server see", legKind, [[], "open"], [device.kinds(mark), peer.state]);
  });

  test("a slow accept answers the first bytes late, and only them", async () => {
    await using stage = await setRunning(legKind, { type: "slow-accept", delayMs: 1000 });
    const startedAt = performance.now();
    const device = await stage.device();
    note("slow-accept", "TLS done", legKind, 1000, performance.now() - startedAt, "ms");
    expect(await ask(device)).toBeLessThan(100);
  });

  test("a refusal is an RST to the device and nothing to the server", async () => {
    await using stage = await setRunning(legKind, { type: "refuse" });
    const fates = await Promise.all(Array.from({ length: 20 }, async () => fateOf(stage.port)));
    noteSame("refuse", "20 devices see", legKind, ["rst"], [...new Set(fates)]);
    expect(stage.server.peers).toEqual([]);
  });

  test.each(["evict-longest-idle", "refuse"] as const)(
    "a flow table of 100 that 200 come to will %s",
    async (whenFull) => {
      await using stage = await setRunning(legKind, {
        type: "flow-table",
        flows: 100,
        whenFull,
        atEviction: BOTH("reset"),
      });
      const fates: string[] = [];
      for (let count = 0; count < 200; count += 1) {
        const device = await connectDevice(stage.port).catch(() => undefined);
        const fate = device === undefined ? "rst" : await Promise.race([device.ended(), served(device.secured())]);
        fates.push(fate);
        device?.raw.on("close", () => undefined);
      }
      const ended = stage.flows("ended").map(({ flowId }) => flowId);
      const wanted = Array.from({ length: 100 }, (_, at) => (whenFull === "refuse" ? 101 + at : 1 + at));
      noteSame("flow-table", `${whenFull}: 200 flows, ended are`, legKind, "100, the right ones", same(ended, wanted));
      const refused = fates.filter((fate) => fate === "rst").length;
      noteSame("flow-table", `${whenFull}: turned away`, legKind, whenFull === "refuse" ? 100 : 0, refused);
    },
  );

  test.each<[PlainEnding, readonly string[], string]>([
    ["drop", [], "open"],
    ["reset", ["rst"], "rst"],
    ["close", ["fin"], "fin"],
    ["reset-on-next", ["rst"], "open"],
  ])("a lifetime ends a flow at its age by %s", async (ending, atDevice, atServer) => {
    await using stage = await setRunning(legKind, { type: "lifetime", ageMs: 1500, atExpiry: BOTH(ending) });
    const { device, peer, mark } = await stage.park();
    await stage.expired();
    const [opened] = stage.flows("opened");
    note("lifetime", `${ending}: age`, legKind, 1500, (stage.flows("ended")[0]?.at ?? NaN) - (opened?.at ?? NaN), "ms");
    await stage.settle();
    if (ending === "reset-on-next") {
      expect(device.kinds(mark)).toEqual([]);
      device.send("?");
      await device.ended();
    }
    await stage.settle();
    const seen = [device.kinds(mark), peer.state];
    noteSame("lifetime", `${ending}: device and server see`, legKind, [atDevice, atServer], seen);
  });

  test("an idle time-out of half-closed flows counts from the FIN", async () => {
    await using stage = await setRunning(legKind, {
      type: "idle-timeout",
      idleTimeoutMs: 60_000,
      halfClosedTimeoutMs: 1500,
      atExpiry: BOTH("reset"),
      refreshedBy: "either",
    });
    const { device } = await stage.park();
    const endedAt = stage.rig.scheduler.now();
    device.raw.end();
    await stage.expired();
    note("idle-timeout", "half-closed", legKind, 1500, (stage.flows("ended")[0]?.at ?? NaN) - endedAt, "ms");
  });

  test("an idle time-out ends a silence", async () => {
    await using stage = await setRunning(legKind, {
      type: "idle-timeout",
      idleTimeoutMs: 1500,
      atExpiry: BOTH("reset"),
      refreshedBy: "either",
    });
    const { device } = await stage.park();
    const parkedAt = stage.rig.scheduler.now();
    expect(await device.ended()).toBe("rst");
    note("idle-timeout", "silence", legKind, 1500, (stage.flows("ended")[0]?.at ?? NaN) - parkedAt, "ms");
  });

  test.concurrent.each([
    [100_000, "toDevice"],
    [100_000, "toServer"],
    [400_000, "toDevice"],
    [400_000, "toServer"],
  ] as const)("bandwidth lets %i bytes a second pass %s, for 10 s", async (bytesPerSecond, direction) => {
    await using stage = await setRunning(legKind, {
      type: "bandwidth",
      bytesPerSecond,
      direction,
      queueBytes: 256 * KIB,
    });
    const device = await stage.device();
    const length = 1024 * 1024 * 1024;
    device.send(
      direction === "toDevice" ? getRequest() : `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`,
    );
    const peer = await stage.server.peer(0, "\r\n\r\n");
    if (direction === "toDevice") peer.write(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`);
    const [from, to]: [Duplex, Duplex] =
      direction === "toDevice" ? [peer.socket, device.tls] : [device.tls, peer.socket];
    const counted = countedFor(to, BANDWIDTH_MS);
    void pour(from);
    const bytes = await counted;
    note(
      "bandwidth",
      `${bytesPerSecond} B/s ${direction}, over 10 s`,
      legKind,
      bytesPerSecond,
      bytes / (BANDWIDTH_MS / 1000),
      "B/s",
    );
    const { fromServer, toDevice, fromDevice, toServer } = stage.rig.proxy.bytes;
    const held = direction === "toDevice" ? fromServer - toDevice : fromDevice - toServer;
    measurements.add({
      condition: "bandwidth",
      effect: `${direction} at ${bytesPerSecond} B/s: bytes held from a sender that never stops`,
      leg: legKind,
      expected: "below 1 MiB",
      measured: `${Math.round(held / KIB)} KiB`,
    });
    expect(held).toBeLessThan(1024 * KIB);
    device.raw.resetAndDestroy();
    peer.socket.destroy();
  });
});

async function served(secured: Promise<void>): Promise<"served"> {
  await secured;
  return "served";
}

function same(found: readonly number[], wanted: readonly number[]): string {
  return JSON.stringify(found) === JSON.stringify(wanted) ? `${found.length}, the right ones` : JSON.stringify(found);
}

/** What becomes of a device; an RST may come before the device knows that it is connected. */
async function fateOf(port: number): Promise<string> {
  const device = await connectDevice(port).catch(() => undefined);
  return device === undefined ? "rst" : device.ended();
}

/** Waits until the proxy's time has come to an instant, and tells it. */
async function until(stage: WireStage, at: number): Promise<number> {
  await new Promise<void>((resolve) => {
    stage.rig.scheduler.schedule(at, () => resolve());
  });
  return stage.rig.scheduler.now();
}

/** Bytes that arrive within a time from the first on, less that first lump. */
async function countedFor(socket: Duplex, durationMs: number): Promise<number> {
  await once(socket, "data");
  let bytes = 0;
  const count = (piece: Buffer): void => {
    bytes += piece.length;
  };
  socket.on("data", count);
  await new Promise((resolve) => setTimeout(resolve, durationMs));
  socket.removeListener("data", count);
  return bytes;
}

async function pour(socket: Duplex): Promise<void> {
  while (!socket.destroyed)
    if (!socket.write(PIECE)) await Promise.race([once(socket, "drain"), once(socket, "close")]);
}
