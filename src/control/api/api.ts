import type { HttpBindings } from "@hono/node-server";
import type { Context, Hono } from "hono";
import type { Profile } from "../../path/hop.ts";
import { isSafe } from "../guard.ts";
import { problem } from "../problem.ts";
import { API_MARK } from "./api-mark.ts";
import { EventLog } from "./event-log.ts";
import type { ApiEvent, ChangeEvent } from "./event-schemas.ts";
import { openApiDocument } from "./openapi.ts";
import { API_ROOT, type ApiState, type Operation } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";
import { readBody, refuseStray } from "./read-body.ts";
import { problemOf } from "./refusals.ts";
import type { ApiSubject } from "./subject.ts";
import { tell, tellChange } from "./told.ts";

/** An API in service. */
export interface Api {
  /** Hears no more of what is controlled, and lets go of every reader. */
  close(): void;
}

type App = Hono<{ Bindings: HttpBindings }>;
type Asked = Context<{ Bindings: HttpBindings }>;

/** Events kept for readers that come back, by default. */
const KEPT_EVENTS = 10_000;

/** Changes kept for the history. */
const KEPT_CHANGES = 1000;

/** Puts the API on an admin server. */
export function mountApi(app: App, subject: ApiSubject): Api {
  const log = new EventLog<ApiEvent>(subject.keptEvents ?? KEPT_EVENTS);
  const changes: ChangeEvent[] = [];
  const unsubscribe = subject.emulator.subscribe((event) => {
    log.append((id) => tell(event, id, subject));
    if (event.kind === "change" && changes.push(tellChange(event.change, log.newest)) > KEPT_CHANGES) changes.shift();
  });
  const document = openApiDocument(OPERATIONS, subject.emulator.version);
  const state = { subject: readOnce(subject), log, changes: () => changes, document: () => document };
  route(app, state);
  return {
    close: () => {
      unsubscribe();
      log.close();
    },
  };
}

/** Shipped profiles are files that do not change while the server runs: each is read when it is first asked for. */
function readOnce(subject: ApiSubject): ApiSubject {
  const known = new Map<string, Profile>();
  return {
    ...subject,
    profile: (name) => {
      const profile = known.get(name) ?? subject.profile(name);
      if (profile !== undefined) known.set(name, profile);
      return profile;
    },
  };
}

function route(app: App, api: ApiState): void {
  const inTurn = turns();
  app.use(`${API_ROOT}/*`, async (context, next) => {
    await next();
    context.header(API_MARK.name, API_MARK.value);
  });
  for (const each of OPERATIONS)
    app.on(each.method.toUpperCase(), pathOf(each), (context) => answer(each, context, api, inTurn));
  for (const path of new Set(OPERATIONS.map(pathOf))) {
    const allow = OPERATIONS.filter((each) => pathOf(each) === path).map(({ method }) => method.toUpperCase());
    const allowed = allow.includes("GET") ? [...allow, "HEAD"] : allow;
    app.all(path, ({ req }) =>
      problem(405, `${req.method} is not taken here; ${allowed.join(", ")} is.`, { allow: allowed.join(", ") }),
    );
  }
}

/** A path as the router writes it; the id of a condition may hold a slash. */
function pathOf({ path }: Operation): string {
  return API_ROOT + path.replace("/conditions/{id}", "/conditions/:id{.+}").replaceAll(/(?<!:id)\{(\w+)\}/gu, ":$1");
}

async function answer(operation: Operation, context: Asked, api: ApiState, inTurn: Turns): Promise<Response> {
  const { req, env } = context;
  const body = operation.body === undefined ? refuseStray(req.raw) : await readBody(req.raw);
  if (body instanceof Response) return body;
  const call = {
    api,
    params: req.param(),
    query: new URL(req.url).searchParams,
    body,
    header: (name: string) => req.header(name),
    cut: () => env.outgoing.destroy(),
  };
  const ask = () => operation.answer(call).catch((error: unknown) => problemOf(error, operation.blame, body));
  if (isSafe(req.method)) return ask();
  if (!api.subject.ready()) return problem(503, "Nothing can be changed any more: the server is ending.");
  return inTurn(ask);
}

type Turns = <Result>(ask: () => Promise<Result>) => Promise<Result>;

/** Lets one change wait for the end of the one before it. */
function turns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return (ask) => {
    const turn = last.then(ask);
    last = turn.catch(() => undefined);
    return turn;
  };
}
