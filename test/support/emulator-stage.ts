import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type Emulator, startEmulator } from "../../src/live/emulator.ts";
import type { EmulatorOptions } from "../../src/live/emulator-core.ts";
import type { EmulatorEvent } from "../../src/live/emulator-events.ts";
import { type EmulatorPlan, type ListenerPlan, planTcpListener } from "../../src/live/emulator-plan.ts";
import { RealScheduler } from "../../src/live/real-scheduler.ts";
import type { Profile } from "../../src/path/hop.ts";
import { Changes } from "./changes.ts";
import { profileOf } from "./rig.ts";
import { ServerPeer, startWireServer, type WireServer } from "./wire-server.ts";

/** An emulator in front of a server on real sockets, for one test; all of it ends with the test. */
export class EmulatorStage implements AsyncDisposable {
  readonly server: WireServer;
  readonly scheduler: RealScheduler;
  readonly emulator: Emulator;
  readonly events: EmulatorEvent[] = [];
  readonly changes = new Changes();
  readonly #devices: Socket[] = [];

  constructor(server: WireServer, scheduler: RealScheduler, emulator: Emulator) {
    this.server = server;
    this.scheduler = scheduler;
    this.emulator = emulator;
    emulator.subscribe((event) => {
      this.events.push(event);
      this.changes.tell();
    });
  }

  /** The server, as a `tcp` listener names it. */
  get target(): string {
    return `127.0.0.1:${this.server.port}`;
  }

  portOf(listener: string): number {
    const port = this.emulator.listener(listener)?.address.port;
    if (port === undefined) throw new Error(`there is no listener ${listener}`);
    return port;
  }

  /** A device's connection, half-open when one side ends. */
  async device(port: number): Promise<ServerPeer> {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    this.#devices.push(socket);
    const device = new ServerPeer(socket, this.changes);
    await once(socket, "connect");
    return device;
  }

  /** A device and its connection at the server, once something has been said both ways. */
  async joined(listener: string): Promise<{ readonly device: ServerPeer; readonly peer: ServerPeer }> {
    const index = this.server.peers.length;
    const device = await this.device(this.portOf(listener));
    device.write("hello");
    const peer = await this.server.peer(index, "hello");
    peer.write("welcome");
    await this.until(() => device.text === "welcome");
    return { device, peer };
  }

  async until(holds: () => boolean): Promise<void> {
    await this.changes.until(holds);
  }

  /** Whether nobody listens there any more. */
  async refuses(port: number): Promise<boolean> {
    const socket = connect({ port, host: "127.0.0.1" });
    this.#devices.push(socket);
    return new Promise((resolve) => {
      socket.once("connect", () => resolve(false));
      socket.once("error", () => resolve(true));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#devices) socket.destroy();
    await this.server.stop();
    await this.emulator.stop();
    this.scheduler.stop();
    assert.equal(this.scheduler.pending, 0, "timers are left behind");
    assert.deepEqual(this.emulator.flows(), [], "flows are left behind");
  }
}

/** A plan of one `tcp` listener `db` on a free port. */
export function planOf(target: string, profile: Profile = profileOf(), ...more: readonly ListenerPlan[]): EmulatorPlan {
  return { seed: 7, applyTo: "new", listeners: [planTcp("db", target, profile), ...more] };
}

/** A `tcp` listener on a free port. */
export function planTcp(name: string, target: string, profile: Profile = profileOf()): ListenerPlan {
  return planTcpListener({ name, listen: "127.0.0.1:0", target, profile });
}

/** Sets a stage on which time stands until it is started. */
export async function setEmulatorStage(
  plan: (target: string) => EmulatorPlan | Promise<EmulatorPlan> = (target) => planOf(target),
  options: Partial<EmulatorOptions> = {},
): Promise<EmulatorStage> {
  const server = await startWireServer();
  const scheduler = new RealScheduler({ standing: true });
  const emulator = await startEmulator({
    version: "0.0.0",
    scheduler,
    timeScale: 1,
    plan: await plan(`127.0.0.1:${server.port}`),
    ...options,
  }).catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  return new EmulatorStage(server, scheduler, emulator);
}
