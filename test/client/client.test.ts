import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { afterAll, describe, expect, test } from "vitest";
import { Client, connect } from "../../src/client/client.ts";
import { readBlocks } from "../../src/client/event-source.ts";
import { Seen } from "../../src/control/api/awaited.ts";
import { OPERATIONS } from "../../src/control/api/operations.ts";
import { ApiError } from "../../src/errors.ts";
import { setApiStage } from "../support/api-stage.ts";
import { planOf } from "../support/emulator-stage.ts";
import { idleHop, portOf, profileOf } from "../support/rig.ts";
import { expectNothingOpen } from "../support/wire-stage.ts";

const SAMPLE = { devices: 0, searching: 0, settled: 0, collapsed: 0, heartbeats: 0, failed: 0 };
const SILENT = { toDevice: "drop", toServer: "drop" } as const;

afterAll(expectNothingOpen);

test("has a method for every operation, of the same name", () => {
  const methods = Object.getOwnPropertyNames(Client.prototype).filter((name) => name !== "constructor");
  expect(new Set(methods)).toEqual(new Set([...OPERATIONS.map(({ name }) => name), "waitFor"]));
});

test("does all that the API can", async () => {
  await using api = await setApiStage({
    plan: (target) => planOf(target, profileOf(idleHop(60_000, SILENT, "carrier"))),
  });
  const { client, stage } = api;
  expect(await client.about()).toMatchObject({ version: "0.0.0", ready: true });
  expect(await client.describe()).toMatchObject({ openapi: "3.1.1" });
  expect((await client.listProfiles()).map(({ name }) => name)).toContain("carrier-13min");
  expect(await client.getProfile("direct")).toMatchObject({ hops: [] });

  await client.addListener({ name: "x", listen: "127.0.0.1:0", target: stage.target });
  expect((await client.listListeners()).map(({ name }) => name)).toEqual(["db", "x"]);
  expect(await client.changeListener("x", { enabled: false })).toMatchObject({ enabled: false });
  await client.removeListener("x");
  expect(await client.getListener("db")).toMatchObject({ flows: 0 });

  const { id } = await client.addCondition("db", {
    hop: "firewall",
    condition: { type: "idle-timeout", idleTimeout: "30m" },
  });
  expect(await client.getCondition("db", id)).toMatchObject({ hop: "firewall" });
  await client.replaceCondition("db", id, { type: "idle-timeout", idleTimeout: "20m" });
  await client.changeCondition("db", id, { idleTimeout: "10m" }, { flows: "all" });
  expect((await client.listConditions("db")).map(({ condition }) => condition)).toMatchObject([
    { idleTimeout: "1m" },
    { idleTimeout: "10m" },
  ]);
  await client.removeCondition("db", id, { flows: "all" });
  const profile = await client.getListenerProfile("db");
  expect(await client.setListenerProfile("db", profile, { flows: "all" })).toMatchObject({ profile });

  await stage.joined("db");
  const [flow] = await client.listFlows({ listener: "db" });
  expect(await client.getFlow(flow?.id ?? 0)).toMatchObject({ listener: "db" });
  await client.endFlow(flow?.id ?? 0, { ending: "close" });
  expect(await client.listDevices()).toEqual([]);
  await expect(client.getDevice("none")).rejects.toThrow(ApiError);
  await expect(client.endDevice("none", { ending: "drop" })).rejects.toMatchObject({ status: 404 });

  expect(await client.setSeed(9)).toMatchObject({ seed: 9 });
  expect(await client.stopTimeline()).toEqual({ seed: 9 });
  expect(await client.startTimeline()).toMatchObject({ timelineStartedAt: 0 });
  expect(await client.reset()).toMatchObject({ seed: 7 });
  expect(await client.reload()).toEqual([]);
  expect(await client.getScenario()).toMatchObject({ seed: 7 });
  expect((await client.getHistory()).length).toBeGreaterThan(5);
});

