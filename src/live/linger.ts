import type { Socket } from "node:net";
import type { Writable } from "node:stream";
import type { Millis } from "../core/machine.ts";

/**
 * How long a device that ended its side of a silenced flow is still shown nothing by default, in real ms; then it gets
 * an RST. Longer than Linux keeps the closed end of a connection (60 s), so only a device that still listens can see it.
 * Source: tcp(7), `tcp_fin_timeout`.
 */
export const HOLE_LINGER_MS = 65_000;

/** How often a half-closed peer is probed, in real ms: one that is gone answers with an RST. */
const PROBE_EVERY_MS = 15_000;

/** How long a peer may take to close after our FIN, in real ms. */
const LINGER_MS = 30_000;

/** How long a peer may take for what stands before our FIN, in real ms: 100 KiB at the pace of early GPRS, and more. */
const FLUSH_MS = 600_000;

/**
 * Takes a connection away with an RST. While our own FIN is on its way out libuv refuses that, and Node then keeps the
 * handle for ever (measured, Node 20.20): the connection closes behind its FIN instead, and that is also all that one
 * which is not made yet needs.
 * @param above the stream that writes to it, where TLS does
 */
export function takeAway(raw: Socket, above: Writable = raw): void {
  if (raw.destroyed) return;
  if (raw.connecting || isEnding(raw) || isEnding(above)) raw.destroy();
  else raw.resetAndDestroy();
}

/**
 * Gives up on a connection whose other end does not close within `lingerMs` of our FIN, or takes ten minutes for what
 * stands before it. Behind a FIN the connection is closed, not taken away: an RST would throw away what the kernel has
 * still to deliver to a slow peer.
 */
export function lingerThenDestroy(raw: Socket, above: Writable = raw, lingerMs: Millis = LINGER_MS): void {
  if (raw.destroyed) return;
  const giveUp = (): void => {
    if (raw.writableFinished || above.writableFinished) raw.destroy();
    else takeAway(raw, above);
  };
  const ending = [above, raw].find(isEnding);
  let timeout = setTimeout(giveUp, ending === undefined ? lingerMs : FLUSH_MS).unref();
  ending?.once("finish", () => {
    clearTimeout(timeout);
    timeout = setTimeout(giveUp, lingerMs).unref();
  });
  raw.once("close", () => clearTimeout(timeout));
}

/**
 * Watches a peer that has ended its side but may still read. Node hears nothing of such a peer any more, an RST
 * included: the kernel probes it, and writing nothing tells what came of that (measured, Node 20.20 on Linux).
 */
export function probeHalfClosed(raw: Socket, everyMs: Millis = PROBE_EVERY_MS): void {
  raw.setKeepAlive(true, everyMs);
  const interval = setInterval(() => raw.write(NOTHING), everyMs);
  interval.unref();
  raw.once("close", () => clearInterval(interval));
}

/**
 * Tells whether the end of what a peer sends is a FIN or an RST: libuv calls an RST that it finds together with data an
 * end, too, and writing nothing tells (measured, Node 20.20 on Linux). Only for a connection that we have not ended.
 */
export function judgeEnd(raw: Socket, onFin: () => void, onRst: () => void): void {
  raw.write(NOTHING, (error) => {
    if (error === null || error === undefined) onFin();
    else onRst();
  });
}

/** Whether an error says that the other end or the network took the connection away. */
export function isConnectionLoss(error: Error & { readonly code?: string }): boolean {
  return LOSSES.has(error.code ?? "");
}

/** Bytes that take no room. */
export const NOTHING = Buffer.alloc(0);

const LOSSES = new Set(["ECONNRESET", "EPIPE", "ETIMEDOUT", "ECONNABORTED", "EHOSTUNREACH", "ENETUNREACH"]);

function isEnding({ writableEnded, writableFinished }: Writable): boolean {
  return writableEnded && !writableFinished;
}
