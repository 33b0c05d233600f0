import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { VirtualScheduler } from "../../src/core/virtual-scheduler.ts";
import { type Proxy, startProxy } from "../../src/live/proxy.ts";
import { parseTarget } from "../../src/live/target.ts";
import { keyPem } from "../../src/live/certificates.ts";
import type { LegKind } from "../../src/live/front.ts";
import type { Endings } from "../../src/path/condition.ts";
import { testIdentity } from "../support/identity.ts";
import { pingAnswer, pingRequest } from "../support/requests.ts";
import { idleHop, LEG_KINDS, profileOf, startTcpServer, type TcpServer } from "../support/rig.ts";

// Both legs, ten ways to abandon, four rounds, 250 requests a wave: 20,000 in all.
const ROUNDS = 4;
const WAVE_SIZE = 250;
const IDLE_TIMEOUT_MS = 60_000;
/** The most that a warm round of 2,500 requests may cost: some 100 bytes each. */
const ROUND_MARGIN_BYTES = 256 * 1024;
const MOST_TURNS = 12_000;
const STANDING_READINGS = 5;
const READING_NOISE_BYTES = 4 * 1024;
const LATER_MS = 3 * 60 * 60 * 1000;

/** A wave of parked requests: their devices, and the server's sockets. */
interface Wave {
  readonly devices: readonly TLSSocket[];
  /** The devices' TCP sockets. */
  readonly raws: readonly Socket[];
  readonly peers: readonly Socket[];
}

interface Device {
  readonly raw: Socket;
  readonly device: TLSSocket;
}

/** A way for parked requests to be abandoned; with endings, their path ends before the rest happens. */
interface Way {
  readonly endings?: Endings;
  /** What the ends do then; when they do nothing, only time ends the flows. */
  readonly abandon?: (wave: Wave) => void;
}

const WAYS: Readonly<Record<string, Way>> = {
  "the device drops": { abandon: closeDevices },
  "the device resets": { abandon: resetDevices },
  "the server resets": {
    abandon: ({ peers }) => {
      for (const peer of peers) peer.resetAndDestroy();
    },
  },
  "the server ends": { abandon: endServer },
  "expiry drops, the server answers late": {
    endings: { toDevice: "drop", toServer: "drop" },
    abandon: (wave) => {
      closeDevices(wave);
      for (const peer of wave.peers) peer.end(pingAnswer());
    },
  },
  "expiry drops, and nobody does a thing": {
    endings: { toDevice: "drop", toServer: "drop" },
  },
  "expiry resets": { endings: { toDevice: "reset", toServer: "reset" }, abandon: () => undefined },
  "expiry closes": { endings: { toDevice: "close", toServer: "close" }, abandon: () => undefined },
  "expiry resets on the next segment": {
    endings: { toDevice: "reset-on-next", toServer: "reset-on-next" },
    abandon: ({ devices, peers }) => {
      for (const device of devices) device.write("x");
      for (const peer of peers) peer.write(pingAnswer());
    },
  },
  "expiry answers": { endings: { toDevice: { respond: 504 }, toServer: "reset" }, abandon: () => undefined },
};

test.each(LEG_KINDS)("10,000 abandoned requests over the %s leg leave nothing behind", async (legKind) => {
  await using bench = await Bench.open(legKind);
  const heapBytes: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [what, way] of Object.entries(WAYS)) {
      await bench.run(way);
      expect({ what, ...bench.left }).toEqual({
        what,
        kept: { flows: 0, sockets: 0, exchanges: { flows: 0, devices: 0, remembered: WAVE_SIZE } },
        flowCount: 0,
        parked: 0,
        busy: 0,
        timers: 0,
        serverSockets: 0,
        connections: 0,
      });
    }
    heapBytes.push(await usedHeapBytes());
  }
  expect(leastGrowth(heapBytes)).toBeLessThan(ROUND_MARGIN_BYTES);
});

/** A proxy on virtual time, a server that parks whatever it is asked, and devices that resume their sessions. */
class Bench implements AsyncDisposable {
  readonly #proxy: Proxy;
  readonly #server: TcpServer;
  readonly #scheduler: VirtualScheduler;
  readonly #authority: string;
  #session: Buffer | undefined;

  private constructor(proxy: Proxy, server: TcpServer, scheduler: VirtualScheduler, authority: string) {
    this.#proxy = proxy;
    this.#server = server;
    this.#scheduler = scheduler;
    this.#authority = authority;
  }

