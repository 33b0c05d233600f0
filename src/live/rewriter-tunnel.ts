import type { ServerConnection, WireBytes } from "./rewriter-pool.ts";
import type { ServerFailure } from "./server-leg.ts";

/** What the backend's side of an upgraded flow tells. */
export interface RewriterTunnelEvents {
  /** Bytes for the device; false asks to wait for `resume`. */
  data(bytes: Uint8Array): boolean;
  drained(): void;
  /** The backend ended its side in order. */
  ended(): void;
  /** The backend's connection broke. */
  failed(failure: ServerFailure): void;
  closed(): void;
}

/** The backend's side of a flow after it switched protocols: bytes both ways, until either side ends. */
export class RewriterTunnel {
  readonly #connection: ServerConnection;
  readonly #events: RewriterTunnelEvents;
  /** Bytes of the connection that belong to earlier requests. */
  readonly #before: WireBytes;
  #givenUp = false;

  /** @param own bytes of the connection that this flow caused so far */
  constructor(connection: ServerConnection, own: WireBytes, events: RewriterTunnelEvents) {
    this.#connection = connection;
    this.#events = events;
    const { received, sent } = connection.wireBytes;
    this.#before = { received: received - own.received, sent: sent - own.sent };
    this.#listen();
  }

  get bytes(): WireBytes {
    const { received, sent } = this.#connection.wireBytes;
    return { received: received - this.#before.received, sent: sent - this.#before.sent };
  }

  /** Sends bytes; false asks to wait for `drained`. */
  write(bytes: Uint8Array): boolean {
    const { socket } = this.#connection;
    return !socket.writable || socket.write(bytes);
  }

  resume(): void {
    this.#connection.socket.resume();
  }

  end(): void {
    this.#connection.end();
  }

  fin(): void {
    this.#connection.fin();
  }

  reset(): void {
    this.#givenUp = true;
    this.#connection.reset();
  }

  #listen(): void {
    const { socket } = this.#connection;
    socket.setTimeout(0);
    socket.on("data", (bytes: Buffer) => {
      if (!this.#events.data(bytes)) socket.pause();
    });
    socket.on("drain", () => this.#events.drained());
    socket.once("end", () => this.#events.ended());
    socket.once("close", () => {
      if (!this.#givenUp && !socket.readableEnded) this.#events.failed(this.#connection.failure);
      this.#events.closed();
    });
  }
}
