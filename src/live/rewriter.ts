import { createServer, type IncomingMessage, METHODS, type Server, type ServerResponse } from "node:http";
import httpProxy from "http-proxy";
import type { Millis } from "../core/machine.ts";
import type { Scheduler } from "../core/scheduler.ts";
import { DEFAULT_LIMITS } from "../http/limits.ts";
import type { RequestHead } from "../http/message.ts";
import type { FlowHandler, FlowWatcher } from "./flow-handler.ts";
import type { Outgoing, RewriterExchange } from "./rewriter-exchange.ts";
import { type ForwardedPolicy, requestFields } from "./rewriter-fields.ts";
import { RewriterFlow } from "./rewriter-flow.ts";
import { RewriterPool } from "./rewriter-pool.ts";
import { type Backend, checkBackends, type Refused, routeRequest } from "./rewriter-route.ts";

export type { ForwardedPolicy } from "./rewriter-fields.ts";
export type { Backend } from "./rewriter-route.ts";

/** What a listener with `forward: rewrite` changes. */
export interface RewriteOptions {
  /** At least one; no two with the same prefix. */
  readonly backends: readonly Backend[];
  /** Default `replace`. */
  readonly forwarded?: ForwardedPolicy;
  /** Unused connections kept for each backend; default 256, 0 keeps none. */
  readonly idleConnections?: number;
}

/** What a rewriter needs besides. */
export interface RewriterOptions extends RewriteOptions {
  readonly scheduler: Scheduler;
  /** How long a request's head may take, in real ms; default 60 s, as Node's own HTTP server. */
  readonly headersTimeoutMs?: Millis;
  /**
   * How long an unused server connection is kept, in real ms; default 4 s: less than the shortest time after which
   * servers close theirs, so that a request does not meet a close.
   * Source: 5 s, Apache `KeepAliveTimeout` and Node `server.keepAliveTimeout`.
   */
  readonly idleMs?: Millis;
}

/**
 * Serves listeners that must rewrite, with `http-proxy` behind guards for what it is known to get wrong
 * (`docs/architecture.md`, "The rewriter"). One is shared by all flows of a listener; server connections are pooled.
 */
export class Rewriter implements Disposable {
  readonly #options: RewriterOptions;
  readonly #backends: readonly PooledBackend[];
  readonly #proxy = httpProxy.createProxyServer();
  readonly #server: Server;
  readonly #exchanges = new WeakMap<IncomingMessage, RewriterExchange>();
  readonly #flows = new WeakMap<object, RewriterFlow>();

  /** @throws UsageError E_CONFIG_INVALID with every fault of the backends */
  constructor(options: RewriterOptions) {
    checkBackends(options.backends);
    this.#options = options;
    const { idleConnections = 256, idleMs = 4_000 } = options;
    this.#backends = options.backends.map((backend) => ({
      ...backend,
      pool: new RewriterPool(backend.target, idleConnections, idleMs),
    }));
    this.#server = this.#createServer();
    this.#proxy.on("proxyReq", (proxyRequest, request) => this.#exchanges.get(request)?.sending(proxyRequest));
    this.#proxy.on("proxyRes", (answer, request) => this.#exchanges.get(request)?.answering(answer));
  }

  /** Makes what stands above one device's leg. */
  handler(watcher: FlowWatcher): FlowHandler {
    const { scheduler, headersTimeoutMs = 60_000 } = this.#options;
    const flow: RewriterFlow = new RewriterFlow({
      scheduler,
      headersTimeoutMs,
      watcher,
      route: (head, deviceAddress) => this.#route(head, deviceAddress),
      serve: (stream) => {
        this.#flows.set(stream, flow);
        this.#server.emit("connection", stream);
      },
    });
    return flow;
  }

  /** Closes server connections that nobody uses; for after the proxy's own stop. */
  stop(): void {
    for (const { pool } of this.#backends) pool.stop();
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  /** A server that never listens: flows hand it their streams, and their guards its limits and time-outs. */
  #createServer(): Server {
    const server = createServer({
      requestTimeout: 0,
      headersTimeout: 0,
      keepAliveTimeout: 0,
      requireHostHeader: false,
      maxHeaderSize: DEFAULT_LIMITS.headBytes + DEFAULT_LIMITS.trailerBytes,
    });
    server.timeout = 0;
    server.maxHeadersCount = 0;
    server.maxRequestsPerSocket = 0;
    const serve = (request: IncomingMessage, response: ServerResponse): void => this.#serve(request, response);
    for (const event of ["request", "checkContinue", "checkExpectation"]) server.on(event, serve);
    server.on("clientError", (error: Error & { readonly code?: string }, stream) => {
      this.#flows.get(stream)?.unreadable(error);
    });
    return server;
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const exchange = this.#flows.get(request.socket)?.takeRequest();
    if (exchange === undefined) return;
    this.#exchanges.set(request, exchange);
    exchange.begin({ proxy: this.#proxy, request, response });
  }

  #route(head: RequestHead, deviceAddress: string): Outgoing | Refused {
    if (!KNOWN_METHODS.has(head.method)) return { status: 501, message: "The method is not known here." };
    const route = routeRequest(head, this.#backends);
    if ("status" in route) return route;
    const { backend, target, deviceHost } = route;
    const { pool } = backend;
    const host = (backend.host === "kept" ? deviceHost : undefined) ?? pool.target.url.host;
    const { forwarded = "replace" } = this.#options;
    return {
      head,
      pool,
      target,
      fields: requestFields(head, { host, forwarded, deviceAddress, deviceHost: deviceHost ?? "" }),
    };
  }
}

interface PooledBackend extends Backend {
  readonly pool: RewriterPool;
}

/** The methods that Node's HTTP parser knows; all others would end in its own 400. */
const KNOWN_METHODS: ReadonlySet<string> = new Set(METHODS);
