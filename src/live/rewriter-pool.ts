import { Agent } from "node:http";
import { connect as connectTcp, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { isConnectionLoss, lingerThenDestroy, takeAway } from "./linger.ts";
import { keepReading, type LossListener } from "./keep-reading.ts";
import type { ServerFailure } from "./server-leg.ts";
import type { Target, TargetTls } from "./target.ts";
import type { Millis } from "../core/machine.ts";

/** The connections to one backend, kept and used again by whichever flow comes next. */
export class RewriterPool {
  readonly target: Target;
  readonly agent: Agent;
  readonly #connections = new WeakMap<Duplex, ServerConnection>();

  /** @param idleConnections how many unused connections are kept, and for how many real ms; 0 keeps none */
  constructor(target: Target, idleConnections: number, idleMs: Millis) {
    this.target = target;
    const agent = new Agent({ keepAlive: idleConnections > 0, maxFreeSockets: idleConnections, timeout: idleMs });
    this.agent = Object.assign(agent, { createConnection: () => this.#connect() });
  }

  /** What is known of a connection that this pool made. */
  connectionOf(socket: Duplex): ServerConnection | undefined {
    return this.#connections.get(socket);
  }

  /** Closes the connections that nobody uses. */
  stop(): void {
    this.agent.destroy();
  }

  #connect(): Socket {
    const connection = new ServerConnection(this.target);
    this.#connections.set(connection.socket, connection);
    return connection.socket;
  }
}

/** A connection to a backend, with the TCP socket below its TLS. */
export class ServerConnection implements LossListener {
  readonly socket: Socket;
  readonly #raw: Socket;
  /** TCP is there, TLS perhaps not. */
  #reached = false;
  #connected = false;
  #untrusted = false;
  #error: (Error & { readonly code?: string }) | undefined;

  constructor(target: Target) {
    this.#raw = connectTcp({ host: target.host, port: target.port, noDelay: true });
    this.socket = target.tls === undefined ? this.#raw : secure(this.#raw, target.host, target.tls);
    // Node writes heads that wait for no body without saying that they are latin1 (seen in Node 20.20).
    this.socket.setDefaultEncoding("latin1");
    this.#raw.once("connect", () => {
      this.#reached = true;
    });
    this.socket.once(target.tls === undefined ? "connect" : "secureConnect", () => {
      this.#connected = true;
    });
    keepReading(this.socket, this);
    this.socket.on("error", this.#onError);
    if (this.#raw !== this.socket) this.#raw.on("error", this.#onError);
    this.#raw.once("close", () => this.socket.destroy());
  }

  /** Whether it is made, TLS included. */
  get connected(): boolean {
    return this.#connected;
  }

  get wireBytes(): WireBytes {
    return { received: this.#raw.bytesRead, sent: this.#raw.bytesWritten };
  }

  writeLost(error: Error): void {
    this.#error ??= error;
  }

  /** Why it broke; a connection that shows no error was ended by the server in order. */
  get failure(): ServerFailure {
    const connected = this.#connected;
    if (this.#error === undefined) return { code: "FIN", message: "it closed the connection", connected };
    const { code = "E_UNKNOWN", message } = this.#error;
    return { code, message, connected, untrusted: this.#untrusted };
  }

  /** Ends our side in order, after all that was written. */
  end(): void {
    if (!this.socket.writableEnded) this.socket.end();
  }

  /** Ends our side as a middlebox does: a bare FIN, below TLS. */
  fin(): void {
    this.#raw.end();
    lingerThenDestroy(this.#raw, this.socket);
  }

  /** Takes the connection away with an RST. */
  reset(): void {
    if (this.#connected) takeAway(this.#raw, this.socket);
    this.socket.destroy();
    this.#raw.destroy();
  }

  readonly #onError = (error: Error): void => {
    this.#untrusted ||= this.#reached && !this.#connected && !isConnectionLoss(error);
    this.#error ??= error;
    this.socket.destroy(error);
  };
}

/** Bytes on the wire of one leg. */
export interface WireBytes {
  readonly received: number;
  readonly sent: number;
}

function secure(raw: Socket, host: string, trust: TargetTls): TLSSocket {
  const session = trust.session();
  const socket = connectTls({
    socket: raw,
    secureContext: trust.secureContext,
    rejectUnauthorized: trust.verify,
    host,
    ALPNProtocols: ["http/1.1"],
    ...(trust.serverName === undefined ? {} : { servername: trust.serverName }),
    ...(session === undefined ? {} : { session }),
  });
  socket.on("session", (fresh: Buffer) => trust.rememberSession(fresh));
  return socket;
}
