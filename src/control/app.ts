import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { allowedHosts, hostOf, hostOfSocket } from "./host-check.ts";
import { landingPage } from "./landing-page.ts";
import { problem } from "./problem.ts";
import { requireToken } from "./token.ts";

/** What the admin server shows; handed in by whoever starts it. */
export interface AdminSubject {
  /** Version of the program. */
  readonly version: string;
  /** Tells whether new connections are taken: false before listening and while draining. */
  ready(): boolean;
  exposeMetrics(): Promise<{ readonly contentType: string; readonly body: string }>;
  /** Hears of faults that are answered with 500; only a bug causes one. */
  reportFault?(fault: unknown): void;
}

/**
 * Makes what answers the requests to the admin server; `hosts` may stand in `Host` beside the loopback names.
 * @param token which requests must carry, if any
 */
export function adminApp(
  subject: AdminSubject,
  hosts: readonly string[],
  token?: string,
): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  const allowed = allowedHosts(hosts);
  app.use(async (context, next) => {
    const refusal =
      refuseHost(context.req.header("host"), allowed, context.env.incoming.socket.localAddress) ??
      refuseMethod(context.req.method);
    if (refusal === undefined) await next();
    else context.res = refusal;
    for (const [name, value] of Object.entries(HEADERS)) context.res.headers.set(name, value);
  });
  app.use(requireToken(token));
  app.get("/", (context) => context.html(landingPage(subject.version)));
  app.get("/metrics", async () => {
    const { contentType, body } = await subject.exposeMetrics();
    return new Response(body, { headers: { "content-type": contentType } });
  });
  app.get("/-/healthy", (context) => context.text("healthy\n"));
  app.get("/-/ready", (context) => (subject.ready() ? context.text("ready\n") : context.text("not ready\n", 503)));
  app.notFound((context) => problem(404, `There is nothing at ${context.req.path}; / names what there is.`));
  app.onError((fault) => {
    subject.reportFault?.(fault);
    return problem(500, "The answer could not be made; the log says why.");
  });
  return app;
}

/** Nothing here is to be stored, guessed at, framed, or to load anything from elsewhere. */
const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;

/**
 * Refuses a request for a host that is none of ours: a web page whose name was made to point here (DNS rebinding).
 * A request without `Host` (HTTP/1.0) comes from no browser. The address that a connection was made to is always ours.
 */
function refuseHost(host: string | undefined, allowed: ReadonlySet<string>, localAddress: string | undefined) {
  if (host === undefined) return undefined;
  const asked = hostOf(host);
  if (asked !== undefined && (allowed.has(asked) || asked === hostOfSocket(localAddress))) return undefined;
  return problem(421, `Host ${host} is not one of the admin server's; allow it there if it should be.`);
}

function refuseMethod(method: string) {
  if (method === "GET" || method === "HEAD") return undefined;
  return problem(405, `${method} changes something, and nothing here can be changed: use GET or HEAD.`, {
    allow: "GET, HEAD",
  });
}
