import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { SecureContext } from "node:tls";
import type { Millis } from "../core/machine.ts";
import type { Scheduler } from "../core/scheduler.ts";
import type { Profile } from "../path/hop.ts";
import { mayDelay, type PathHop, preparePath } from "../path/path-hop.ts";
import { Path } from "../path/path.ts";
import { ActivitySweep } from "./activity-sweep.ts";
import { ConditionedLeg } from "./conditioned-leg.ts";
import { addBytes, type FlowBytes, type FlowHandler } from "./flow-handler.ts";
import type { Enforcer } from "./enforcement/enforcer.ts";
import { FlowEnforcement } from "./enforcement/flow-enforcement.ts";
import { cutBytes, type LivePayload } from "./leg-path.ts";
import { takeAway } from "./linger.ts";
import { listenError } from "./listen-error.ts";
import { WatchedLeg } from "./watched-leg.ts";

/** Which of the two legs a front builds; `auto` takes the cheaper one where the profile allows it. */
export type LegKind = "auto" | "conditioned";

/** What a front listens on and what it does with the flows it accepts. */
export interface FrontOptions {
  /** `undefined` for every address of this machine. */
  readonly host: string | undefined;
  /** 0 takes any free port. */
  readonly port: number;
  readonly secureContext: SecureContext;
  readonly scheduler: Scheduler;
  /** Emulated seconds in one real second. */
  readonly timeScale: number;
  readonly legKind: LegKind;
  readonly profile: Profile;
  /** Makes what stands above a new flow's leg; `forget` is to be called when nothing of the flow is left. */
  makeHandler(flowId: number, forget: () => void): FlowHandler;
  /** How long a device that ended its side of a silenced flow is still shown nothing, in real ms. */
  readonly holeLingerMs: Millis;
  /** Lets the kernel help to make flows silent. */
  readonly enforcer?: Enforcer | undefined;
  /** A device could not be accepted, for want of file handles for instance; those that are there live on. */
  acceptFailed(error: Error): void;
}

/** The listener that devices connect to: accepted socket, path, TLS, handler. */
export class Front {
  readonly #options: FrontOptions;
  readonly #server: Server;
  readonly #flows = new Map<number, FlowHandler>();
  /** Every accepted socket that is open, those of silenced flows that nothing else knows any more included. */
  readonly #sockets = new Set<Socket>();
  #flowCount = 0;
  #onEmpty: (() => void) | undefined;
  #closedBytes: FlowBytes = { fromDevice: 0, toDevice: 0, fromServer: 0, toServer: 0 };
  #path: PreparedProfile;

  constructor(options: FrontOptions) {
    this.#options = options;
    this.#path = prepareProfile(options.profile, options.timeScale);
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (raw) => this.#accept(raw));
  }

  /**
   * Begins to accept devices and tells the port.
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
    this.#server.on("error", (error) => this.#options.acceptFailed(error));
    return boundPort(this.#server);
  }

  /** The profile that new flows get. */
  get profile(): Profile {
    return this.#path.profile;
  }

  set profile(profile: Profile) {
    this.#path = prepareProfile(profile, this.#options.timeScale);
  }

  /** Flows of which something is left. */
  get flowCount(): number {
    return this.#flows.size;
  }

  /** Accepted sockets that are open. */
  get socketCount(): number {
    return this.#sockets.size;
  }

  /** Flows on which a request waits for its answer. */
  get busyCount(): number {
    let busy = 0;
    for (const handler of this.#flows.values()) if (handler.busy) busy += 1;
    return busy;
  }

  /** Bytes on the wires of all flows so far, those that are gone included. */
  get bytes(): FlowBytes {
    let sum = this.#closedBytes;
    for (const handler of this.#flows.values()) sum = addBytes(sum, handler.bytes);
    return sum;
  }

  /** Accepts nothing any more; flows that are there live on. */
  stopAccepting(): void {
    this.#server.close();
  }

  #abort(): void {
    for (const handler of this.#flows.values()) handler.abort();
  }

  /** Accepts nothing any more, ends what is there and resolves when nothing of any flow is left. */
  async close(): Promise<void> {
    this.#abort();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const raw of this.#sockets) takeAway(raw);
    this.#path.activity.stop();
    await closed;
    if (this.#flows.size > 0) await new Promise<void>((resolve) => (this.#onEmpty = resolve));
  }

  #accept(raw: Socket): void {
    this.#sockets.add(raw);
    raw.once("close", () => this.#sockets.delete(raw));
    this.#flowCount += 1;
    const flowId = this.#flowCount;
    const enforcement = this.#enforcementOf(raw);
    const handler = this.#options.makeHandler(flowId, () => {
      enforcement?.release();
      this.#forget(flowId);
    });
    handler.serverConnected = (server) => enforcement?.serverConnected(server);
    this.#flows.set(flowId, handler);
    handler.attach(this.#makeLeg(raw, handler, enforcement));
  }

  #forget(flowId: number): void {
    const handler = this.#flows.get(flowId);
    if (handler === undefined) return;
    this.#flows.delete(flowId);
    this.#closedBytes = addBytes(this.#closedBytes, handler.bytes);
    if (this.#flows.size === 0) this.#onEmpty?.();
  }

  #enforcementOf(raw: Socket): FlowEnforcement | undefined {
    const { enforcer, timeScale } = this.#options;
    if (enforcer === undefined) return undefined;
    return new FlowEnforcement({ enforcer, timeScale, heedsKeepalives: heedsKeepalives(this.profile) }, raw);
  }

  #makeLeg(raw: Socket, handler: FlowHandler, enforcement: FlowEnforcement | undefined): WatchedLeg | ConditionedLeg {
    const { secureContext, scheduler, legKind, holeLingerMs } = this.#options;
    const { hops, delays, activity } = this.#path;
    const path = new Path<LivePayload>(
      hops,
      { createdAt: scheduler.now(), source: raw.remoteAddress, http: true },
      cutBytes,
    );
    const options = { raw, secureContext, path, scheduler, events: handler, holeLingerMs, enforcement };
    return delays || legKind === "conditioned" ? new ConditionedLeg(options) : new WatchedLeg(options, activity);
  }
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
  readonly activity: ActivitySweep;
}

function prepareProfile(profile: Profile, timeScale: number): PreparedProfile {
  const hops = preparePath(profile.hops);
  const shortest = shortestTimeoutMs(profile);
  return {
    profile,
    hops,
    delays: mayDelay(hops),
    activity: new ActivitySweep(shortest === undefined ? undefined : shortest / timeScale),
  };
}

function shortestTimeoutMs(profile: Profile): Millis | undefined {
  const conditions = profile.hops.flatMap((hop) => hop.conditions);
  const timeouts = conditions.flatMap((each) => (each.type === "idle-timeout" ? [each.idleTimeoutMs] : []));
  return timeouts.length === 0 ? undefined : Math.min(...timeouts);
}

function heedsKeepalives({ hops }: Profile): boolean {
  const conditions = hops.flatMap((hop) => hop.conditions);
  return conditions.some((each) => each.type === "idle-timeout" && each.refreshedByKeepalive === true);
}
