import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { Millis } from "../core/machine.ts";
import type { Random } from "../core/random.ts";
import type { Scheduler } from "../core/scheduler.ts";
import type { ConditionSetup } from "../path/condition.ts";
import type { ConditionSettings } from "../path/conditions/index.ts";
import type { Profile } from "../path/hop.ts";
import { mayDelay, type PathHop, preparePath } from "../path/path-hop.ts";
import { Path } from "../path/path.ts";
import { ActivitySweep } from "./activity-sweep.ts";
import type { DeviceLeg, Sockets } from "./device-leg.ts";
import type { Enforcer } from "./enforcement/enforcer.ts";
import { FlowEnforcement } from "./enforcement/flow-enforcement.ts";
import { addBytes, type FlowBytes, type FlowHandler } from "./flow-handler.ts";
import { cutBytes, type LivePayload } from "./leg-path.ts";
import { takeAway } from "./linger.ts";
import { listenError } from "./listen-error.ts";
import { LiveFlow } from "./live-flow.ts";
import type { MakeLeg } from "./make-leg.ts";
import type { RunScenario } from "./run-scenario.ts";

export type { LegKind } from "./make-leg.ts";

/** What makes the flows of a front: their legs, and what stands above these. */
export interface FlowMaking {
  readonly makeLeg: MakeLeg;
  /** Whether requests will be seen on the flows. */
  readonly http: boolean;
  /** Makes what stands above a flow's leg; the front is to forget the flow when nothing of it is left. */
  makeHandler(flowId: number): FlowHandler;
}

/** What a front listens on and what it does with the flows it accepts. */
export interface FrontOptions {
  /** `undefined` for every address of this machine. */
  readonly host: string | undefined;
  /** 0 takes any free port. */
  readonly port: number;
  readonly scheduler: Scheduler;
  /** Emulated seconds in one real second. */
  readonly timeScale: number;
  readonly profile: Profile;
  readonly scenario: RunScenario;
  /** Names it among those that share the scenario. */
  readonly name: string;
  readonly making: FlowMaking;
  /** Gives each flow its id. */
  nextFlowId(): number;
  /** How long a device that ended its side of a silenced flow is still shown nothing, in real ms. */
  readonly holeLingerMs: Millis;
  /** Lets the kernel help to make flows silent. */
  readonly enforcer?: Enforcer | undefined;
  /** A device could not be accepted, for want of file handles for instance; those that are there live on. */
  readonly acceptFailed: (error: Error) => void;
}

/** The listener that devices connect to: accepted socket, path, leg, handler. */
export class Front implements Sockets {
  readonly #options: FrontOptions;
  #server: Server;
  readonly #flows = new Map<number, LiveFlow>();
  /** Every accepted socket that is open, those of silenced flows that nothing else knows any more included. */
  readonly #sockets = new Set<Socket>();
  /** Connections that came before the front was opened. */
  #early: Socket[] | undefined = [];
  /** What new flows are made by. */
  making: FlowMaking;
  #onEmpty: (() => void) | undefined;
  #closedBytes: FlowBytes = { fromDevice: 0, toDevice: 0, fromServer: 0, toServer: 0 };
  readonly #activity: ActivitySweep;
  #path: PreparedProfile;
  #chances: Random;
  /** Flows that have drawn from these chances. */
  #drawnCount = 0;

  constructor(options: FrontOptions) {
    this.#options = options;
    this.making = options.making;
    this.#chances = options.scenario.chancesOf(options.name);
    this.#path = this.#prepare(options.profile, []);
    this.#activity = new ActivitySweep(this.#shortestTimeoutMs(options.profile));
    this.#server = makeServer().on("connection", this.#greet);
  }