test("asks for page after page, until there is none, and has each once", async () => {
  const overall = (text: string) => ({ text, reasons: [], wontHelp: [], hops: [], sample: SAMPLE });
  const network = (name: string) => ({ ...overall(name), network: name, listener: "mail" });
  const pages = [
    { overall: overall("first"), networks: [network("a"), network("b")], next: "b mail" },
    { overall: overall("second"), networks: [network("c")], next: "c mail" },
    { overall: overall("third"), networks: [network("d")] },
  ];
  const asked: (string | undefined)[] = [];
  await using server = await answering((response) => {
    asked.push(response.req.url);
    response.end(JSON.stringify(pages[asked.length - 1]));
  });
  expect(await connect({ url: server.url }).getRecommendation()).toEqual({
    overall: overall("first"),
    networks: ["a", "b", "c", "d"].map(network),
  });
  expect(asked).toEqual(
    ["", "&cursor=b+mail", "&cursor=c+mail"].map((cursor) => `/api/v1/recommendation?limit=1000${cursor}`),
  );
});

describe("what is refused", { concurrent: true }, () => {
  test("is told in the server's own words, with the place of every fault", async () => {
    await using api = await setApiStage();
    const condition = { type: "idle-timeout", idleTimeout: "13" } as const;
    await expect(api.client.addCondition("db", { hop: "x", condition })).rejects.toMatchObject({
      name: "ApiError",
      code: "E_API_REFUSED",
      status: 422,
      message: expect.stringContaining("a number without a unit"),
      errors: [{ pointer: "#/condition/idleTimeout" }],
    });
  });

  test("is what no condition has, by the compiler already", async () => {
    await using api = await setApiStage();
    // @ts-expect-error -- the key is idleTimeout
    await expect(api.client.changeCondition("db", "none", { idleTimeOut: "1m" })).rejects.toThrow("none");
  });

  test.each(["nonsense", "127.0.0.1:9443", "ftp://127.0.0.1", "http://a:geheim@b:70000", "http://a:geheim@127.0.0.1"])(
    "is %j as a URL, and no password of it is repeated",
    (url) => {
      expect(() => connect({ url })).toThrow(expect.objectContaining({ code: "E_ADDRESS_INVALID" }));
      expect(() => connect({ url })).not.toThrow(/geheim/u);
    },
  );

  test.each([
    "<html>",
    '{"detail":7}',
    '{"detail":"x","errors":{"name":["taken"]}}',
    '{"detail":"x","errors":["y"]}',
    "null",
  ])("comes from no idlewall when it has no reason of its form: %s", async (body) => {
    await using server = await answering((response) => response.writeHead(502).end(body));
    await expect(connect({ url: server.url }).getScenario()).rejects.toMatchObject({
      code: "E_API_UNREACHABLE",
      message: `found another server at ${server.url} (HTTP 502), expected a running idlewall serve`,
    });
  });

  test.each([
    ["HTML", "text/html; charset=utf-8", "<html></html>", "HTTP 200, text/html"],
    ["an empty object", "application/json", "{}", "HTTP 200, application/json"],
    ["an endless stream", "text/event-stream", ": here\n\n", "HTTP 200, text/event-stream"],
  ])("is another server that answers with %s", async (_, type, body, what) => {
    await using server = await answering((response) => {
      response.removeHeader("idlewall-api");
      response.writeHead(200, { "content-type": type });
      if (type === "text/event-stream") response.write(body);
      else response.end(body);
    });
    const client = connect({ url: server.url });
    const message = `found another server at ${server.url} (${what}), expected a running idlewall serve`;
    await expect(client.about()).rejects.toMatchObject({ code: "E_API_UNREACHABLE", message });
    await expect(client.waitFor("ended")).rejects.toMatchObject({ code: "E_API_UNREACHABLE", message });
  });

  test.each([
    ["a field of another type", '{"seed":"7"}', '/seed: found "7", expected a number'],
    ["a field missing", "{}", "/seed: seed is missing, expected a number"],
    ["no JSON", "<html>", "it is no JSON"],
  ])("is an answer with %s", async (_, body, why) => {
    await using server = await answering((response) => response.end(body));
    await expect(connect({ url: server.url }).getScenario()).rejects.toMatchObject({
      code: "E_API_UNREADABLE",
      message: `found an answer of ${server.url} to /scenario that this version can't read (${why}), expected an idlewall of the same version there`,
    });
  });

  test("is an event that this version does not know, and no field of a later one", async () => {
    await using server = await answering((response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(`${block(1).replace("{", '{"later":1,')}${block(2).replace("change", "changed")}`);
    });
    const events = connect({ url: server.url }).followEvents();
    expect((await events.next()).value).toMatchObject({ id: 1, later: 1 });
    await expect(events.next()).rejects.toMatchObject({ code: "E_API_UNREADABLE" });
  });

  test("is an answer that breaks off", async () => {
    await using server = await answering((response) => {
      response.writeHead(response.req.url?.includes("scenario") === true ? 200 : 404, { "content-length": 1000 });
      response.write("{", () => response.destroy());
    });
    const client = connect({ url: server.url });
    await expect(client.getScenario()).rejects.toMatchObject({ code: "E_API_UNREACHABLE" });
    await expect(client.getProfile("direct")).rejects.toMatchObject({ code: "E_API_UNREACHABLE" });
  });

  test("is a server that says nothing", async () => {
    await using server = await answering(() => undefined);
    const client = connect({ url: server.url, patienceMs: 100 });
    await expect(client.getScenario()).rejects.toMatchObject({
      code: "E_API_UNREACHABLE",
      message: `found no server at ${server.url} (no answer in 0.1 s), expected a running idlewall serve`,
    });
  });

  test("is a server that is not there, or speaks no TLS", async () => {
    const server = await answering(() => undefined);
    const secure = server.url.replace("http:", "https:");
    await expect(connect({ url: secure }).getScenario()).rejects.toThrow(
      `found no server at ${secure} (what listens there speaks no TLS), expected a running idlewall serve`,
    );
    await server[Symbol.asyncDispose]();
    await expect(connect({ url: server.url }).getScenario()).rejects.toMatchObject({ code: "E_API_UNREACHABLE" });
    await expect(connect({ url: server.url }).waitFor("ended")).rejects.toMatchObject({ code: "E_API_UNREACHABLE" });
  });
});

