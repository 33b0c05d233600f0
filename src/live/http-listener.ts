import { once } from "node:events";
import type { Server } from "node:http";
import type { Socket } from "node:net";
import { boundPort } from "./front.ts";
import { listenError } from "./listen-error.ts";

/** A Node HTTP server that holds requests as long as they like, and ends every connection when it closes. */
export class HttpListener {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  /**
   * Takes over a server that does not listen yet. All time-outs of Node's that can end a parked request, or the
   * connection it came on, are off; a head must still come within Node's 60 s. IIS closes a connection after 120 s
   * without a request (learn.microsoft.com, IIS 6 SDK, ConnectionTimeout); not here, where that would be 200 real ms
   * under a time scale of 600 and race with the next request. A peer that is gone without a word is found by TCP
   * keepalive instead.
   */
  constructor(server: Server) {
    this.#server = server;
    server.requestTimeout = 0;
    server.keepAliveTimeout = 0;
    server.timeout = 0;
    server.maxRequestsPerSocket = 0;
    server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.setNoDelay(true).setKeepAlive(true, PROBE_AFTER_MS);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  /** Connections that are open, those in their TLS handshake included. */
  get connectionCount(): number {
    return this.#sockets.size;
  }

  /**
   * Begins to listen, on every address of the machine when no host is given, and tells the port.
   * @throws StartError E_PORT_TAKEN, E_PORT_FORBIDDEN or E_LISTEN_FAILED
   */
  async listen(host: string | undefined, port: number): Promise<number> {
    try {
      this.#server.listen(host === undefined ? { port } : { host, port });
      await once(this.#server, "listening");
    } catch (error) {
      throw listenError(error, host, port);
    }
    /** Want of file handles, for instance: those that are connected go on, and so does listening. */
    this.#server.on("error", () => undefined);
    return boundPort(this.#server);
  }

  /** Ends every connection at once and frees the port; resolves when nothing is left of either. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    await Promise.all([closed, ...Array.from(this.#sockets, endNow)]);
  }
}

const PROBE_AFTER_MS = 60_000;

function endNow(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once("close", () => resolve()).destroy();
  });
}
