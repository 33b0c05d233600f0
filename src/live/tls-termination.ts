import type { Duplex } from "node:stream";
import { createSecureContext, TLSSocket, type SecureContext } from "node:tls";

/** A certificate with its chain and its key, PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** What the device's side of TLS is made of. */
export interface TerminationOptions {
  /** One identity a key type; a client that knows no ECDSA gets the RSA one. */
  readonly identities: readonly Identity[];
  /**
   * Whether TLS 1.0 and 1.1 and the ciphers of Windows Mobile are taken too; default false.
   * OpenSSL 3 takes those only at security level 0. Source: OpenSSL 3.0 migration guide, "TLS 1.0 and 1.1".
   */
  readonly legacyDevices?: boolean;
}

/** Makes the one TLS context that all flows of a listener share, so that tickets resume on any of them. */
export function createTermination({ identities, legacyDevices = false }: TerminationOptions): SecureContext {
  return createSecureContext({
    cert: identities.map((identity) => identity.cert),
    key: identities.map((identity) => identity.key),
    ...(legacyDevices ? { minVersion: "TLSv1" as const, ciphers: LEGACY_CIPHERS } : { minVersion: "TLSv1.2" as const }),
  });
}

/**
 * Terminates TLS above a device's socket or above a stream that stands for it.
 * Only HTTP/1.1 is offered: a heartbeat is one request on one connection. Half-open ends are kept as the stream
 * below keeps them. A record that breaks after the handshake makes an error only on sockets of Node's own TLS server:
 * this one hears of it by an event that Node does not document (20.20, 24).
 */
export function terminate(stream: Duplex, secureContext: SecureContext): TLSSocket {
  const tls = new TLSSocket(stream, {
    isServer: true,
    secureContext,
    ALPNCallback: chooseHttp1,
  });
  tls.on("_tlsError", breakOff);
  return tls;
}

function breakOff(this: TLSSocket, error: Error): void {
  this.destroy(error);
}

/**
 * Chooses as a list of protocols would, of which Node keeps a copy for every socket; a client that speaks none of them
 * gets the same alert (RFC 7301, 3.2).
 */
function chooseHttp1({ protocols }: { readonly protocols: readonly string[] }): string | undefined {
  return protocols.find((protocol) => protocol === "http/1.1");
}

/**
 * Takes TLS off a socket that stays open, so that it says nothing any more: not even an alert or the rest of a
 * handshake. What arrives is then told by the socket itself. Tells whether that could be done: not while TLS holds
 * bytes in either direction, nor on a platform without the means, which Node has but does not document (20.20, 24).
 */
export function takeTlsOff(tls: TLSSocket): boolean {
  if (tls.isPaused() || tls.readableLength > 0 || tls.writableLength > 0) return false;
  const remove: unknown = Reflect.get(tls, "_destroySSL");
  if (typeof remove !== "function") return false;
  Reflect.apply(remove, tls, []);
  return true;
}

/** Windows Mobile 5 and 6 know RC4 (gone from OpenSSL 3), 3DES and, from 6.1, AES with RSA key exchange. */
const LEGACY_CIPHERS = "DEFAULT:AES128-SHA:AES256-SHA:DES-CBC3-SHA:@SECLEVEL=0";
