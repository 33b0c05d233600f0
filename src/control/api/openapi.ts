import { z } from "zod";
import { conditionSchema } from "../../profile/conditions/index.ts";
import { profileSchema } from "../../profile/schema.ts";
import type { ProblemStatus } from "../problem.ts";
import { alertSchema, alertsSchema, networkSchema, networksSchema } from "./bounds-schemas.ts";
import { eventSchema, historySchema } from "./event-schemas.ts";
import { API_ROOT, type DescribedAnswer, type Operation } from "./operation.ts";
import { networkRecommendationSchema, recommendationSchema, recommendationsSchema } from "./recommendation-schemas.ts";
import * as schemas from "./schemas.ts";

/** What each problem means here. */
const PROBLEMS: Readonly<Record<ProblemStatus, string>> = {
  400: "The query or the JSON can't be read, or the query names what there isn't",
  401: "The token is missing or wrong",
  403: "The request comes from a web page of another site, or asks for what is not told",
  404: "There is nothing of that name",
  405: "The path knows other methods",
  408: "The request has taken too long to come",
  409: "It collides with what is there: a name, a port",
  413: "The body is larger than 1 MiB",
  415: "The body is not application/json",
  417: "Expect says something else than 100-continue",
  421: "The host is not one of the admin server's",
  422: "What was sent does not fit; every fault is told",
  431: "The head of the request is too large",
  500: "A fault of the server",
  503: "The server is ending, or has too many readers",
};

/** What belongs to each tag. */
const TAGS: Readonly<Record<Operation["tag"], string>> = {
  general: "The server itself",
  profiles: "Named paths: those that are shipped, and those in force",
  listeners: "Where devices connect",
  conditions: "What the path of a listener does, one by one",
  flows: "Connections as they stand",
  devices: "Devices that have parked a request",
  bounds: "What the real path in front of us bears, and what Exchange would say of it",
  scenario: "What makes a run reproducible, and the way back to its beginning",
  events: "What happens, and what was changed",
};

/** Makes the document that describes the API. Source: OpenAPI Specification 3.1.1; schemas are JSON Schema 2020-12. */
export function openApiDocument(operations: readonly Operation[], version: string): object {
  const paths = [...new Set(operations.map(({ path }) => path))];
  return {
    openapi: "3.1.1",
    info: {
      title: "idlewall",
      version,
      description: "What can be seen and changed while idlewall runs. Errors are problem details (RFC 9457).",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: API_ROOT }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    security: [{}, { token: [] }],
    paths: Object.fromEntries(
      paths.map((path) => [
        path,
        Object.fromEntries(
          operations.filter((each) => each.path === path).map((each) => [each.method, describedOperation(each)]),
        ),
      ]),
    ),
    components: {
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "Where the server was started with a token" },
      },
      schemas: components(),
    },
  };
}

/** Every schema of a body, by its name in the document. */
const NAMED: readonly (readonly [string, z.ZodType])[] = [
  ["About", schemas.aboutSchema],
  ["OpenApi", schemas.openApiSchema],
  ["Listener", schemas.listenerSchema],
  ["Listeners", schemas.listenersSchema],
  ["NewListener", schemas.newListenerSchema],
  ["ListenerChange", schemas.listenerChangeSchema],
  ["ProfileInForce", schemas.profileInForceSchema],
  ["Profile", profileSchema],
  ["Profiles", schemas.profilesSchema],
  ["Condition", conditionSchema],
  ["PlacedCondition", schemas.placedConditionSchema],
  ["PlacedConditions", schemas.placedConditionsSchema],
  ["NewCondition", schemas.newConditionSchema],
  ["ConditionReplacement", schemas.conditionReplacementSchema],
  ["ConditionPatch", schemas.conditionPatchSchema],
  ["Flow", schemas.flowSchema],
  ["Flows", schemas.flowsSchema],
  ["Device", schemas.deviceSchema],
  ["Devices", schemas.devicesSchema],
  ["Network", networkSchema],
  ["Networks", networksSchema],
  ["Alert", alertSchema],
  ["Alerts", alertsSchema],
  ["Recommendation", recommendationSchema],
  ["NetworkRecommendation", networkRecommendationSchema],
  ["Recommendations", recommendationsSchema],
  ["Ended", schemas.endedSchema],
  ["Scenario", schemas.scenarioSchema],
  ["Seed", schemas.seedSchema],
  ["Reloaded", schemas.reloadedSchema],
  ["Event", eventSchema],
  ["History", historySchema],
  ["Problem", schemas.problemSchema],
];

/** The named schemas as JSON Schema; where one holds another it points there. */
function components(): object {
  const registry = z.registry<{ readonly id: string }>();
  for (const [id, schema] of NAMED) registry.add(schema, { id });
  const { schemas: made } = z.toJSONSchema(registry, { io: "input", uri: reference });
  return Object.fromEntries(Object.entries(made).map(([name, schema]) => [name, bare(schema)]));
}

/** The document says once for all which dialect its schemas are in, and where they stand. */
function bare(schema: object): object {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !OF_A_WHOLE_SCHEMA.has(key)));
}

const OF_A_WHOLE_SCHEMA: ReadonlySet<string> = new Set(["$schema", "$id", "id"]);

function reference(name: string): string {
  return `#/components/schemas/${name}`;
}

function schemaOf(schema: z.ZodType): object {
  const name = NAMED.find(([, each]) => each === schema)?.[0];
  if (name === undefined) throw new Error("a schema of the API has no name");
  return { $ref: reference(name) };
}

/** An operation as the document has it. */
export function describedOperation(operation: Operation) {
  const { name, tag, summary, body, answers, problems, method } = operation;
  const changes = method !== "get";
  const common: readonly ProblemStatus[] = [
    ...(body === undefined ? [] : ([413, 422] as const)),
    ...(changes ? ([403, 415, 503] as const) : []),
    400,
    401,
    421,
  ];
  const told = [...new Set([...problems, ...common])].sort((left, right) => left - right);
  return {
    operationId: name,
    tags: [tag],
    summary,
    ...parameters(operation),
    ...(body !== undefined && {
      requestBody: { required: true, content: { "application/json": { schema: schemaOf(body) } } },
    }),
    responses: Object.fromEntries([
      ...Object.entries(answers).map(([status, answer]) => [status, answerObject(answer)]),
      ...told.map((status) => [status, problemObject(PROBLEMS[status])]),
      ["default", problemObject("Any other problem")],
    ]),
  };
}

function answerObject({ means, schema, mediaType = "application/json" }: DescribedAnswer): object {
  return {
    description: means,
    ...(schema !== undefined && { content: { [mediaType]: { schema: schemaOf(schema) } } }),
  };
}

function problemObject(description: string): object {
  return { description, content: { "application/problem+json": { schema: { $ref: reference("Problem") } } } };
}

function parameters({ path, query, headers }: Operation): object {
  const inPath = [...path.matchAll(/\{(\w+)\}/gu)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const { properties = {} } = z.toJSONSchema(query ?? z.object({}), { io: "input" });
  const inQuery = Object.entries(properties).map(([name, schema]) => ({ name, in: "query", required: false, schema }));
  const inHead = headers.map((field) => ({ ...field, in: "header", required: false, schema: { type: "string" } }));
  const all = [...inPath, ...inQuery, ...inHead];
  return all.length === 0 ? {} : { parameters: all };
}
