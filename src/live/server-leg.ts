import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { type FlowTuple, tupleOf } from "./enforcement/flow-tuple.ts";
import type { Target } from "./target.ts";
import { keepReading, type LossListener } from "./keep-reading.ts";
import { isConnectionLoss, lingerThenDestroy, takeAway, judgeEnd } from "./linger.ts";
import { own, type SocketError, type SocketOwner } from "./socket-owner.ts";

/** What the server's side of a flow tells whoever stands above it: the same object for all of it, as there are many flows. */
export interface ServerLegEvents {
  /** The bytes' memory is used again once this returns. */
  serverData(bytes: Uint8Array): void;
  serverDrained(): void;
  /** The connection is made, TLS included. */
  serverConnected(): void;
  /** The server ended its side in order. */
  serverEnded(): void;
  /** The server could not be reached, is not trusted, or took the connection away; told once, and last but `serverClosed`. */
  serverFailed(failure: ServerFailure): void;
  /** Nothing is left of the connection; told once. */
  serverClosed(): void;
}

/** Why the server's side broke, in a sentence for people and a word for logs. */
export interface ServerFailure {
  /** Node's error code, such as `ECONNREFUSED`. */
  readonly code: string;
  readonly message: string;
  /** Whether the connection had been made. */
  readonly connected: boolean;
  /** Whether TLS failed: the server is there, and its certificate is not trusted or its TLS does not fit. */
  readonly untrusted?: boolean;
}

/** The server ended its side with an answer outstanding. */
export const CLOSED_BY_SERVER: ServerFailure = { code: "FIN", message: "it closed the connection", connected: true };

/** The server's side of a flow: one connection to the Client Access server, plain or TLS. */
export class ServerLeg implements SocketOwner, LossListener {
  readonly #raw: Socket;
  readonly #socket: Socket;
  readonly #events: ServerLegEvents;
  readonly #target: Target;
  /** TCP is there, TLS perhaps not. */
  #reached = false;
  #connected = false;
  #failed = false;
  /** The server no longer takes what is written; what it said before may still have to be read. */
  #deaf = false;

  constructor(target: Target, events: ServerLegEvents) {
    this.#target = target;
    this.#events = events;
    const { host, port } = target;
    const onread = target.tls === undefined ? { onread: { buffer: READ_BUFFER, callback: this.#read } } : {};
    this.#raw = connectTcp({ host, port, allowHalfOpen: true, noDelay: true, ...onread });
    this.#socket = target.tls === undefined ? this.#raw : this.#secure(target.tls);
    this.#listen();
  }

  /** Bytes on the wire. */
  get wireBytes(): { readonly received: number; readonly sent: number } {
    return { received: this.#raw.bytesRead, sent: this.#raw.bytesWritten };
  }

  /** The connection as the kernel knows it, once it is made. */
  get tuple(): FlowTuple | undefined {
    return tupleOf(this.#raw);
  }

  /** Sends bytes; false asks to wait for `drained`. */
  write(bytes: Uint8Array): boolean {
    if (!this.#socket.writable) return true;
    this.#socket.write(bytes);
    return !this.#socket.writableNeedDrain;
  }

  /** Ends our side in order, after all that was written. */
  end(): void {
    if (!this.#socket.writableEnded) this.#socket.end();
  }

  /** Ends our side as a middlebox does: a bare FIN, below TLS. */
  fin(): void {
    this.#raw.end();
    lingerThenDestroy(this.#raw, this.#socket);
  }

  /** Ends our side in order if the server takes the rest within a while; else takes the connection away. */
  endOrReset(): void {
    this.end();
    lingerThenDestroy(this.#raw, this.#socket);
  }

  /** Takes the connection away with an RST. */
  reset(): void {
    this.#failed = true;
    takeAway(this.#raw, this.#socket);
    this.#socket.destroy();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  #secure(trust: NonNullable<Target["tls"]>): TLSSocket {
    const session = trust.session();
    const socket = connectTls({
      socket: this.#raw,
      secureContext: trust.secureContext,
      rejectUnauthorized: trust.verify,
      host: this.#target.host,
      ALPNProtocols: ["http/1.1"],
      ...(trust.serverName === undefined ? {} : { servername: trust.serverName }),
      ...(session === undefined ? {} : { session }),
    });
    socket.on("session", (fresh: Buffer) => trust.rememberSession(fresh));
    return socket;
  }

  #listen(): void {
    const [raw, socket] = [this.#raw, this.#socket];
    keepReading(socket, this);
    own(raw, this, socket === raw ? ["connect", "drain", "end", "error", "close"] : ["connect", "error", "close"]);
    if (socket !== raw) own(socket, this, ["secureConnect", "data", "drain", "end", "error"]);
  }

  socketReady(socket: Socket): void {
    this.#reached = true;
    if (socket === this.#socket) this.#tellConnected();
  }

  /** Reading goes on unless whoever is told has paused it. */
  readonly #read = (sizeBytes: number): boolean => {
    this.#events.serverData(READ_BUFFER.subarray(0, sizeBytes));
    return true;
  };

  socketData(_socket: Socket, bytes: Buffer): void {
    this.#events.serverData(bytes);
  }

  socketDrained(): void {
    this.#events.serverDrained();
  }

  writeLost(): void {
    this.#deaf = true;
  }

  /** Only of the connection below; that has nothing to say to TLS any more. */
  socketClosed(): void {
    const socket = this.#socket;
    socket.destroy();
    if (!this.#failed && !socket.readableEnded) this.#fail("ECONNRESET", "the connection closed");
    this.#events.serverClosed();
  }

  /**
   * Whoever is told may take the connection away, and within TLS's own telling that crashes the process: OpenSSL goes on
   * with memory that is freed (seen with Node 20.20, gdb).
   */
  #tellConnected(): void {
    this.#connected = true;
    setImmediate(() => {
      if (!this.#failed) this.#events.serverConnected();
    });
  }

  /** TLS that ends before it is there tells an error of its own. */
  socketEnded(): void {
    if (!this.#connected) return;
    if (this.#socket.writableEnded || this.#raw.writableEnded) this.#endOrFail();
    else
      judgeEnd(
        this.#raw,
        () => this.#endOrFail(),
        () => this.#fail("ECONNRESET", RESET),
      );
  }

  /** A write that failed has taken the RST's error with it: what is read then ends as if by a FIN. */
  #endOrFail(): void {
    if (this.#deaf) this.#fail("ECONNRESET", RESET);
    else this.#events.serverEnded();
  }

  socketFailed(_socket: Socket, error: SocketError): void {
    const untrusted = this.#reached && !this.#connected && !isConnectionLoss(error);
    this.#fail(error.code ?? "E_UNKNOWN", readableMessage(error), untrusted);
    this.#raw.destroy();
  }

  #fail(code: string, message: string, untrusted = false): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#events.serverFailed({ code, message, connected: this.#connected, untrusted });
  }
}

/**
 * What plain servers' bytes are read into, one for all of them: Node would make 64 KiB anew for each read, and a stream's
 * queue stand between.
 */
const READ_BUFFER = Buffer.allocUnsafeSlow(64 * 1024);

const RESET = "the connection was reset";

/** OpenSSL tells its reason between the place in its code and the place in its sources. */
function readableMessage({ message }: Error): string {
  return /:error:\w+:[^:]*:[^:]*:([^:\n]+)/u.exec(message)?.[1] ?? message;
}
