import type { Socket } from "node:net";

/**
 * Who hears of a socket. A parked flow has three of them with a dozen listeners, and a closure for each would cost 60 to
 * 100 bytes (measured, Node 20.20): here every socket has the same functions, which find the owner by the socket.
 */
export interface SocketOwner {
  /** The connection is made; of TLS, its handshake is done. */
  socketReady?(socket: Socket): void;
  socketData(socket: Socket, bytes: Buffer): void;
  socketDrained(socket: Socket): void;
  socketEnded(socket: Socket): void;
  socketFailed(socket: Socket, error: SocketError): void;
  socketClosed(socket: Socket): void;
}

/** An error as sockets tell it. */
export type SocketError = Error & { readonly code?: string };

/** What can be heard of a socket, in Node's words. */
export type SocketEvent = "close" | "connect" | "data" | "drain" | "end" | "error" | "secure" | "secureConnect";

/** Has a socket tell its owner of these events. */
export function own(socket: Socket, owner: SocketOwner, events: readonly SocketEvent[]): void {
  socket[OWNER] = owner;
  for (const event of events) socket.on(event, LISTENERS[event]);
}

/** Has a socket tell its owner of an event no more. */
export function disown(socket: Socket, event: SocketEvent): void {
  socket.off(event, LISTENERS[event]);
}

const OWNER: unique symbol = Symbol("owner");

declare module "node:net" {
  interface Socket {
    [OWNER]?: SocketOwner;
  }
}

function ready(this: Socket): void {
  this[OWNER]?.socketReady?.(this);
}

const LISTENERS = {
  connect: ready,
  secure: ready,
  secureConnect: ready,
  data(this: Socket, bytes: Buffer): void {
    this[OWNER]?.socketData(this, bytes);
  },
  drain(this: Socket): void {
    this[OWNER]?.socketDrained(this);
  },
  end(this: Socket): void {
    this[OWNER]?.socketEnded(this);
  },
  error(this: Socket, error: SocketError): void {
    this[OWNER]?.socketFailed(this, error);
  },
  close(this: Socket): void {
    this[OWNER]?.socketClosed(this);
  },
} as const;
