import type { ServerType } from "@hono/node-server";
import { type ErrorCode, StartError } from "../errors.ts";

/** Where a server listens. */
export interface ListenAddress {
  readonly host: string;
  /** 0 to 65535; 0 takes any free one. */
  readonly port: number;
}

/**
 * Starts listening, and gives the address that was really taken.
 * @throws StartError E_PORT_TAKEN, E_PORT_FORBIDDEN or E_LISTEN_FAILED
 */
export async function listen(server: ServerType, { host, port }: ListenAddress): Promise<ListenAddress> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, host, () => {
        server.off("error", reject);
        resolve();
      });
    });
  } catch (cause) {
    throw listenError(cause, { host, port });
  }
  server.on("error", ignoreFailedAccept);
  const taken = server.address();
  return taken === null || typeof taken === "string" ? { host, port } : { host: taken.address, port: taken.port };
}

/** A client that can't be accepted, for want of file handles for instance, is no reason for the process to end. */
function ignoreFailedAccept(): void {}

/** Stops listening and ends every connection, kept alive or in use. */
export function closeNow(server: ServerType): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    if ("closeAllConnections" in server) server.closeAllConnections();
  });
}

/** Says in a sentence why an address can't be listened on. */
export function listenError(cause: unknown, { host, port }: ListenAddress): StartError {
  const systemCode = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
  const [code, sentence] = REASONS[systemCode] ?? ["E_LISTEN_FAILED", () => `it can't be listened on (${systemCode}).`];
  return new StartError(code, `Address ${addressText({ host, port })}: ${sentence(host, port)}`, { cause });
}

/** Writes HOST:PORT, an IPv6 host in brackets. */
export function addressText({ host, port }: ListenAddress): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

type Sentence = (host: string, port: number) => string;

const REASONS: Readonly<Record<string, readonly [ErrorCode, Sentence]>> = {
  EADDRINUSE: [
    "E_PORT_TAKEN",
    (_, port) => `another process listens on port ${port} already; stop it, or take another port (0 is any free one).`,
  ],
  EACCES: [
    "E_PORT_FORBIDDEN",
    (_, port) => `the right to listen on port ${port} is missing; take a port above 1023, or give the right.`,
  ],
  EADDRNOTAVAIL: ["E_LISTEN_FAILED", (host) => `${host} is not an address of this machine.`],
  ENOTFOUND: ["E_LISTEN_FAILED", (host) => `${host} is not the name of any address.`],
  ERR_SOCKET_BAD_PORT: ["E_LISTEN_FAILED", (_, port) => `${port} is not a port; ports are 0 to 65535.`],
};
