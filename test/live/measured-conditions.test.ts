import { afterAll, describe, expect, test } from "vitest";
import type { ConditionSettings } from "../../src/path/conditions/index.ts";
import { hopWith } from "../support/held.ts";
import { profileOf } from "../support/rig.ts";
import { setTcpStage, type TcpStage } from "../support/tcp-stage.ts";
import type { ServerPeer } from "../support/wire-server.ts";
import { expectNothingOpen } from "../support/wire-stage.ts";

// What each condition does to real sockets, in real time; docs/conditions.md lists these tests. A machine that is busy
// makes things late and never early, so what is measured several times counts by its least.

afterAll(expectNothingOpen);

const RESET = { toDevice: "reset", toServer: "reset" } as const;
const SILENT = { toDevice: "drop", toServer: "drop" } as const;

async function stageWith(...conditions: readonly ConditionSettings[]): Promise<TcpStage> {
  const stage = await setTcpStage({ profile: profileOf(hopWith("hop", ...conditions)) });
  stage.scheduler.start();
  return stage;
}

/**
 * The same with time that stands until it is started, and at each deadline until its bytes have arrived: what a machine
 * takes for its own is no silence then, and instants are exact.
 */
function pacedStageWith(...conditions: readonly ConditionSettings[]): Promise<TcpStage> {
  return setTcpStage({ profile: profileOf(hopWith("hop", ...conditions)) }, undefined, true);
}

/** Which conditions have ended flows, and when. */
function endings({ flows }: TcpStage): readonly (readonly [condition: string, at: number])[] {
  return flows.flatMap((event) => (event.kind === "ended" ? [[event.condition, event.at] as const] : []));
}

/** How much early a timer of Node's may be by another clock, in ms: it counts whole ones. */
const TIMER_MS = 1;

/** The instant at which what a condition does has begun, or ended. */
async function reached({ scheduler }: TcpStage, at: number): Promise<void> {
  await new Promise<void>((resolve) => {
    scheduler.schedule(at, resolve);
  });
}

/** Real ms until something holds, from now on. */
async function timed(until: Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await until;
  return performance.now() - startedAt;
}

/** How long a message takes one way. */
async function crossing(stage: TcpStage, from: ServerPeer, to: ServerPeer, text = "x"): Promise<number> {
  const wanted = to.text.length + text.length;
  const arrives = Promise.race([
    stage.until(() => to.text.length >= wanted),
    stage.server.until(() => to.text.length >= wanted),
  ]);
  const waiting = timed(arrives);
  from.write(text);
  return waiting;
}

async function crossings(count: number, cross: () => Promise<number>): Promise<readonly number[]> {
  const times: number[] = [];
  for (let done = 0; done < count; done += 1) times.push(await cross());
  return times;
}

/** What a device sees that is refused: an RST, perhaps before it has heard that it is connected. */
async function refusal(stage: TcpStage): Promise<string> {
  try {
    const device = await stage.device();
    await stage.until(() => device.state !== "open");
    return device.state;
  } catch (error) {
    return error instanceof Error && error.message.includes("ECONNRESET") ? "rst" : String(error);
  }
}

/** Holds what was measured to within so much of what was wanted. */
function expectWithin(measured: number, wanted: number, share = 0.05): void {
  expect(measured).toBeGreaterThanOrEqual(wanted * (1 - share));
  expect(measured).toBeLessThanOrEqual(wanted * (1 + share));
}

