import { Socket } from "node:net";
import { isConnectionLoss } from "./linger.ts";

/** Hears that a connection is lost for what is written to it. */
export interface LossListener {
  writeLost(error: Error): void;
}

/**
 * Keeps a connection readable although the peer no longer takes what is written: an answer may wait in the kernel, such
 * as the 413 of a server that refused the body and closed. Node would close the connection at the failed write and
 * throw that answer away; reading on finds the answer first and the loss behind it (RFC 9112, 9.6).
 */
export function keepReading(socket: Socket, listener: LossListener): void {
  socket[LISTENER] = listener;
  socket._write = write;
  socket._writev = writeTogether;
}

const LISTENER: unique symbol = Symbol("listener");

declare module "node:net" {
  interface Socket {
    [LISTENER]?: LossListener;
  }
}

type Done = (error?: Error | null) => void;

function write(this: Socket, bytes: unknown, encoding: BufferEncoding, done: Done): void {
  Socket.prototype._write.call(this, bytes, encoding, forgiving(this, done));
}

function writeTogether(this: Socket, pieces: { chunk: unknown; encoding: BufferEncoding }[], done: Done): void {
  Socket.prototype._writev?.call(this, pieces, forgiving(this, done));
}

function forgiving(socket: Socket, done: Done): Done {
  return (error) => {
    if (error === null || error === undefined || !isConnectionLoss(error)) return done(error);
    socket[LISTENER]?.writeLost(error);
    done();
  };
}
