import { addCondition, changeCondition, conditionsOf, type Edit, removeCondition } from "../../profile/edit.ts";
import type { PlacedCondition } from "../../profile/edit.ts";
import { patchCondition } from "../../profile/read-condition.ts";
import { writeCondition } from "../../profile/writer.ts";
import type { Listener } from "../emulator.ts";
import { problem } from "../problem.ts";
import { listenerOperation } from "./listener-operation.ts";
import { API_ROOT, done, json, type Operation } from "./operation.ts";
import { notFound, refusedBody } from "./refusals.ts";
import * as schemas from "./schemas.ts";

const PATH = "/listeners/{name}/conditions";
const ONE = "/listeners/{name}/conditions/{id}";

/** What can be asked of the conditions in force on a listener. */
export const CONDITION_OPERATIONS: readonly Operation[] = [
  listenerOperation({
    method: "get",
    path: PATH,
    name: "listConditions",
    tag: "conditions",
    summary: "The conditions of the profile in force",
    answers: { 200: { means: "Every condition", schema: schemas.placedConditionsSchema } },
    answer: (_, { profile }) => json(schemas.placedConditionsSchema, { conditions: conditionsOf(profile).map(view) }),
  }),
  listenerOperation({
    method: "post",
    path: PATH,
    name: "addCondition",
    tag: "conditions",
    summary: "Add a condition, for new flows or for all",
    body: schemas.newConditionSchema,
    answers: { 201: { means: "It is in force", schema: schemas.placedConditionSchema } },
    problems: [409],
    answer: ({ params: { name }, body }, listener) => {
      const { hop, kind, position, condition: settings, flows } = body;
      return inForce(listener, addCondition(listener.profile, { hop, kind, position, settings }), flows, (placed) => {
        const location = `${API_ROOT}/listeners/${encodeURIComponent(name)}/conditions/${encodeURIComponent(placed.id)}`;
        return json(schemas.placedConditionSchema, view(placed), 201, { location });
      });
    },
  }),
  listenerOperation({
    method: "get",
    path: ONE,
    name: "getCondition",
    tag: "conditions",
    summary: "One condition",
    answers: { 200: { means: "The condition", schema: schemas.placedConditionSchema } },
    answer: ({ params: { id } }, listener) => {
      const placed = conditionsOf(listener.profile).find((each) => each.id === id);
      return placed === undefined ? notFound("condition", id) : shown(placed);
    },
  }),
  listenerOperation({
    method: "put",
    path: ONE,
    name: "replaceCondition",
    tag: "conditions",
    summary: "Put another condition in its place",
    body: schemas.conditionReplacementSchema,
    answers: { 200: { means: "The condition as it now is", schema: schemas.placedConditionSchema } },
    problems: [409],
    answer: ({ params: { id }, body }, listener) =>
      inForce(listener, changeCondition(listener.profile, id, body.condition), body.flows, shown, id),
  }),
  listenerOperation({
    method: "patch",
    path: ONE,
    name: "changeCondition",
    tag: "conditions",
    summary: "Change some of its settings",
    body: schemas.conditionPatchSchema,
    answers: { 200: { means: "The condition as it now is", schema: schemas.placedConditionSchema } },
    problems: [409],
    answer: ({ params: { id }, body }, listener) => {
      const placed = conditionsOf(listener.profile).find((each) => each.id === id);
      if (placed === undefined) return notFound("condition", id);
      const patched = patchCondition(placed.settings, body.condition);
      if (patched.kind === "faults") return refusedBody(patched.faults);
      return inForce(listener, changeCondition(listener.profile, id, patched.settings), body.flows, shown, id);
    },
  }),
  listenerOperation({
    method: "delete",
    path: ONE,
    name: "removeCondition",
    tag: "conditions",
    summary: "Take a condition away, and the hop with its last one",
    query: schemas.flowsReachedQuery,
    answers: { 204: { means: "It is gone" } },
    answer: ({ params: { id }, query: { flows } }, listener) => {
      const edit = removeCondition(listener.profile, id);
      if (edit.kind === "unknown") return notFound("condition", id);
      if (edit.kind === "edited") listener.setProfile(edit.profile, flows);
      return done();
    },
  }),
];

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
