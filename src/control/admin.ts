import { createAdaptorServer } from "@hono/node-server";
import { type AdminSubject, adminApp } from "./app.ts";
import { UsageError } from "../errors.ts";
import { hostOf } from "./host-check.ts";
import { addressText, closeNow, listen, type ListenAddress } from "./listen.ts";
import { answerRefusedRequests } from "./refused-requests.ts";
import { checkToken } from "./token.ts";

/** Where the admin server listens, and who may ask it. */
export interface AdminSettings extends ListenAddress {
  /**
   * Names and addresses that may stand in `Host` beside the loopback names, `host`, and the address that the connection
   * was made to; for a server reached by a name, as in a container network. Default none.
   */
  readonly allowedHosts?: readonly string[];
  /** What requests must carry as `Authorization: Bearer`; may be absent on a loopback address alone. */
  readonly token?: string | undefined;
}

/** An admin server that listens. */
export interface Admin {
  /** The address really taken. */
  readonly address: ListenAddress;
  /** Where a browser on this machine finds it, without a slash at the end. */
  readonly url: string;
  /** Stops listening and ends every connection, kept alive or in use; calling it again waits for the same end. */
  close(): Promise<void>;
}

/**
 * Starts the admin server.
 * @throws StartError E_PORT_TAKEN, E_PORT_FORBIDDEN or E_LISTEN_FAILED
 * @throws UsageError E_ADDRESS_INVALID when an allowed host is neither a name nor an address
 * @throws UsageError E_USAGE or E_CONFIG_INVALID when the token is missing or can't be one
 */
export async function startAdmin(settings: AdminSettings, subject: AdminSubject): Promise<Admin> {
  const { host, port, allowedHosts = [], token } = settings;
  checkHosts(allowedHosts);
  checkToken({ host, port }, token);
  const app = adminApp(subject, [host, ...allowedHosts], token);
  // The name is only what a request without Host (HTTP/1.0) is read as.
  const server = createAdaptorServer({
    fetch: app.hono.fetch,
    hostname: "localhost",
    overrideGlobalObjects: false,
    serverOptions: { keepAliveTimeout: KEEP_ALIVE_MS, requireHostHeader: false },
  });
  answerRefusedRequests(server);
  const address = await listen(server, { host, port }).catch((error: unknown) => {
    app.close();
    throw error;
  });
  let closed: Promise<void> | undefined;
  return {
    address,
    url: `http://${addressText({ host: WILDCARDS[address.host] ?? address.host, port: address.port })}`,
    close: () => {
      app.close();
      return (closed ??= closeNow(server));
    },
  };
}

/**
 * How long a connection waits for its next request, in ms. Node's own 5 s end just when a script that asks every 5 s, or
 * one on a machine that stood still for as long, asks again, and its request meets a reset (measured with Node 20.20).
 */
const KEEP_ALIVE_MS = 60_000;

/** Addresses that mean every address of the machine, and where a browser finds them. */
const WILDCARDS: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

function checkHosts(hosts: readonly string[]): void {
  const wrong = hosts.filter((host) => hostOf(host) === undefined).map((host) => `"${host}"`);
  if (wrong.length === 0) return;
  const message = `Allowed hosts of the admin server must be names or addresses, without scheme or path: ${wrong.join(", ")}.`;
  throw new UsageError("E_ADDRESS_INVALID", message);
}
