import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type Proxy, Toxiproxy } from "toxiproxy-node-client";
import { startToxiproxyApi, type ToxiproxyApi } from "../../src/control/toxiproxy/server.ts";
import { parseAddress } from "../../src/live/address.ts";
import { type Emulator, startEmulator } from "../../src/live/emulator.ts";
import { RealScheduler, type RealSchedulerOptions } from "../../src/live/real-scheduler.ts";
import { type Answered, type Asked, ask } from "./ask.ts";
import { Changes } from "./changes.ts";
import { ServerPeer, startWireServer, type WireServer } from "./wire-server.ts";

/** Toxiproxy's API above an emulator, its real client, and a server for proxies to call; all of it ends with the test. */
export class ToxiproxyStage implements AsyncDisposable {
  readonly api: ToxiproxyApi;
  readonly emulator: Emulator;
  readonly server: WireServer;
  readonly client: Toxiproxy;
  /** Faults that were reported; only a bug causes one. */
  readonly faults: readonly unknown[];
  /** When conditions have ended flows. */
  readonly endedAt: number[] = [];
  readonly #scheduler: RealScheduler;
  readonly #changes = new Changes();
  readonly #devices: Socket[] = [];

  constructor(parts: Pick<ToxiproxyStage, "api" | "emulator" | "server" | "faults">, scheduler: RealScheduler) {
    this.api = parts.api;
    this.emulator = parts.emulator;
    this.server = parts.server;
    this.faults = parts.faults;
    this.client = new Toxiproxy(parts.api.url);
    this.#scheduler = scheduler;
    parts.emulator.subscribe((told) => {
      if (told.kind === "flow" && told.event.kind === "ended") this.endedAt.push(told.event.at);
    });
  }

  /** Lets time run, on a stage where it stands. */
  start(): void {
    this.#scheduler.start();
  }

  /** Where proxies are to call. */
  get upstream(): string {
    return `127.0.0.1:${this.server.port}`;
  }

  /** Asks the API by hand; an object is sent as JSON. */
  async ask(method: string, path: string, body?: unknown, asked: Asked = {}): Promise<Answered & { text: string }> {
    const text = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
    const answered = await ask(this.api.address.port, {
      ...asked,
      method,
      path,
      ...(text !== undefined && { body: text }),
    });
    return { ...answered, text: answered.body.toString() };
  }

  /**
   * A proxy on a free port, in front of the server. One that is to be stopped and started again needs a loopback address
   * of its own, or another test may take the port in between.
   */
  proxy(name = "p", host = "127.0.0.1"): Promise<Proxy> {
    return this.client.createProxy({ name, listen: `${host}:0`, upstream: this.upstream });
  }

  /** A device's connection to a proxy. */
  async device({ listen }: Pick<Proxy, "listen">): Promise<ServerPeer> {
    const { host = "127.0.0.1", port } = parseAddress(listen);
    const socket = connect({ host, port, allowHalfOpen: true, noDelay: true });
    this.#devices.push(socket);
    const device = new ServerPeer(socket, this.#changes);
    await once(socket, "connect");
    return device;
  }

  /** A device and its connection at the server, once something has been said both ways. */
  async joined(proxy: Pick<Proxy, "listen">): Promise<{ readonly device: ServerPeer; readonly peer: ServerPeer }> {
    const index = this.server.peers.length;
    const device = await this.device(proxy);
    const peer = await this.server.peer(index);
    device.write("hello");
    await this.server.until(() => peer.text === "hello");
    peer.write("welcome");
    await this.until(() => device.text === "welcome");
    return { device, peer };
  }

  /** Waits for what devices see. */
  async until(holds: () => boolean): Promise<void> {
    await this.#changes.until(holds);
  }

  /** Emulated ms, which are real ones here. */
  now(): number {
    return this.#scheduler.now();
  }

  /** Resolves at an instant, for a test whose ends do something then. */
  at(instant: number): Promise<void> {
    return new Promise((resolve) => {
      this.#scheduler.schedule(instant, resolve);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#devices) socket.destroy();
    await this.server.stop();
    await this.api.close();
    await this.emulator.stop();
    this.#scheduler.stop();
    assert.equal(this.#scheduler.pending, 0, "timers are left behind");
    assert.deepEqual(this.faults, [], "faults were reported");
  }
}

/**
 * Sets a stage without proxies.
 * @param time how its time runs; standing, a test's preparations take none of it
 */
export async function setToxiproxyStage(
  script: (peer: ServerPeer) => void = () => {},
  time: Pick<RealSchedulerOptions, "paced" | "standing"> = {},
): Promise<ToxiproxyStage> {
  const scheduler = new RealScheduler(time);
  const server = await startWireServer(script);
  const plan = { listeners: [], seed: 1, applyTo: "new" } as const;
  const emulator = await startEmulator({ version: "1.2.3", scheduler, timeScale: 1, plan });
  const faults: unknown[] = [];
  const api = await startToxiproxyApi({ host: "127.0.0.1", port: 0 }, emulator.as("toxiproxy"), (fault) => {
    faults.push(fault);
  });
  return new ToxiproxyStage({ api, emulator, server, faults }, scheduler);
}