  static async open(legKind: LegKind): Promise<Bench> {
    const { leaf, authority } = await testIdentity();
    const scheduler = new VirtualScheduler();
    const server = await startTcpServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("end", () => socket.end());
      socket.resume();
    });
    const proxy = await startProxy({
      host: "127.0.0.1",
      target: parseTarget(`http://127.0.0.1:${server.port}`),
      profile: profileOf(),
      identities: [{ cert: leaf.certificate.toString(), key: keyPem(leaf.key) }],
      scheduler,
      legKind,
      holeLingerMs: 50,
    });
    return new Bench(proxy, server, scheduler, authority.certificate.toString());
  }

  get left(): object {
    const { kept, flowCount, parkedCount, busyCount } = this.#proxy;
    return {
      kept,
      flowCount,
      parked: parkedCount,
      busy: busyCount,
      timers: this.#scheduler.pending,
      serverSockets: this.#server.sockets.size,
      connections: process.getActiveResourcesInfo().filter((kind) => kind === "TCPSocketWrap").length,
    };
  }

  async run({ endings, abandon }: Way): Promise<void> {
    this.#proxy.profile = endings === undefined ? profileOf() : profileOf(idleHop(IDLE_TIMEOUT_MS, endings));
    const parked = await Promise.all(Array.from({ length: WAVE_SIZE }, (_none, index) => this.#park(index)));
    const devices = parked.map(({ device }) => device);
    await settled(() => this.#proxy.parkedCount === WAVE_SIZE && this.#server.sockets.size === WAVE_SIZE);
    if (endings !== undefined) this.#pass(IDLE_TIMEOUT_MS);
    abandon?.({ devices, raws: parked.map(({ raw }) => raw), peers: [...this.#server.sockets] });
    if (abandon !== undefined) await settled(() => this.#proxy.flowCount === 0);
    this.#pass(LATER_MS);
    await settled(() => this.#proxy.flowCount === 0 && this.#proxy.kept.sockets === 0);
    for (const device of devices) device.destroy();
    await settled(() => this.#server.sockets.size === 0 && devices.every((device) => device.closed));
  }

  /** A device that closes when its connection ends. */
  async #park(index: number): Promise<Device> {
    const raw = connectTcp({ port: this.#proxy.port, host: "127.0.0.1" });
    const device = connectTls({
      socket: raw,
      servername: "localhost",
      ca: this.#authority,
      ...(this.#session !== undefined && { session: this.#session }),
    });
    raw.on("error", () => undefined);
    device.on("error", () => undefined);
    device.once("session", (session: Buffer) => (this.#session = session));
    device.resume();
    await once(device, "secureConnect");
    device.write(pingRequest(900, `device${index}`));
    return { raw, device };
  }

  #pass(durationMs: number): void {
    this.#scheduler.runUntil(this.#scheduler.now() + durationMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#proxy.stop();
    await this.#server.stop();
  }
}

function closeDevices({ devices }: Wave): void {
  for (const device of devices) device.destroy();
}

function resetDevices({ raws }: Wave): void {
  for (const raw of raws) raw.resetAndDestroy();
}

function endServer({ peers }: Wave): void {
  for (const peer of peers) peer.end();
}

/** Waits for what the sockets still have to tell each other; a test keeps what is polled with `expect.poll`. */
async function settled(holds: () => boolean): Promise<void> {
  for (let turns = 0; !holds(); turns += 1) {
    if (turns === MOST_TURNS) throw new Error(`this never came true: ${holds.toString()}`);
    await setTimeout(5);
  }
}

setFlagsFromString("--expose-gc");
const collectGarbage: unknown = runInNewContext("gc");

/** The heap once it no longer falls: what a closed handle holds goes only some turns after it closed. */
async function usedHeapBytes(): Promise<number> {
  let least = Infinity;
  for (let stood = 0; stood < STANDING_READINGS; stood += 1) {
    await setTimeout(5);
    const now = heapBytesNow();
    if (now < least - READING_NOISE_BYTES) stood = 0;
    least = Math.min(least, now);
  }
  return least;
}

function heapBytesNow(): number {
  if (typeof collectGarbage !== "function") throw new Error("the platform can't be told to collect garbage");
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/**
 * The smallest growth from a warm round to the next. What leaks grows in every round; a table that doubles or code
 * that is compiled late grows one of them.
 */
function leastGrowth(heapBytes: readonly number[]): number {
  const [, ...warm] = heapBytes;
  const growths = warm.slice(1).map((bytes, index) => bytes - (warm[index] ?? Infinity));
  return Math.min(...growths);
}
