import { afterEach, beforeEach, expect, test } from "vitest";
import { type ClientAccessServer, startClientAccess } from "../../src/live/client-access.ts";
import { RealScheduler } from "../../src/live/real-scheduler.ts";
import { type Answered, ask, type Asked } from "../support/ask.ts";

const CONTROL = { host: "127.0.0.1", port: 0 };

let scheduler: RealScheduler;
let server: ClientAccessServer;

beforeEach(async () => {
  scheduler = new RealScheduler();
  server = await startClientAccess({ scheduler, control: CONTROL });
});

afterEach(async () => {
  await server.stop();
  scheduler.stop();
});

function control(asked: Asked): Promise<Answered> {
  return ask(server.controlPort ?? 0, asked);
}

function json({ body }: Answered): unknown {
  return JSON.parse(body.toString());
}

test.each([
  ["with a subject", '{"subject":"Lunch?"}'],
  ["without one", "{}"],
  ["without a body", ""],
])("delivers a message %s, and tells the mailbox", async (_title, body) => {
  const answer = await control({ path: "/mailboxes/JDoe/messages", body });
  expect([answer.status, answer.headers["content-type"]]).toEqual([201, "application/json"]);
  expect(json(answer)).toEqual({ user: "jdoe", delivered: 1, parked: 0 });
});

test("tells counts of a mailbox", async () => {
  server.deliver("j doe");
  server.deliver("J Doe");
  const answer = await control({ method: "GET", path: "/mailboxes/j%20doe?x" });
  expect([answer.status, json(answer)]).toEqual([200, { user: "j doe", delivered: 2, parked: 0 }]);
});

test.each(["/-/healthy", "/-/ready"])("says at %s that it is well, as `idlewall healthcheck` asks", async (path) => {
  const answer = await control({ method: "GET", path });
  expect([answer.status, json(answer)]).toEqual([200, { status: "well" }]);
});

test.each<[number, string, Asked]>([
  [404, "an unknown mailbox", { method: "GET", path: "/mailboxes/nobody" }],
  [404, "another path", { method: "GET", path: "/" }],
  [404, "a path too long", { path: "/mailboxes/jdoe/messages/1" }],
  [404, "a broken escape", { path: "/mailboxes/%E0%A4%A/messages" }],
  [404, "a user with a colon", { path: "/mailboxes/a%3Ab/messages" }],
  [404, "a user with a line end", { path: "/mailboxes/a%0Ab/messages" }],
  [405, "DELETE of a mailbox", { method: "DELETE", path: "/mailboxes/jdoe" }],
  [405, "GET of messages", { method: "GET", path: "/mailboxes/jdoe/messages" }],
  [400, "what is no JSON", { path: "/mailboxes/jdoe/messages", body: "Lunch?" }],
  [400, "a list", { path: "/mailboxes/jdoe/messages", body: "[]" }],
  [400, "null", { path: "/mailboxes/jdoe/messages", body: "null" }],
  [400, "a subject that is no text", { path: "/mailboxes/jdoe/messages", body: '{"subject":1}' }],
  [400, "an unknown key", { path: "/mailboxes/jdoe/messages", body: '{"sujet":"a"}' }],
  [413, "a body too large", { path: "/mailboxes/jdoe/messages", body: `{"subject":"${"x".repeat(65_536)}"}` }],
  [403, "a web page", { path: "/mailboxes/jdoe/messages", headers: { origin: "https://evil.example" } }],
])("refuses with %i %s, as problem details", async (status, _title, asked) => {
  const answer = await control(asked);
  expect([answer.status, answer.headers["content-type"]]).toEqual([status, "application/problem+json"]);
  expect(json(answer)).toMatchObject({ type: "about:blank", status });
  expect(server.mailbox("jdoe")).toBeUndefined();
});

test("says which method is taken", async () => {
  const { headers } = await control({ method: "PUT", path: "/mailboxes/jdoe/messages" });
  expect(headers.allow).toBe("POST");
});

test.each([
  ["a Map", new Map([["Anna", "a"]])],
  ["an object", { Anna: "a" }],
])("knows only listed users where users are listed, in %s", async (_title, users) => {
  const listed = await startClientAccess({ scheduler, control: CONTROL, users });
  const port = listed.controlPort ?? 0;
  expect((await ask(port, { path: "/mailboxes/jdoe/messages" })).status).toBe(404);
  expect(json(await ask(port, { method: "GET", path: "/mailboxes/anna" }))).toEqual({
    user: "anna",
    delivered: 0,
    parked: 0,
  });
  await listed.stop();
});
