import { profileSchema } from "../../profile/schema.ts";
import { writeProfile } from "../../profile/writer.ts";
import { API_ROOT, json, operation, type Operation } from "./operation.ts";
import { notFound } from "./refusals.ts";
import * as schemas from "./schemas.ts";

/** What can be asked of the server itself and of the shipped profiles. */
export const GENERAL_OPERATIONS: readonly Operation[] = [
  operation({
    method: "get",
    path: "/about",
    name: "about",
    tag: "general",
    summary: "The program's version, and where this API is described",
    answers: { 200: { means: "About the server", schema: schemas.aboutSchema } },
    answer: ({ api: { subject, log } }) =>
      json(schemas.aboutSchema, {
        version: subject.emulator.version,
        ready: subject.ready(),
        openapi: `${API_ROOT}/openapi.json`,
        newestEvent: log.newest,
        newestEventId: log.place(log.newest),
      }),
  }),
  operation({
    method: "get",
    path: "/openapi.json",
    name: "describe",
    tag: "general",
    summary: "This API, described in OpenAPI 3.1",
    answers: { 200: { means: "An OpenAPI document", schema: schemas.openApiSchema } },
    answer: ({ api }) => Response.json(api.document()),
  }),
  operation({
    method: "get",
    path: "/profiles",
    name: "listProfiles",
    tag: "profiles",
    summary: "The shipped profiles",
    answers: { 200: { means: "Every shipped profile", schema: schemas.profilesSchema } },
    answer: ({ api: { subject } }) => {
      const profiles = subject.profileNames().flatMap((name) => subject.profile(name) ?? []);
      return json(schemas.profilesSchema, { profiles: profiles.map(writeProfile) });
    },
  }),
  operation({
    method: "get",
    path: "/profiles/{name}",
    name: "getProfile",
    tag: "profiles",
    summary: "One shipped profile",
    answers: { 200: { means: "The profile", schema: profileSchema } },
    problems: [404],
    answer: ({ api, params: { name } }) => {
      const profile = api.subject.profile(name);
      if (profile === undefined) return notFound("shipped profile", name);
      return json(profileSchema, writeProfile(profile));
    },
  }),
];
