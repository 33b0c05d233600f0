import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { FlowEvent } from "../../src/path/flow-event.ts";
import { type Proxy, startTcpProxy, type TcpProxyOptions } from "../../src/live/proxy.ts";
import { RealScheduler } from "../../src/live/real-scheduler.ts";
import type { ServerFailure } from "../../src/live/server-leg.ts";
import { parseTcpTarget } from "../../src/live/target.ts";
import { Changes } from "./changes.ts";
import { profileOf } from "./rig.ts";
import { ServerPeer, startWireServer, type WireServer } from "./wire-server.ts";

/** Plain devices, a `tcp` proxy and a server on real sockets, for one test; all of it ends with the test. */
export class TcpStage implements AsyncDisposable {
  readonly server: WireServer;
  readonly proxy: Proxy;
  readonly scheduler: RealScheduler;
  readonly changes: Changes;
  readonly flows: FlowEvent[];
  readonly failures: ServerFailure[];
  /** A proxy with no conditions, whose flows no time-out can touch. */
  readonly #calm: Proxy;
  readonly #devices: Socket[] = [];

  constructor(parts: Pick<TcpStage, "server" | "proxy" | "scheduler" | "changes" | "flows" | "failures">, calm: Proxy) {
    this.#calm = calm;
    this.server = parts.server;
    this.proxy = parts.proxy;
    this.scheduler = parts.scheduler;
    this.changes = parts.changes;
    this.flows = parts.flows;
    this.failures = parts.failures;
  }

  /** A device's connection, half-open when one side ends, watched as a server's peer is. */
  async device(host = "127.0.0.1", port = this.proxy.port): Promise<ServerPeer> {
    const socket = connect({ port, host, allowHalfOpen: true, noDelay: true });
    this.#devices.push(socket);
    const device = new ServerPeer(socket, this.changes);
    await once(socket, "connect");
    return device;
  }

  /** A device and its connection at the server, once something has been said both ways. */
  async joined(port = this.proxy.port): Promise<{ readonly device: ServerPeer; readonly peer: ServerPeer }> {
    const index = this.server.peers.length;
    const device = await this.device("127.0.0.1", port);
    device.write("hello");
    const peer = await this.server.peer(index, "hello");
    peer.write("welcome");
    await this.until(() => device.text.endsWith("welcome"));
    return { device, peer };
  }

  /** Gives all that was sent so far the time to arrive: what another flow says, sent later on a way as long. */
  async settle(): Promise<void> {
    await this.joined(this.#calm.port);
  }

  async until(holds: () => boolean): Promise<void> {
    await this.changes.until(holds);
  }

  /** Waits until nothing is left of so many flows. */
  async closed(count = 1): Promise<void> {
    await this.until(() => this.flows.filter(({ kind }) => kind === "closed").length >= count);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#devices) socket.destroy();
    await this.server.stop();
    await this.proxy.stop();
    await this.#calm.stop();
    this.scheduler.stop();
    assert.equal(this.scheduler.pending, 0, "timers are left behind");
    assert.equal(this.proxy.flowCount, 0, "flows are left behind");
  }
}

/**
 * Sets a stage on which time stands until it is started.
 * @param paced whether time also stands at every deadline until its bytes have arrived, so that instants are exact
 */
export async function setTcpStage(
  options: Partial<TcpProxyOptions> = {},
  script: (peer: ServerPeer) => void = () => {},
  paced = false,
): Promise<TcpStage> {
  const changes = new Changes();
  const flows: FlowEvent[] = [];
  const failures: ServerFailure[] = [];
  const server = await startWireServer(script);
  const scheduler = new RealScheduler({ standing: true, paced });
  const calm = {
    host: "127.0.0.1",
    target: parseTcpTarget(`127.0.0.1:${server.port}`),
    profile: profileOf(),
    scheduler,
  };
  const proxy = await startTcpProxy({
    ...calm,
    observers: [
      {
        flow: (event) => {
          flows.push(event);
          changes.tell();
        },
        serverFailed: (_flowId, failure) => {
          failures.push(failure);
          changes.tell();
        },
      },
    ],
    ...options,
  });
  return new TcpStage({ server, proxy, scheduler, changes, flows, failures }, await startTcpProxy(calm));
}
