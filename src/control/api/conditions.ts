import { addCondition, changeCondition, conditionsOf, type Edit, removeCondition } from "../../profile/edit.ts";
import type { PlacedCondition } from "../../profile/edit.ts";
import { patchCondition } from "../../profile/read-condition.ts";
import { writeCondition } from "../../profile/writer.ts";
import type { Listener } from "../emulator.ts";
import { problem } from "../problem.ts";
import { API_ROOT, done, json, operation, type ApiState, type Operation } from "./operation.ts";
import { notFound, refusedBody } from "./refusals.ts";
import * as schemas from "./schemas.ts";

const PATH = "/listeners/{name}/conditions";
const ONE = "/listeners/{name}/conditions/{id}";

/** What can be asked of the conditions in force on a listener. */
export const CONDITION_OPERATIONS: readonly Operation[] = [
  operation({
    method: "get",
    path: PATH,
    name: "listConditions",
    tag: "conditions",
    summary: "The conditions of the profile in force",
    answers: { 200: { means: "Every condition", schema: schemas.placedConditionsSchema } },
    problems: [404],
    answer: ({ api, params: { name } }) => {
      const listener = listenerOf(api, name);
      if (listener === undefined) return notFound("listener", name);
      return json(schemas.placedConditionsSchema, { conditions: conditionsOf(listener.profile).map(view) });
    },
  }),
  operation({
    method: "post",
    path: PATH,
    name: "addCondition",
    tag: "conditions",
    summary: "Add a condition, for new flows or for all",
    body: schemas.newConditionSchema,
    answers: { 201: { means: "It is in force", schema: schemas.placedConditionSchema } },
    problems: [404, 409],
    answer: ({ api, params: { name }, body }) => {
      const listener = listenerOf(api, name);
      if (listener === undefined) return notFound("listener", name);
      const { hop, kind, position, condition: settings, flows } = body;
      return inForce(listener, addCondition(listener.profile, { hop, kind, position, settings }), flows, (placed) => {
        const location = `${API_ROOT}/listeners/${encodeURIComponent(name)}/conditions/${encodeURIComponent(placed.id)}`;
        return json(schemas.placedConditionSchema, view(placed), 201, { location });
      });
    },
  }),
  operation({
    method: "get",
    path: ONE,
    name: "getCondition",
    tag: "conditions",
    summary: "One condition",
    answers: { 200: { means: "The condition", schema: schemas.placedConditionSchema } },
    problems: [404],
    answer: ({ api, params: { name, id } }) => {
      const listener = listenerOf(api, name);
      if (listener === undefined) return notFound("listener", name);
      const placed = conditionsOf(listener.profile).find((each) => each.id === id);
      return placed === undefined ? notFound("condition", id) : shown(placed);
    },
  }),
  operation({
    method: "put",
    path: ONE,
    name: "replaceCondition",
    tag: "conditions",
    summary: "Put another condition in its place",
    body: schemas.conditionReplacementSchema,
    answers: { 200: { means: "The condition as it now is", schema: schemas.placedConditionSchema } },
    problems: [404, 409],
    answer: ({ api, params: { name, id }, body }) => {
      const listener = listenerOf(api, name);
      if (listener === undefined) return notFound("listener", name);
      return inForce(listener, changeCondition(listener.profile, id, body.condition), body.flows, shown, id);
    },
  }),
  operation({
    method: "patch",
    path: ONE,
    name: "changeCondition",
    tag: "conditions",
    summary: "Change some of its settings",
    body: schemas.conditionPatchSchema,
    answers: { 200: { means: "The condition as it now is", schema: schemas.placedConditionSchema } },
    problems: [404, 409],
    answer: ({ api, params: { name, id }, body }) => {
      const listener = listenerOf(api, name);
      if (listener === undefined) return notFound("listener", name);
      const placed = conditionsOf(listener.profile).find((each) => each.id === id);
      if (placed === undefined) return notFound("condition", id);
      const patched = patchCondition(placed.settings, body.condition);
      if (patched.kind === "faults") return refusedBody(patched.faults);
      return inForce(listener, changeCondition(listener.profile, id, patched.settings), body.flows, shown, id);
    },
  }),
  operation({
    method: "delete",
    path: ONE,
    name: "removeCondition",
    tag: "conditions",
    summary: "Take a condition away, and the hop with its last one",
    query: schemas.flowsReachedQuery,
    answers: { 204: { means: "It is gone" } },
    problems: [404],
    answer: ({ api, params: { name, id }, query: { flows } }) => {
      const listener = listenerOf(api, name);
      if (listener === undefined) return notFound("listener", name);
      const edit = removeCondition(listener.profile, id);
      if (edit.kind === "unknown") return notFound("condition", id);
      if (edit.kind === "edited") listener.setProfile(edit.profile, flows);
      return done();
    },
  }),
];

function listenerOf({ subject }: ApiState, name: string): Listener | undefined {
  return subject.emulator.listener(name);
}

/** Puts an edited profile in force and shows the condition, or says why there is none. */
function inForce(
  listener: Listener,
  edit: Edit,
  flows: "new" | "all",
  show: (placed: PlacedCondition) => Response,
  id = "",
): Response {
  switch (edit.kind) {
    case "unknown":
      return notFound("condition", id);
    case "taken":
      return problem(409, `Another condition has the name ${JSON.stringify(edit.id)} already.`);
    case "faults":
      return refusedBody(edit.faults);
    case "edited": {
      listener.setProfile(edit.profile, flows);
      const all = conditionsOf(edit.profile);
      const placed = all.find(({ hop, position }) => hop === edit.hop && position === edit.position);
      return placed === undefined ? notFound("condition", id) : show(placed);
    }
  }
}

function shown(placed: PlacedCondition): Response {
  return json(schemas.placedConditionSchema, view(placed));
}

function view({ settings, ...placed }: PlacedCondition) {
  return { ...placed, condition: writeCondition(settings) };
}
