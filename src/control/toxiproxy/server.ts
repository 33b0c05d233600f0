import { createAdaptorServer } from "@hono/node-server";
import type { Emulator } from "../emulator.ts";
import { addressText, closeNow, listen, type ListenAddress } from "../listen.ts";
import { toxiproxyApp } from "./app.ts";
import { guardOf } from "./guard.ts";
import { Proxies } from "./proxies.ts";

/** Where Toxiproxy's clients expect its API. */
export const TOXIPROXY_HOST = "127.0.0.1";

/** A server of the Toxiproxy API. */
export interface ToxiproxyApi {
  /** The address really taken. */
  readonly address: ListenAddress;
  /** What its clients are given, without a slash at the end. */
  readonly url: string;
  /** Stops listening and ends every connection; calling it again waits for the same end. */
  close(): Promise<void>;
}

/**
 * Serves Toxiproxy's control API, so that its clients drive the `tcp` listeners of an emulator. It asks for no password.
 * @param reportFault hears of faults that are answered with 500; only a bug causes one
 * @throws StartError E_PORT_TAKEN, E_PORT_FORBIDDEN or E_LISTEN_FAILED
 */
export async function startToxiproxyApi(
  at: ListenAddress,
  emulator: Emulator,
  reportFault?: (fault: unknown) => void,
): Promise<ToxiproxyApi> {
  const app = toxiproxyApp(new Proxies(emulator), guardOf(at.host), reportFault);
  const server = createAdaptorServer({
    fetch: app.fetch,
    hostname: "localhost",
    overrideGlobalObjects: false,
    serverOptions: TIMEOUTS,
  });
  const address = await listen(server, at);
  let closed: Promise<void> | undefined;
  return { address, url: `http://${addressText(address)}`, close: () => (closed ??= closeNow(server)) };
}

/** In ms. Source: Toxiproxy 2.12, `api.go`. */
const TIMEOUTS = { requestTimeout: 15_000, headersTimeout: 15_000, keepAliveTimeout: 60_000 } as const;
