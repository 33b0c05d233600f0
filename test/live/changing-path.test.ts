import { createHash } from "node:crypto";
import type { Duplex } from "node:stream";
import { afterAll, expect, test } from "vitest";
import { Random } from "../../src/core/random.ts";
import type { ConditionSettings } from "../../src/path/conditions/index.ts";
import type { Hop } from "../../src/path/hop.ts";
import { Changes } from "../support/changes.ts";
import { hopWith } from "../support/held.ts";
import { idleHop, LEG_KINDS, profileOf, startRig, startTcpServer } from "../support/rig.ts";
import { secureDevice } from "../support/wire-device.ts";
import { expectNothingOpen } from "../support/wire-stage.ts";

const FLOWS = 50;
const CHANGES = 50;
const CHANGE_EVERY_MS = 30;
const TICK_MS = 20;

afterAll(expectNothingOpen);

/** Both legs side by side: 100 flows in all. */
test.concurrent.each(LEG_KINDS)(
  "50 flows over the %s leg lose no byte and no order while their path changes 50 times",
  async (legKind) => {
    const random = new Random(2).fork(legKind);
    const peers: Pump[] = [];
    const changes = new Changes();
    const server = await startTcpServer((socket) => {
      const peer = new Pump(socket, "HTTP/1.1 200 OK", random.fork(`peer ${peers.length}`));
      peers.push(peer);
      socket.once("data", () => {
        peer.start();
        changes.tell();
      });
    });
    const rig = await startRig(server.port, { legKind });
    const wires = await Promise.all(Array.from({ length: FLOWS }, async () => secureDevice(rig.proxy.port)));
    const devices = wires.map(({ tls }, at) => {
      return new Pump(tls, `POST /${at} HTTP/1.1\r\nHost: a`, random.fork(`device ${at}`));
    });
    for (const device of devices) device.start();
    await changes.until(() => peers.filter(({ started }) => started).length === FLOWS);

    const waited: number[] = [];
    for (let change = 0; change < CHANGES; change += 1) {
      rig.proxy.setProfile(profileOf(...randomHops(random)), "all");
      await new Promise((resolve) => setTimeout(resolve, CHANGE_EVERY_MS));
      for (const { leg } of rig.proxy.flows()) waited.push(leg.path.delayedBytes("toServer"));
      for (const pump of [...devices, ...peers]) if (random.next() < change / CHANGES / 10) pump.finish();
    }
    rig.proxy.setProfile(profileOf(), "all");
    for (const pump of [...devices, ...peers]) pump.finish();
    await Promise.all([...devices, ...peers].map(async (pump) => pump.over));

    const sent = (pumps: readonly Pump[]): readonly string[] => pumps.map(({ sentHash }) => sentHash).sort();
    const received = (pumps: readonly Pump[]): readonly string[] =>
      pumps.map(({ receivedHash }) => receivedHash).sort();
    expect(received(peers)).toEqual(sent(devices));
    expect(received(devices)).toEqual(sent(peers));
    expect(new Set(sent(devices)).size).toBe(FLOWS);
    expect(Math.max(...waited)).toBeGreaterThan(0);
    for (const { raw } of wires) raw.destroy();
    await rig.until(() => rig.flows.filter(({ kind }) => kind === "closed").length === FLOWS);
    expect(rig.proxy.kept).toMatchObject({ flows: 0, exchanges: { flows: 0, devices: 0 } });
    await rig.stop();
    await server.stop();
    expect(rig.scheduler.pending).toBe(0);
  },
);

/** One end of a flow: sends one endless chunked message, piece by piece, until it is to finish; hashes both ways. */
class Pump {
  readonly #socket: Duplex;
  readonly #head: string;
  readonly #random: Random;
  readonly #sent = createHash("sha256");
  readonly #received = createHash("sha256");
  #interval: NodeJS.Timeout | undefined;
  readonly over: Promise<void>;

  constructor(socket: Duplex, head: string, random: Random) {
    this.#socket = socket;
    this.#head = head;
    this.#random = random;
    socket.on("data", (bytes: Buffer) => this.#received.update(bytes));
    this.over = new Promise((resolve) => {
      socket.once("end", resolve);
    });
  }

  get sentHash(): string {
    return this.#sent.copy().digest("hex");
  }

  get receivedHash(): string {
    return this.#received.copy().digest("hex");
  }

  get started(): boolean {
    return this.#interval !== undefined;
  }

  start(): void {
    this.#send(Buffer.from(`${this.#head}\r\nTransfer-Encoding: chunked\r\n\r\n`));
    this.#interval = setInterval(() => {
      if (!this.#socket.writableNeedDrain) this.#send(this.#chunk());
    }, TICK_MS);
  }

  finish(): void {
    if (this.#socket.writableEnded) return;
    clearInterval(this.#interval);
    this.#send(Buffer.from("0\r\n\r\n"));
    this.#socket.end();
  }

  #chunk(): Buffer {
    const sizeBytes = this.#random.integer(1, this.#random.integer(1, 4000));
    const bytes = Buffer.alloc(sizeBytes, String(this.#random.next()));
    return Buffer.concat([Buffer.from(`${sizeBytes.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);
  }

  #send(bytes: Buffer): void {
    this.#sent.update(bytes);
    this.#socket.write(bytes);
  }
}

/** A path of up to three hops, in any order, with conditions that are often the same as before. */
function randomHops(random: Random): readonly Hop[] {
  const hops = ["carrier", "firewall", "tunnel"].filter(() => random.next() < 0.7);
  if (random.next() < 0.3) hops.reverse();
  return hops.map((name) => {
    if (random.next() < 0.2) return idleHop(60_000, { toDevice: "reset", toServer: "reset" }, name);
    const conditions = CONDITIONS.filter(() => random.next() < 0.4).map((condition) => condition(random));
    return hopWith(name, ...(random.next() < 0.3 ? conditions.toReversed() : conditions));
  });
}

const CONDITIONS: readonly ((random: Random) => ConditionSettings)[] = [
  (random) => ({
    type: "latency",
    delayMs: 10 * random.integer(1, 3),
    jitterMs: 5,
    distribution: "uniform",
    direction: "both",
  }),
  (random) => ({
    type: "bandwidth",
    bytesPerSecond: 50_000 * random.integer(1, 3),
    direction: random.next() < 0.5 ? "toDevice" : "both",
    queueBytes: 4096,
  }),
  (random) => ({ type: "loss", rate: 0.1, rtoMs: 10 * random.integer(1, 2), direction: "both" }),
  (random) => ({ type: "stall", direction: random.next() < 0.5 ? "toServer" : "both", afterMs: 0, forMs: 60 }),
];