test("a server without a URL is refused, in JavaScript too", () => {
  // @ts-expect-error -- the URL is missing
  expect(() => connect({})).toThrow(
    expect.objectContaining({ code: "E_ADDRESS_INVALID", message: expect.stringContaining('the server "undefined"') }),
  );
});

describe("waiting", { concurrent: true }, () => {
  test("gives the event, by its kind or by what a function says", async () => {
    await using api = await setApiStage();
    const { stage, client } = api;
    stage.emulator.setSeed(1);
    const first = await client.waitFor("change", { after: 0 });
    expect(first.what satisfies string).toBe("the seed is 1");
    const waiting = client.waitFor((event) => event.kind === "change" && event.what.endsWith("3"), { after: 0 });
    stage.emulator.setSeed(2);
    stage.emulator.setSeed(3);
    expect(await waiting).toMatchObject({ id: 3 });
  });

  test.each([-1, Number.NaN])("for %d ms is refused", async (timeoutMs) => {
    const client = connect({ url: "http://127.0.0.1:1" });
    await expect(client.waitFor("change", { timeoutMs })).rejects.toMatchObject({
      code: "E_USAGE",
      message: `found timeoutMs ${timeoutMs}, expected ms from 0 on, or Infinity`,
    });
  });

  test("that is in vain is told", async () => {
    await using api = await setApiStage();
    await expect(api.client.waitFor("flowEnded", { timeoutMs: 200 })).rejects.toMatchObject({
      code: "E_TIMEOUT",
      message: "expected an event of kind flowEnded within 200 ms, found no event at all",
    });
  });

  test("for a kind that is none is refused at once", async () => {
    const client = connect({ url: "http://127.0.0.1:1" });
    // @ts-expect-error -- there is no such kind
    const waiting = client.waitFor("flowsEnded");
    await expect(waiting).rejects.toMatchObject({
      code: "E_USAGE",
      message: expect.stringMatching(/mean flowEnded\?$/u),
    });
  });

  test("tells what was seen instead, the last of it", () => {
    const seen = new Seen();
    for (let id = 1; id <= 12; id += 1) seen.add({ kind: "gap", id, missed: 1 });
    const { message } = seen.refusal(() => false, "within 10 ms");
    expect(message).toMatch(/^expected the event within 10 ms, found 12 events, the last 10 of them:\n.*"id":3,/u);
    expect(message.split("\n")).toHaveLength(11);
  });
});

