import type { Socket } from "node:net";

/**
 * How long a device that ended its side of a silenced flow is still shown nothing, in real ms; then it gets an RST.
 * Longer than Linux keeps the closed end of a connection (60 s), so only a device that still listens can see it.
 * Source: tcp(7), `tcp_fin_timeout`.
 */
export const HOLE_LINGER_MS = 65_000;

/** When a half-closed device is probed for the first time, in real ms: one that is gone answers with an RST. */
export const PROBE_AFTER_MS = 15_000;

/** How long a peer may take to close after our FIN, in real ms. */
const LINGER_MS = 30_000;

/** Gives up on a connection whose other end does not close within `lingerMs`; it is reset then. */
export function lingerThenDestroy(socket: Socket, lingerMs = LINGER_MS): void {
  if (socket.destroyed) return;
  const timeout = setTimeout(() => socket.resetAndDestroy(), lingerMs);
  timeout.unref();
  socket.once("close", () => clearTimeout(timeout));
}

/** Whether an error says that the other end or the network took the connection away. */
export function isConnectionLoss(error: Error & { readonly code?: string }): boolean {
  return LOSSES.has(error.code ?? "");
}

const LOSSES = new Set(["ECONNRESET", "EPIPE", "ETIMEDOUT", "ECONNABORTED", "EHOSTUNREACH", "ENETUNREACH"]);
