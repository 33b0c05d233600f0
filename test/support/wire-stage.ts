import assert from "node:assert/strict";
import type { ConnectionOptions } from "node:tls";
import type { ProxyOptions } from "../../src/live/proxy.ts";
import type { FlowEvent } from "../../src/path/flow-event.ts";
import { getRequest, pingRequest, textAnswer } from "./requests.ts";
import { type Rig, startRig } from "./rig.ts";
import { connectDevice, secureDevice, type WireDevice } from "./wire-device.ts";
import { type ServerPeer, startWireServer, type WireServer } from "./wire-server.ts";

/** A Ping that the server holds. */
export interface ParkedPing {
  readonly device: WireDevice;
  readonly peer: ServerPeer;
  /** What had reached the device by then, for `WireDevice.kinds`. */
  readonly mark: number;
}

/** Devices, a proxy and a server on real sockets, for one test; all of it ends with the test. */
export class WireStage implements AsyncDisposable {
  readonly server: WireServer;
  readonly rig: Rig;
  /** A proxy with no conditions, whose flows no time-out can touch. */
  readonly #calm: Rig;
  readonly #devices: WireDevice[] = [];

  constructor(server: WireServer, rig: Rig, calm: Rig) {
    this.server = server;
    this.rig = rig;
    this.#calm = calm;
  }

  get port(): number {
    return this.rig.proxy.port;
  }

  /** A device with TLS done. */
  async device(options?: ConnectionOptions): Promise<WireDevice> {
    const device = await secureDevice(this.port, options);
    this.#devices.push(device);
    return device;
  }

  /** A device with nothing but TCP done; TLS sends that much until it is let go. */
  async bareDevice(allowedBytes = Infinity, options?: ConnectionOptions): Promise<WireDevice> {
    const device = await connectDevice(this.port, options, allowedBytes);
    this.#devices.push(device);
    return device;
  }

  /** Lets the proxy's time run; it stands until then, so that no time-out can come before a test is ready for it. */
  start(): void {
    this.rig.scheduler.start();
  }

  /** Parks a Ping on a connection of its own. */
  async park(heartbeatIntervalSeconds?: number, deviceId?: string): Promise<ParkedPing> {
    const index = this.server.peers.length;
    const device = await this.device();
    device.send(pingRequest(heartbeatIntervalSeconds, deviceId));
    const peer = await this.server.peer(index, "Email");
    return { device, peer, mark: device.arrivals.length };
  }

  /** Gives all that was sent so far the time to arrive: a request and its answer, sent later on a way as long. */
  async settle(): Promise<void> {
    const device = await secureDevice(this.#calm.proxy.port);
    device.send(getRequest("/settle"));
    await device.until(() => device.text.endsWith("settled"));
    device.raw.resetAndDestroy();
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Waits until a condition has ended that many flows. */
  async expired(count = 1): Promise<void> {
    await this.rig.until(() => this.flows("ended").length >= count);
  }

  /** Waits until nothing is left of the flow. */
  async closed(flowId = 1): Promise<void> {
    await this.rig.until(() => this.flows("closed").some((event) => event.flowId === flowId));
  }

  flows<Kind extends FlowEvent["kind"]>(kind: Kind): readonly Extract<FlowEvent, { readonly kind: Kind }>[] {
    return this.rig.flows.filter((event): event is Extract<FlowEvent, { readonly kind: Kind }> => event.kind === kind);
  }

  /** How the exchanges ended that have. */
  get outcomes(): readonly object[] {
    return this.rig.heartbeats.flatMap((event) => {
      if (event.kind !== "ended") return [];
      const { outcome, hop, action } = event.end;
      return [{ outcome, hop, action }];
    });
  }

  get lateAnswers(): number {
    return this.rig.heartbeats.filter(({ kind }) => kind === "lateAnswer").length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const device of this.#devices) device.raw.destroy();
    await this.server.stop();
    await this.rig.stop();
    await this.#calm.stop();
    assert.equal(this.rig.scheduler.pending, 0, "timers are left behind");
    assert.equal(this.rig.proxy.flowCount, 0, "flows are left behind");
  }
}

/**
 * Sets a stage on which time stands; the server does what the script says and answers the requests of `settle`.
 * @param paced whether time also stands at every deadline until its bytes have arrived, so that instants are exact
 */
export async function setStage(
  options: Partial<ProxyOptions>,
  script: (peer: ServerPeer) => void = () => {},
  paced = false,
): Promise<WireStage> {
  const server = await startWireServer((peer) => {
    peer.socket.on("data", () => {
      if (peer.text.endsWith(getRequest("/settle"))) peer.write(textAnswer("settled"));
    });
    script(peer);
  });
  return new WireStage(
    server,
    await startRig(server.port, options, 1, { standing: true, paced }),
    await startRig(server.port),
  );
}

/**
 * Holds a test file to leaving no socket open once all its stages are gone; for `afterAll`. What the other end has just
 * closed, and what `fetch` of a file before it keeps warm, is given the time to go.
 */
export async function expectNothingOpen(): Promise<void> {
  const giveUpAt = performance.now() + 10_000;
  while (openSockets().length > 0 && performance.now() < giveUpAt) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.deepEqual(openSockets(), [], "sockets are left open");
}

function openSockets(): readonly string[] {
  return process.getActiveResourcesInfo().filter((kind) => kind.startsWith("TCP"));
}