describe("following", { concurrent: true }, () => {
  test("goes on where it broke, when the connection breaks", async () => {
    const asked: (string | undefined)[] = [];
    await using server = await answering((response, id) => {
      asked.push(id);
      response.writeHead(200, { "content-type": "text/event-stream" });
      if (asked.length === 1) response.write(block(1), () => response.destroy());
      else response.write(`id: 5\n\n${block(6)}`);
    });
    const found: number[] = [];
    for await (const { id } of connect({ url: server.url }).followEvents()) if (found.push(id) === 2) break;
    expect([found, asked]).toEqual([
      [1, 6],
      [undefined, "1"],
    ]);
  });

  test("tells that the server was started anew, and all that it has told since, however much that is", async () => {
    const first = await setApiStage();
    const { host, port } = first.admin.address;
    for (let seed = 1; seed <= 3; seed += 1) first.stage.emulator.setSeed(seed);
    const events = first.client.followEvents({ after: 0 });
    for (let id = 1; id <= 3; id += 1) expect((await events.next()).value).toMatchObject({ id });
    const { newestEventId } = await first.client.about();
    await first[Symbol.asyncDispose]();
    await using second = await setApiStage({ admin: { host, port } });
    for (let seed = 1; seed <= 6; seed += 1) second.stage.emulator.setSeed(seed);
    expect((await events.next()).value).toMatchObject({ kind: "gap", restarted: true });
    expect((await events.next()).value).toMatchObject({ kind: "change", id: 1 });
    await events.return();
    const others = second.client.followEvents({ after: newestEventId });
    expect((await others.next()).value).toMatchObject({ kind: "gap", restarted: true });
    await others.return();
    await expect(second.client.waitFor(() => true, { after: 7 })).rejects.toMatchObject({ status: 400 });
    const told = await second.client.waitFor(({ kind }) => kind === "gap", { after: newestEventId });
    expect(told).toMatchObject({ restarted: true });
  });

  test("gives up when the server does not come back", async () => {
    let server: Awaited<ReturnType<typeof answering>> | undefined;
    server = await answering((response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(block(1), () => void server?.[Symbol.asyncDispose]());
    });
    const { url } = server;
    const events = connect({ url }).followEvents();
    expect((await events.next()).value).toMatchObject({ id: 1 });
    await expect(events.next()).rejects.toMatchObject({
      code: "E_API_UNREACHABLE",
      message: expect.stringMatching(
        new RegExp(`^found no server at ${url} \\(.*\\), expected a running idlewall serve$`),
      ),
    });
  });

  test("ends when it is aborted", async () => {
    await using api = await setApiStage();
    const leave = new AbortController();
    const events = api.client.followEvents({ signal: leave.signal, after: 0 });
    api.stage.emulator.setSeed(1);
    await events.next();
    leave.abort();
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });
});

test.each([
  ["data: a\n\ndata: b\n\n", [{ data: "a" }, { data: "b" }]],
  ["id: 1\ndata: a\ndata: b\n\n", [{ id: "1", data: "a\nb" }]],
  [": warm\nid: 7\n\n", [{ id: "7", data: undefined }]],
  ["event: x\ndata:a\n\nid: 1\ndata: cut", [{ data: "a" }]],
])("reads %j block by block, however it is cut", async (text, expected) => {
  const bytes = new TextEncoder().encode(text);
  for (let size = 1; size <= bytes.length; size += 3) {
    const found = [];
    for await (const each of readBlocks(pieces(bytes, size))) found.push(each);
    expect(found).toMatchObject(expected);
  }
});

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function block(id: number): string {
  return `id: ${id}\ndata: ${JSON.stringify({ kind: "change", id, at: 0, by: "api", what: "x" })}\n\n`;
}

async function answering(answer: (response: ServerResponse, lastEventId: string | undefined) => void) {
  const server = createServer((request, response) => {
    response.setHeader("idlewall-api", "v1");
    answer(response, request.headers["last-event-id"]?.toString());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
