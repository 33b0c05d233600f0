import { profileSchema } from "../../profile/schema.ts";
import { writeProfile } from "../../profile/writer.ts";
import type { Listener } from "../emulator.ts";
import { addressText } from "../listen.ts";
import { chosenProfile } from "./chosen-profile.ts";
import { listenerOperation } from "./listener-operation.ts";
import { API_ROOT, done, json, operation, type Operation } from "./operation.ts";
import { type Blame, notFound, refusedBody } from "./refusals.ts";
import * as schemas from "./schemas.ts";

/** What a listener that can't be had is due to. */
const BLAME: Blame = {
  E_LISTENER_EXISTS: ["name"],
  E_PORT_TAKEN: ["listen", "enabled"],
  E_PORT_FORBIDDEN: ["listen", "enabled"],
  E_LISTEN_FAILED: ["listen", "enabled"],
  E_PROFILE_INVALID: ["profile"],
};

/** What can be asked of listeners and the profiles in force there. */
export const LISTENER_OPERATIONS: readonly Operation[] = [
  operation({
    method: "get",
    path: "/listeners",
    name: "listListeners",
    tag: "listeners",
    summary: "What listens, with the path behind it",
    answers: { 200: { means: "Every listener", schema: schemas.listenersSchema } },
    answer: ({ api }) =>
      json(schemas.listenersSchema, { listeners: api.subject.emulator.listeners().map(listenerView) }),
  }),
  operation({
    method: "post",
    path: "/listeners",
    name: "addListener",
    tag: "listeners",
    summary: "Add a listener for any TCP",
    body: schemas.newListenerSchema,
    answers: { 201: { means: "It is there", schema: schemas.listenerSchema } },
    problems: [409],
    blame: BLAME,
    answer: async ({ api, body }) => {
      const { type: _, profile: choice = "direct", enabled = true, ...settings } = body;
      const profile = chosenProfile(choice, api.subject);
      if (profile instanceof Response) return profile;
      const listener = await api.subject.emulator.addTcpListener({ ...settings, profile, enabled });
      const location = `${API_ROOT}/listeners/${encodeURIComponent(listener.name)}`;
      return json(schemas.listenerSchema, listenerView(listener), 201, { location });
    },
  }),
  listenerOperation({
    method: "get",
    path: "/listeners/{name}",
    name: "getListener",
    tag: "listeners",
    summary: "One listener",
    answers: { 200: { means: "The listener", schema: schemas.listenerSchema } },
    answer: (_, listener) => shown(listener),
  }),
  listenerOperation({
    method: "patch",
    path: "/listeners/{name}",
    name: "changeListener",
    tag: "listeners",
    summary: "Enable or disable a listener, or move one of type tcp",
    body: schemas.listenerChangeSchema,
    answers: { 200: { means: "The listener as it now is", schema: schemas.listenerSchema } },
    problems: [409],
    blame: BLAME,
    answer: async ({ body }, listener) => {
      const { enabled = listener.enabled, ...place } = body;
      const [moved] = Object.keys(place);
      if (moved !== undefined && listener.type !== "tcp") return onlyOfTcp(listener, moved);
      if (moved === undefined) await listener.setEnabled(enabled);
      else await listener.update({ ...place, enabled });
      return shown(listener);
    },
  }),
  operation({
    method: "delete",
    path: "/listeners/{name}",
    name: "removeListener",
    tag: "listeners",
    summary: "Remove a listener, end its flows with RST and free its port",
    answers: { 204: { means: "It is gone" } },
    problems: [404],
    answer: async ({ api, params: { name } }) =>
      (await api.subject.emulator.removeListener(name)) ? done() : notFound("listener", name),
  }),
  listenerOperation({
    method: "get",
    path: "/listeners/{name}/profile",
    name: "getListenerProfile",
    tag: "profiles",
    summary: "The profile in force, as its file would spell it",
    answers: { 200: { means: "The profile", schema: profileSchema } },
    answer: (_, { profile }) => json(profileSchema, writeProfile(profile)),
  }),
  listenerOperation({
    method: "put",
    path: "/listeners/{name}/profile",
    name: "setListenerProfile",
    tag: "profiles",
    summary: "Put a profile in force, for new flows or for all",
    body: schemas.profileInForceSchema,
    answers: { 200: { means: "The listener as it now is", schema: schemas.listenerSchema } },
    blame: BLAME,
    answer: ({ api, body }, listener) => {
      const profile = chosenProfile(body.profile, api.subject);
      if (profile instanceof Response) return profile;
      listener.setProfile(profile, body.flows);
      return shown(listener);
    },
  }),
];

function shown(listener: Listener): Response {
  return json(schemas.listenerSchema, listenerView(listener));
}

function listenerView({ name, type, address, target, enabled, flowCount: flows, profile }: Listener) {
  return { name, type, listen: addressText(address), target, enabled, flows, profile: writeProfile(profile) };
}

function onlyOfTcp({ name, type }: Listener, key: string): Response {
  const message = `found ${key} for ${name}, a listener of type ${type}, expected one of type tcp`;
  return refusedBody([{ path: [key], message }]);
}
