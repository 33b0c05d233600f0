import type { z } from "zod";
import { faultsOf, READING } from "../../profile/issues.ts";
import type { ProblemStatus } from "../problem.ts";
import type { ApiEvent, ChangeEvent } from "./event-schemas.ts";
import type { EventLog } from "./event-log.ts";
import { bodyFaults, type Blame, queryFaults } from "./refusals.ts";
import type { ApiSubject } from "./subject.ts";

/** Where the API stands on the admin address. */
export const API_ROOT = "/api/v1";

/** What every operation works on. */
export interface ApiState {
  readonly subject: ApiSubject;
  readonly log: EventLog<ApiEvent>;
  /** What was changed, oldest first. */
  changes(): readonly ChangeEvent[];
  /** The OpenAPI document. */
  document(): object;
}

/** A request as an operation gets it before it is read. */
export interface RawCall {
  readonly api: ApiState;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The JSON of the body; `undefined` when the operation takes none. */
  readonly body: unknown;
  readonly header: (name: string) => string | undefined;
  /** Breaks the connection off. */
  readonly cut: () => void;
}

/** A request as an operation's own code gets it. */
export interface Call<Path extends string, Query, Body> extends Omit<RawCall, "params" | "query" | "body"> {
  readonly params: Readonly<Record<ParamsOf<Path>, string>>;
  readonly query: Query;
  readonly body: Body;
}

/** An answer that is no problem. */
export interface DescribedAnswer {
  readonly means: string;
  readonly schema?: z.ZodType;
  /** Default `application/json`. */
  readonly mediaType?: string;
}

/** A field of a request's head that is heeded. */
export interface DescribedHeader {
  readonly name: string;
  readonly description: string;
}

/** One thing that can be asked: a row of the table from which both the routes and the OpenAPI document are made. */
export interface Operation {
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** Below the root of the API, parameters in braces. */
  readonly path: string;
  /** The name that generated clients give it. */
  readonly name: string;
  readonly tag:
    | "general"
    | "listeners"
    | "profiles"
    | "conditions"
    | "flows"
    | "devices"
    | "bounds"
    | "scenario"
    | "events";
  readonly summary: string;
  readonly query: z.ZodObject | undefined;
  readonly body: z.ZodType | undefined;
  /** Fields of its head that it heeds beside those of any request. */
  readonly headers: readonly DescribedHeader[];
  readonly answers: Readonly<Record<number, DescribedAnswer>>;
  /** Beside those that any operation can have. */
  readonly problems: readonly ProblemStatus[];
  /** What of its body an error is about that comes up later. */
  readonly blame: Blame;
  answer(call: RawCall): Promise<Response>;
}

/** What an operation is made of. */
export interface OperationDefinition<Path extends string, Query extends z.ZodObject, Body extends z.ZodType> {
  readonly method: Operation["method"];
  readonly path: Path;
  readonly name: string;
  readonly tag: Operation["tag"];
  readonly summary: string;
  readonly query?: Query;
  readonly body?: Body;
  readonly headers?: readonly DescribedHeader[];
  readonly answers: Operation["answers"];
  readonly problems?: readonly ProblemStatus[];
  readonly blame?: Blame;
  answer(call: Call<Path, z.output<Query>, z.output<Body>>): Response | Promise<Response>;
}

/** Makes an operation whose code gets what was read; every fault of query or body is told at once. */
export function operation<
  const Path extends string,
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodType<undefined>,
>(definition: OperationDefinition<Path, Query, Body>): Operation {
  const { query, body, headers = [], problems = [], blame = {}, ...described } = definition;
  return {
    ...described,
    query,
    body,
    headers,
    problems,
    blame,
    answer: async (call) => {
      const asked = query?.safeParse(Object.fromEntries(call.query), READING);
      const strays = query === undefined ? [...call.query.keys()] : [];
      const repeated = [...call.query.keys()].filter((name, index, names) => names.indexOf(name) !== index);
      const badQuery = queryFaults(faultsOf(asked?.error?.issues ?? []), strays, repeated);
      if (badQuery !== undefined) return badQuery;
      const sent = body?.safeParse(call.body, READING);
      const badBody = bodyFaults(faultsOf(sent?.error?.issues ?? []));
      if (badBody !== undefined) return badBody;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the router matched this very path, both schemas have spoken
      const read = { ...call, query: asked?.data, body: sent?.data } as unknown as Parameters<
        typeof definition.answer
      >[0];
      return definition.answer(read);
    },
  };
}

/** An answer in JSON, checked against its schema by the compiler. */
export function json<Schema extends z.ZodType>(
  _schema: Schema,
  value: z.input<Schema>,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json(value, { status, headers });
}

/** The answer that has nothing more to say. */
export function done(): Response {
  return new Response(null, { status: 204 });
}

type ParamsOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParamsOf<Rest>
  : never;
