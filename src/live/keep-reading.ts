import type { Socket } from "node:net";
import { isConnectionLoss } from "./linger.ts";

/**
 * Keeps a connection readable although the peer no longer takes what is written: an answer may wait in the kernel, such
 * as the 413 of a server that refused the body and closed. Node would close the connection at the failed write and
 * throw that answer away; reading on finds the answer first and the loss behind it (RFC 9112, 9.6).
 */
export function keepReading(socket: Socket, onLoss: (error: Error) => void): void {
  const forgive =
    (done: Done): Done =>
    (error) => {
      if (error === null || error === undefined || !isConnectionLoss(error)) return done(error);
      onLoss(error);
      done();
    };
  const write = socket._write.bind(socket);
  socket._write = (bytes, encoding, done) => write(bytes, encoding, forgive(done));
  const writeTogether = socket._writev?.bind(socket);
  if (writeTogether !== undefined) socket._writev = (pieces, done) => writeTogether(pieces, forgive(done));
}

type Done = (error?: Error | null) => void;
