import assert from "node:assert/strict";
import { startServing, type Serving } from "../../src/cli/serving.ts";
import { readBlocks } from "../../src/client/event-source.ts";
import { keyPem } from "../../src/live/certificates.ts";
import type { ListenerPlan } from "../../src/live/emulator-plan.ts";
import { httpsKind } from "../../src/live/listener-kinds.ts";
import { createLog } from "../../src/live/log.ts";
import { RealScheduler } from "../../src/live/real-scheduler.ts";
import { parseTarget } from "../../src/live/target.ts";
import type { Profile } from "../../src/path/hop.ts";
import { Changes } from "./changes.ts";
import { testIdentity } from "./identity.ts";
import { pingRequest } from "./requests.ts";
import { secureDevice, type WireDevice } from "./wire-device.ts";
import { type ServerPeer, startWireServer, type WireServer } from "./wire-server.ts";

/** An emulated hour takes a real second; time stands until the stage is ready, and at each instant until it has settled. */
const TIME_SCALE = 3600;

/** A device's Ping for 900 s that waits at its server, behind all that `serve` runs: log, metrics, admin server. */
export class OutcomeStage implements AsyncDisposable {
  readonly device: WireDevice;
  /** The server's end of its connection. */
  readonly peer: ServerPeer;
  /** Every line of the log, at `debug`. */
  readonly log: readonly string[];
  readonly #parts: Parts;
  readonly #devices: WireDevice[];

  constructor(parts: Parts, device: WireDevice, peer: ServerPeer) {
    this.#parts = parts;
    this.#devices = [device];
    this.device = device;
    this.peer = peer;
    this.log = parts.log;
  }

  /** Another connection of the device's. */
  async elsewhere(): Promise<WireDevice> {
    const device = await secureDevice(portOf(this.#parts.serving));
    this.#devices.push(device);
    return device;
  }

  /** Has something happen so many emulated seconds after the request. */
  at(seconds: number, happen: () => void): void {
    this.#parts.scheduler.schedule(seconds * 1000, happen);
  }

  /** Lets time run until the log holds a line with this message. */
  async until(message: string): Promise<void> {
    this.#parts.scheduler.start();
    await this.#parts.changes.until(() => this.log.some((line) => line.includes(`"msg":"${message}`)));
  }

  /** Where the admin server is. */
  get adminUrl(): string {
    return this.#parts.serving.admin.url;
  }

  /** What was added to each series since before the request, as far as anything was. */
  async increments(): Promise<ReadonlyMap<string, number>> {
    const now = await figuresOf(this.#parts.serving);
    const added = [...now].map(([name, value]) => [name, value - (this.#parts.before.get(name) ?? 0)] as const);
    return new Map(added.filter(([, value]) => value !== 0));
  }

  /** The API's first event of this kind, as it is sent. */
  async event(kind: string): Promise<string> {
    const answer = await fetch(`${this.adminUrl}/api/v1/events?after=0&kinds=${kind}`);
    assert(answer.body !== null);
    for await (const { data } of readBlocks(answer.body)) if (data !== undefined) return data;
    throw new Error(`the stream ended without ${kind}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { serving, server, scheduler } = this.#parts;
    for (const { raw } of this.#devices) raw.destroy();
    await serving.stop();
    await server.stop();
    scheduler.stop();
  }
}

interface Parts {
  readonly serving: Serving;
  readonly server: WireServer;
  readonly scheduler: RealScheduler;
  readonly log: readonly string[];
  readonly changes: Changes;
  /** The figures of all series before the request. */
  readonly before: ReadonlyMap<string, number>;
}

/** Sets a stage on which time stands and the Ping waits. */
export async function setOutcomeStage(profile: Profile): Promise<OutcomeStage> {
  const scheduler = new RealScheduler({ timeScale: TIME_SCALE, paced: true, standing: true });
  const server = await startWireServer();
  const changes = new Changes();
  const log: string[] = [];
  const write = (line: string): void => {
    log.push(line.trimEnd());
    changes.tell();
  };
  const listeners = [await planListener(profile, server.port, scheduler)];
  const serving = await startServing({
    emulator: { scheduler, timeScale: TIME_SCALE, plan: { seed: 1, applyTo: "new", listeners } },
    admin: { host: "127.0.0.1", port: 0 },
    adminHosts: [],
    log: createLog({ level: "debug", destination: { write } }),
    timerLateness: scheduler.lateness,
  });
  const device = await secureDevice(portOf(serving));
  const before = await figuresOf(serving);
  device.send(pingRequest(900));
  const peer = await server.peer(0, "Email");
  await changes.until(() => log.some((line) => line.includes("Ping asked")));
  return new OutcomeStage({ serving, server, scheduler, log, changes, before }, device, peer);
}

function portOf({ emulator }: Serving): number {
  return emulator.listener("https")?.address.port ?? 0;
}

async function planListener(profile: Profile, targetPort: number, scheduler: RealScheduler): Promise<ListenerPlan> {
  const { leaf } = await testIdentity();
  const identities = [{ cert: leaf.certificate.toString(), key: keyPem(leaf.key) }];
  const target = parseTarget(`http://127.0.0.1:${targetPort}`);
  const makeKind = () => httpsKind({ identities, target, scheduler });
  const listen = { host: "127.0.0.1", port: 0 };
  return { name: "https", type: "https", listen, target: target.url.origin, profile, enabled: true, makeKind };
}

/** The figures of all series of ours, by name with labels; what is not known yet counts as 0. */
async function figuresOf({ admin }: Serving): Promise<ReadonlyMap<string, number>> {
  const page = await (await fetch(`${admin.url}/metrics`)).text();
  const figures = page.matchAll(/^(idlewall_.*) (\S+)$/gmu);
  return new Map([...figures].map(([, name = "", value]) => [name, Number(value) || 0]));
}
