import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { errorAnswer, jsonAnswer, noContent, plainAnswer, populatedAnswer, versionAnswer, written } from "./answers.ts";
import { ApiError } from "./api-error.ts";
import type { Guard } from "./guard.ts";
import type { Proxies } from "./proxies.ts";
import { readBody } from "./request-body.ts";
import { requestId } from "./request-id.ts";
import { toJsonByName } from "./response-json.ts";

type Env = { readonly Bindings: HttpBindings };
type Answer = (context: Context<Env>) => Response | Promise<Response>;

/** Makes what answers the requests to the Toxiproxy API; faults that only a bug can cause are reported. */
export function toxiproxyApp(proxies: Proxies, guard: Guard, reportFault?: (fault: unknown) => void): Hono<Env> {
  const app = new Hono<Env>();
  app.use(async (context, next) => {
    const refusal = guard({
      userAgent: context.req.header("user-agent"),
      origin: context.req.header("origin"),
      host: context.req.header("host"),
      localAddress: context.env.incoming.socket.localAddress,
    });
    if (refusal === undefined) await next();
    else context.res = plainAnswer(refusal, 403);
    context.res.headers.set("x-toxiproxy-request-id", requestId());
  });
  for (const [path, answers] of Object.entries(routes(proxies))) {
    // To Hono a HEAD is a GET without a body; to Toxiproxy it is a method that it does not know.
    app.on("GET", path, (context, next) => (context.req.method === "HEAD" ? notAllowed(answers) : next()));
    for (const [method, answer] of Object.entries(answers)) app.on(method, path, answer);
    app.all(path, () => notAllowed(answers));
  }
  app.notFound(() => plainAnswer("404 page not found", 404));
  app.onError((fault) => {
    if (fault instanceof ApiError) return errorAnswer(fault);
    reportFault?.(fault);
    return errorAnswer({ message: "the answer could not be made; the log says why", status: 500 });
  });
  return app;
}

/** What is answered, by path and method. Source: Toxiproxy 2.12, `api.go`; POST for a change is deprecated there. */
function routes(proxies: Proxies): Readonly<Record<string, Readonly<Record<string, Answer>>>> {
  const changeProxy: Answer = async (context) =>
    jsonAnswer(await proxies.change(proxyOf(context), await bodyOf(context)));
  const changeToxic: Answer = async (context) =>
    jsonAnswer(await proxies.changeToxic(proxyOf(context), toxicOf(context), await bodyOf(context)));
  return {
    "/reset": {
      POST: async () => {
        await proxies.reset();
        return noContent();
      },
    },
    "/proxies": {
      GET: () => written(toJsonByName(proxies.list())),
      POST: async (context) => jsonAnswer(await proxies.create(await bodyOf(context)), 201),
    },
    "/populate": { POST: async (context) => populatedAnswer(await proxies.populate(await bodyOf(context))) },
    "/proxies/:proxy": {
      GET: (context) => jsonAnswer(proxies.show(proxyOf(context))),
      POST: changeProxy,
      PATCH: changeProxy,
      DELETE: async (context) => {
        await proxies.remove(proxyOf(context));
        return noContent();
      },
    },
    "/proxies/:proxy/toxics": {
      GET: (context) => jsonAnswer(proxies.toxics(proxyOf(context))),
      POST: async (context) => jsonAnswer(await proxies.addToxic(proxyOf(context), await bodyOf(context))),
    },
    "/proxies/:proxy/toxics/:toxic": {
      GET: (context) => jsonAnswer(proxies.toxic(proxyOf(context), toxicOf(context))),
      POST: changeToxic,
      PATCH: changeToxic,
      DELETE: async (context) => {
        await proxies.removeToxic(proxyOf(context), toxicOf(context));
        return noContent();
      },
    },
    "/version": { GET: versionAnswer },
  };
}

function notAllowed(answers: Readonly<Record<string, Answer>>): Response {
  return new Response(null, { status: 405, headers: { allow: Object.keys(answers).join(", ") } });
}

function proxyOf(context: Context<Env>): string {
  return context.req.param("proxy") ?? "";
}

function toxicOf(context: Context<Env>): string {
  return context.req.param("toxic") ?? "";
}

function bodyOf(context: Context<Env>): Promise<string> {
  return readBody(context.req.raw);
}