describe("measured through real sockets", { concurrent: true }, () => {
  test("latency delays each way by as much as it says, within 5 %", async () => {
    const settings = { type: "latency", jitterMs: 0, distribution: "fixed" } as const;
    await using stage = await stageWith(
      { ...settings, delayMs: 200, direction: "toServer" },
      { ...settings, delayMs: 400, direction: "toDevice" },
    );
    const { device, peer } = await stage.joined();
    const toServer = await crossings(4, () => crossing(stage, device, peer));
    const toDevice = await crossings(4, () => crossing(stage, peer, device));
    expectWithin(Math.min(...toServer), 200);
    expectWithin(Math.min(...toDevice), 400);
    expect([peer.text, device.text]).toEqual(["helloxxxx", "welcomexxxx"]);
  });

  test("latency with a jitter spreads delays about their middle", async () => {
    await using stage = await stageWith({
      type: "latency",
      delayMs: 60,
      jitterMs: 30,
      distribution: "uniform",
      direction: "toDevice",
    });
    const { device, peer } = await stage.joined();
    const times = await crossings(30, () => crossing(stage, peer, device));
    expect(Math.min(...times)).toBeGreaterThanOrEqual(30);
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(30);
  });

  test("bandwidth carries as much as it says, within 5 %, and leaves the other direction alone", async () => {
    await using stage = await stageWith({
      type: "bandwidth",
      bytesPerSecond: 200_000,
      direction: "toDevice",
      queueBytes: 65_536,
    });
    const { device, peer } = await stage.joined();
    const times = await crossings(2, () => crossing(stage, peer, device, "x".repeat(200_000)));
    expectWithin(Math.min(...times), 1000);
    expect(await crossing(stage, device, peer, "x".repeat(400_000))).toBeLessThan(1000);
  });

  test("loss makes some segments late by retransmissions, and none of them missing", async () => {
    await using stage = await stageWith({ type: "loss", rate: 0.3, rtoMs: 100, direction: "toServer" });
    const { device, peer } = await stage.joined();
    const times = await crossings(30, () => crossing(stage, device, peer));
    const late = times.filter((time) => time >= 99);
    expect(late.length).toBeGreaterThan(3);
    expect(late.length).toBeLessThan(20);
    expect(peer.text).toBe(`hello${"x".repeat(30)}`);
  });

  test("a stall withholds one direction from its start to its end", async () => {
    await using stage = await stageWith({ type: "stall", direction: "toDevice", afterMs: 300, forMs: 600 });
    const { device, peer } = await stage.joined();
    await reached(stage, 400);
    peer.write(" answer");
    expect(await crossing(stage, device, peer)).toBeLessThan(400);
    expect(device.text).toBe("welcome");
    await stage.until(() => device.text === "welcome answer");
    expect(stage.scheduler.now()).toBeGreaterThanOrEqual(900);
  });

  test("an outage withholds both until a retransmission after its end", async () => {
    await using stage = await stageWith({ type: "outage", atMs: 300, forMs: 500, rtoMs: 100 });
    const { device, peer } = await stage.joined();
    await reached(stage, 350);
    const [toServer, toDevice] = await Promise.all([crossing(stage, device, peer), crossing(stage, peer, device)]);
    /** Sent again after 100, 300 and 700 ms, of which the last is the first beyond 800. */
    expect(Math.min(toServer, toDevice)).toBeGreaterThanOrEqual(695);
    expect(stage.scheduler.now()).toBeGreaterThanOrEqual(1050);
  });

  test("an idle time-out resets both legs after its silence, and a lifetime whatever the traffic", async () => {
    const idle = { type: "idle-timeout", idleTimeoutMs: 500, atExpiry: RESET, refreshedBy: "either" } as const;
    await using silent = await pacedStageWith(idle);
    const parked = await silent.joined();
    silent.scheduler.start();
    const real = await timed(silent.until(() => parked.device.state === "rst"));
    await silent.server.until(() => parked.peer.state === "rst");
    expect(real).toBeGreaterThanOrEqual(500 - TIMER_MS);
    expect(endings(silent)).toEqual([["idle-timeout", 500]]);

    await using stage = await pacedStageWith(idle, { type: "lifetime", ageMs: 1200, atExpiry: RESET });
    const { device, peer } = await stage.joined();
    stage.scheduler.start();
    while (device.state === "open" && peer.state === "open") {
      device.write("x");
      await reached(stage, stage.scheduler.now() + 50);
    }
    expect(endings(stage)).toEqual([["lifetime", 1200]]);
  });

  test("an address change kills the flows that are there, in silence, and none that comes later", async () => {
    await using stage = await stageWith({ type: "address-change", atMs: 400, spreadMs: 0 });
    const first = await stage.joined();
    const second = await stage.joined();
    await reached(stage, 450);
    first.device.write(" lost");
    second.peer.write(" lost");
    const third = await stage.joined();
    await crossing(stage, third.device, third.peer);
    await crossing(stage, third.peer, third.device);
    expect([first.device.state, first.peer.text, second.device.text]).toEqual(["open", "hello", "welcome"]);
    expect([third.peer.text, third.device.text]).toEqual(["hellox", "welcomex"]);
  });

  test("a slow accept lets a device wait for its first answer, and for no other", async () => {
    await using stage = await stageWith({ type: "slow-accept", delayMs: 400 });
    const startedAt = performance.now();
    const { device, peer } = await stage.joined();
    expectWithin(performance.now() - startedAt, 400, 0.2);
    expect(await crossing(stage, device, peer)).toBeLessThan(300);
  });

  test("a refusal resets the device's connection, and the server hears nothing", async () => {
    await using stage = await stageWith({ type: "refuse" });
    expect(await refusal(stage)).toBe("rst");
    await stage.closed();
    expect(stage.server.peers).toEqual([]);
  });

  test("a flow table of two gives up the longest silent flow when a third comes", async () => {
    await using stage = await stageWith({
      type: "flow-table",
      flows: 2,
      whenFull: "evict-longest-idle",
      atEviction: RESET,
    });
    const first = await stage.joined();
    const second = await stage.joined();
    await crossing(stage, first.device, first.peer);
    const third = await stage.joined();
    await stage.until(() => second.device.state === "rst");
    await stage.server.until(() => second.peer.state === "rst");
    expect([first.device.state, third.device.state]).toEqual(["open", "open"]);
  });

  test("a flow table that is full of flows refuses others, or swallows what they send", async () => {
    const table = { type: "flow-table", flows: 1, atEviction: SILENT } as const;
    await using refusing = await stageWith({ ...table, whenFull: "refuse" });
    await refusing.joined();
    expect(await refusal(refusing)).toBe("rst");
    await using dropping = await stageWith({ ...table, whenFull: "drop" });
    const { device, peer } = await dropping.joined();
    const dropped = await dropping.device();
    dropped.write("hello");
    await crossing(dropping, device, peer);
    expect([dropped.state, dropped.text, dropping.server.peers[1]?.text ?? ""]).toEqual(["open", "", ""]);
  });
});
