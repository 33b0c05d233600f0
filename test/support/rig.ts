import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { HeartbeatEvent } from "../../src/heartbeat/events.ts";
import { keyPem } from "../../src/live/certificates.ts";
import type { LegKind } from "../../src/live/front.ts";
import { type Proxy, type ProxyOptions, startProxy } from "../../src/live/proxy.ts";
import { RealScheduler, type RealSchedulerOptions } from "../../src/live/real-scheduler.ts";
import { parseTarget } from "../../src/live/target.ts";
import type { Endings } from "../../src/path/condition.ts";
import type { FlowEvent } from "../../src/path/flow-event.ts";
import type { Hop, Profile } from "../../src/path/hop.ts";
import type { ServerFailure } from "../../src/live/server-leg.ts";
import { Changes } from "./changes.ts";
import { testIdentity } from "./identity.ts";

/** The two legs that a proxy can build; every live test of outcomes runs over both. */
export const LEG_KINDS = ["auto", "conditioned"] as const satisfies readonly LegKind[];

/** A hop with an idle time-out. */
export function idleHop(idleTimeoutMs: number, atExpiry: Endings, name = "hop"): Hop {
  const kind = typeof atExpiry.toDevice === "string" ? "firewall" : "reverse-proxy";
  return { name, kind, conditions: [{ type: "idle-timeout", idleTimeoutMs, atExpiry, refreshedBy: "either" }] };
}

/** A profile of hops, device side first. */
export function profileOf(...hops: readonly Hop[]): Profile {
  return { name: "test", title: "A path for a test", source: "test", hops };
}

/** A proxy with all that it told. */
export interface Rig {
  readonly proxy: Proxy;
  readonly scheduler: RealScheduler;
  readonly heartbeats: HeartbeatEvent[];
  readonly flows: FlowEvent[];
  readonly refusals: number[];
  readonly tlsFailures: string[];
  readonly serverFailures: ServerFailure[];
  /** Which legs finished a TLS handshake, in order. */
  readonly handshakes: ("device" | "server")[];
  /** Waits until something that the proxy told makes the condition hold. */
  until(holds: () => boolean): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a proxy in front of `http://127.0.0.1:targetPort`.
 * @param time how its time runs; standing, a test's preparations take none of it
 */
export async function startRig(
  targetPort: number,
  options: Partial<ProxyOptions> = {},
  timeScale = 1,
  time: Pick<RealSchedulerOptions, "paced" | "standing"> = {},
): Promise<Rig> {
  const { leaf } = await testIdentity();
  const scheduler = new RealScheduler({ timeScale, ...time });
  const heartbeats: HeartbeatEvent[] = [];
  const flows: FlowEvent[] = [];
  const refusals: number[] = [];
  const tlsFailures: string[] = [];
  const serverFailures: ServerFailure[] = [];
  const handshakes: ("device" | "server")[] = [];
  const changes = new Changes();
  const keep = <What>(list: What[], what: What): void => {
    list.push(what);
    changes.tell();
  };
  const proxy = await startProxy({
    target: parseTarget(`http://127.0.0.1:${targetPort}`),
    profile: profileOf(),
    identities: [{ cert: leaf.certificate.toString(), key: keyPem(leaf.key) }],
    scheduler,
    timeScale,
    observers: [
      {
        heartbeat: (event) => keep(heartbeats, event),
        flow: (event) => keep(flows, event),
        refused: (_flowId, fault) => keep(refusals, fault.status),
        tlsFailed: (_flowId, reason) => keep(tlsFailures, reason),
        serverFailed: (_flowId, failure) => keep(serverFailures, failure),
        secured: (_flowId, leg) => keep(handshakes, leg),
      },
    ],
    ...options,
  });
  const stop = async (): Promise<void> => {
    await proxy.stop();
    scheduler.stop();
  };
  return {
    proxy,
    scheduler,
    heartbeats,
    flows,
    refusals,
    tlsFailures,
    serverFailures,
    handshakes,
    until: (holds) => changes.until(holds),
    stop,
  };
}

/** A bare TCP server on a free loopback port, for tests that decide what the server's socket does. */
export async function startTcpServer(onConnection: (socket: Socket) => void): Promise<TcpServer> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    onConnection(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: portOf(server),
    sockets,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A running TCP server and the sockets it has open. */
export interface TcpServer {
  readonly port: number;
  readonly sockets: ReadonlySet<Socket>;
  stop(): Promise<void>;
}

/** The port of a listening server. */
export function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("the server does not listen on TCP");
  return address.port;
}