  /**
   * Takes the address and tells the port. Devices that connect wait until the front is opened, so that several fronts
   * can take their addresses before any of them serves.
   * @throws StartError E_PORT_TAKEN, E_PORT_FORBIDDEN or E_LISTEN_FAILED
   */
  async listen(): Promise<number> {
    const { host, port } = this.#options;
    this.#server.listen({ ...(host !== undefined && { host }), port, backlog: BACKLOG });
    try {
      await once(this.#server, "listening");
    } catch (error) {
      throw listenError(error, host, port);
    }
    this.#server.on("error", this.#options.acceptFailed);
    return boundPort(this.#server);
  }

  /** Takes over the address of another front, which goes on with the flows that it has, and tells the port. */
  takeOver(other: Front): number {
    this.#server = other.#handOver().on("connection", this.#greet).on("error", this.#options.acceptFailed);
    return boundPort(this.#server);
  }

  #handOver(): Server {
    const server = this.#server.off("connection", this.#greet).off("error", this.#options.acceptFailed);
    this.#server = makeServer();
    return server;
  }

  /** Begins to serve devices. */
  open(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const raw of early) if (!raw.destroyed) this.#accept(raw);
  }

  /** The profile that new flows get. */
  get profile(): Profile {
    return this.#path.profile;
  }

  /** Puts a profile in force; conditions that stay as they were keep what they know on flows that are there. */
  setProfile(profile: Profile, flows: "new" | "all"): void {
    this.#path = this.#prepare(profile, this.#path.hops);
    const timeoutMs = this.#shortestTimeoutMs(profile);
    if (flows === "new") return this.#activity.hasten(timeoutMs);
    this.#activity.retime(timeoutMs);
    for (const { leg } of this.#flows.values()) leg.path.reconfigure(this.#path.hops);
  }

  /** New flows draw from the scenario's seed as it is now. */
  reseed(): void {
    const { scenario, name } = this.#options;
    this.#chances = scenario.chancesOf(name);
    this.#drawnCount = 0;
  }

  /** What flows share is forgotten, such as counts and tables of flows: those that come begin without. */
  renew(): void {
    this.#path = this.#prepare(this.#path.profile, []);
  }

  /** The scenario's timeline has changed. */
  review(): void {
    for (const { leg } of this.#flows.values()) leg.path.review();
  }

  /** Flows of which something is left. */
  get flowCount(): number {
    return this.#flows.size;
  }

  /** Flows of which something is left, oldest first. */
  flows(): Iterable<LiveFlow> {
    return this.#flows.values();
  }

  flow(id: number): LiveFlow | undefined {
    return this.#flows.get(id);
  }

  /** Accepted sockets that are open. */
  get socketCount(): number {
    return this.#sockets.size;
  }

  /** Flows on which a request waits for its answer. */
  get busyCount(): number {
    let busy = 0;
    for (const { handler } of this.#flows.values()) if (handler.busy) busy += 1;
    return busy;
  }

  /** Bytes on the wires of all flows so far, those that are gone included. */
  get bytes(): FlowBytes {
    let sum = this.#closedBytes;
    for (const { handler } of this.#flows.values()) sum = addBytes(sum, handler.bytes);
    return sum;
  }

  /** Accepts nothing any more; flows that are there live on. */
  stopAccepting(): void {
    this.#server.close();
  }

  #abort(): void {
    for (const { handler } of this.#flows.values()) handler.abort();
  }

  /** Accepts nothing any more, ends what is there and resolves when nothing of any flow is left. */
  async close(): Promise<void> {
    this.#abort();
    this.#server.close();
    for (const raw of this.#sockets) takeAway(raw);
    this.#activity.stop();
    if (!this.#isEmpty) await new Promise<void>((resolve) => (this.#onEmpty = resolve));
  }

  /** Whether nothing is left of any flow; a server's own count includes the flows of a front it was taken over from. */
  get #isEmpty(): boolean {
    return this.#flows.size === 0 && this.#sockets.size === 0;
  }

  #tellEmpty(): void {
    if (this.#isEmpty) this.#onEmpty?.();
  }

  readonly #greet = (raw: Socket): void => {
    this.#sockets.add(raw);
    if (this.#early === undefined) return this.#accept(raw);
    raw.on("error", () => undefined);
    raw.on("close", () => this.socketClosed(raw));
    this.#early.push(raw);
  };

  /** An accepted socket is closed. */
  socketClosed(raw: Socket): void {
    this.#sockets.delete(raw);
    this.#tellEmpty();
  }

  #accept(raw: Socket): void {
    const id = this.#options.nextFlowId();
    const createdAt = this.#options.scheduler.now();
    const enforcement = this.#enforcementOf(raw);
    const { making } = this;
    const handler = making.makeHandler(id);
    if (enforcement !== undefined) handler.tellConnected = (server) => enforcement.serverConnected(server);
    this.#drawnCount += 1;
    const flow = new LiveFlow({
      id,
      createdAt,
      source: raw.remoteAddress,
      http: making.http,
      chances: this.#chances,
      number: this.#drawnCount,
      handler,
      enforcement,
    });
    flow.join(this.#makeLeg(raw, flow));
    this.#flows.set(id, flow);
    handler.attach(flow.leg);
    flow.leg.path.settle();
  }

  /** Nothing of a flow is left. */
  forget(flowId: number): void {
    const flow = this.#flows.get(flowId);
    if (flow === undefined) return;
    this.#flows.delete(flowId);
    flow.enforcement?.release();
    this.#closedBytes = addBytes(this.#closedBytes, flow.handler.bytes);
    this.#tellEmpty();
  }

  #enforcementOf(raw: Socket): FlowEnforcement | undefined {
    const { enforcer, timeScale } = this.#options;
    if (enforcer === undefined) return undefined;
    return new FlowEnforcement({ enforcer, timeScale, heedsKeepalives: heedsKeepalives(this.profile) }, raw);
  }

  #makeLeg(raw: Socket, flow: LiveFlow): DeviceLeg {
    const { scheduler, holeLingerMs } = this.#options;
    const { hops, delays } = this.#path;
    const { handler: events, enforcement } = flow;
    const path = new Path<LivePayload>(hops, flow, cutBytes);
    return this.making.makeLeg(
      { raw, path, scheduler, events, holeLingerMs, enforcement, sockets: this },
      { delays, activity: this.#activity },
    );
  }

  #prepare(profile: Profile, previous: readonly PathHop[]): PreparedProfile {
    const { timeline } = this.#options.scenario;
    const chances = (): Random => this.#chances;
    const setup: ConditionSetup = {
      get random() {
        return chances();
      },
      timeline,
    };
    const hops = preparePath(profile.hops, setup, previous);
    return { profile, hops, delays: mayDelay(hops) };
  }

  /** In real ms. */
  #shortestTimeoutMs(profile: Profile): Millis | undefined {
    const shortest = shortestTimeoutMs(profile);
    return shortest === undefined ? undefined : shortest / this.#options.timeScale;
  }
}

function makeServer(): Server {
  return createServer({ allowHalfOpen: true, noDelay: true });
}

/** The port a server got. */
export function boundPort(server: { address(): AddressInfo | string | null }): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a listening TCP server has no address");
  return address.port;
}

/** Connections that may wait to be accepted, enough for a fleet that comes back at once; the kernel may allow fewer. */
const BACKLOG = 4096;

interface PreparedProfile {
  readonly profile: Profile;
  readonly hops: readonly PathHop[];
  readonly delays: boolean;
}

function shortestTimeoutMs(profile: Profile): Millis | undefined {
  const shortest = Math.min(...profile.hops.flatMap((hop) => hop.conditions.flatMap(timeoutsMs)));
  return shortest === Infinity ? undefined : shortest;
}

/** The silences that a condition bears; a table's own shrink as it fills. */
function timeoutsMs(condition: ConditionSettings): readonly Millis[] {
  switch (condition.type) {
    case "idle-timeout":
      return [condition.idleTimeoutMs, condition.halfClosedTimeoutMs ?? Infinity];
    case "flow-table":
      return [condition.adaptive?.idleTimeoutMs ?? Infinity];
    default:
      return [];
  }
}

function heedsKeepalives({ hops }: Profile): boolean {
  const conditions = hops.flatMap((hop) => hop.conditions);
  return conditions.some((each) => each.type === "idle-timeout" && each.refreshedByKeepalive === true);
}
