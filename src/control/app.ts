import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { accepts } from "hono/accepts";
import { type Api, mountApi } from "./api/api.ts";
import { API_ROOT } from "./api/operation.ts";
import type { ApiSubject } from "./api/subject.ts";
import { isSafe, refuse } from "./guard.ts";
import { allowedHosts } from "./host-check.ts";
import { landingPage } from "./landing-page.ts";
import { problem } from "./problem.ts";
import { requireToken } from "./token.ts";

/** Prometheus' text format, or OpenMetrics. */
export type MetricsFormat = "text" | "openmetrics";

/** What the admin server shows; handed in by whoever starts it. */
export interface AdminSubject {
  /** Version of the program. */
  readonly version: string;
  /** Tells whether new connections are taken: false before listening and while draining. */
  ready(): boolean;
  exposeMetrics(format: MetricsFormat): Promise<{ readonly contentType: string; readonly body: string }>;
  /** Hears of faults that are answered with 500; only a bug causes one. */
  reportFault?(fault: unknown): void;
  /** What the API controls; without it there is no API. */
  readonly api?: ApiSubject | undefined;
}

/** What answers the requests to the admin server. */
export interface AdminApp {
  readonly hono: Hono<{ Bindings: HttpBindings }>;
  /** Hears no more of what is controlled. */
  close(): void;
}

/**
 * Makes what answers the requests to the admin server; `hosts` may stand in `Host` beside the loopback names.
 * @param token which requests must carry, if any
 */
export function adminApp(subject: AdminSubject, hosts: readonly string[], token?: string): AdminApp {
  const app = new Hono<{ Bindings: HttpBindings }>();
  const allowed = allowedHosts(hosts);
  app.use(async (context, next) => {
    const { method, path } = context.req;
    const header = (name: string) => context.req.header(name);
    const { httpVersion, socket } = context.env.incoming;
    const { localAddress } = socket;
    const refusal = refuse({ method, httpVersion, header, localAddress }, allowed) ?? refuseMethod(method, path);
    if (refusal === undefined) await next();
    else context.res = refusal;
    for (const [name, value] of Object.entries(HEADERS)) context.res.headers.set(name, value);
  });
  app.use(requireToken(token));
  app.get("/", (context) => context.html(landingPage(subject.version, subject.api !== undefined)));
  app.get("/metrics", async (context) => {
    const { contentType, body } = await subject.exposeMetrics(metricsFormat(context));
    return new Response(body, { headers: { "content-type": contentType } });
  });
  app.get("/-/healthy", (context) => context.text("healthy\n"));
  app.get("/-/ready", (context) => (subject.ready() ? context.text("ready\n") : context.text("not ready\n", 503)));
  const api: Api | undefined = subject.api && mountApi(app, subject.api);
  app.notFound(({ req: { path } }) => problem(404, `There is nothing at ${path}; ${whatThereIs(path, api)}.`));
  app.onError((fault) => {
    subject.reportFault?.(fault);
    return problem(500, "The answer could not be made; the log says why.");
  });
  return { hono: app, close: () => api?.close() };
}

/** OpenMetrics for who prefers it, of whatever version, as other exporters do; else the format that all can read. */
function metricsFormat(context: Context): MetricsFormat {
  const asked = accepts(context, { header: "Accept", supports: [OPENMETRICS, "text/plain"], default: "text/plain" });
  return asked === OPENMETRICS ? "openmetrics" : "text";
}

const OPENMETRICS = "application/openmetrics-text";

/** Where a request that went astray finds its way. */
function whatThereIs(path: string, api: Api | undefined): string {
  const isOfApi = path === API_ROOT || path.startsWith(`${API_ROOT}/`);
  return api !== undefined && isOfApi ? `${API_ROOT}/openapi.json describes what there is` : "/ names what there is";
}

/** Nothing here is to be stored, guessed at, framed, or to load anything from elsewhere. */
const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;

function refuseMethod(method: string, path: string) {
  if (isSafe(method) || path.startsWith(`${API_ROOT}/`)) return undefined;
  return problem(405, `${method} changes something, and nothing here can be changed: use GET or HEAD.`, {
    allow: "GET, HEAD",
  });
}
