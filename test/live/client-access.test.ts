import { once } from "node:events";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { encodeFolderSyncRequest } from "../../src/activesync/folder-sync.ts";
import { decodePingResponse, encodePingRequest } from "../../src/activesync/ping.ts";
import { decodeSyncResponse, encodeSyncRequest } from "../../src/activesync/sync.ts";
import { StartError, UsageError } from "../../src/errors.ts";
import { keyPem } from "../../src/live/certificates.ts";
import { LARGEST_REQUEST_BYTES } from "../../src/live/client-access-body.ts";
import { type ClientAccessOptions, type ClientAccessServer, startClientAccess } from "../../src/live/client-access.ts";
import { RealScheduler } from "../../src/live/real-scheduler.ts";
import { type Answered, ask, type Asked, commandPath, SIGNED_IN } from "../support/ask.ts";
import { Collected } from "../support/collected.ts";
import { testIdentity } from "../support/identity.ts";

let scheduler: RealScheduler;
const servers: ClientAccessServer[] = [];
const told = {
  answered: new Collected<number>(),
  abandoned: new Collected<string>(),
  delivered: new Collected<[string, number]>(),
};

beforeEach(() => {
  scheduler = new RealScheduler({ timeScale: 1000 });
  told.answered = new Collected();
  told.abandoned = new Collected();
  told.delivered = new Collected();
});

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  scheduler.stop();
});

async function start(options: Partial<ClientAccessOptions> = {}): Promise<ClientAccessServer> {
  const server = await startClientAccess({
    scheduler,
    onAnswered: (_request, status) => told.answered.add(status),
    onAbandoned: ({ command }) => told.abandoned.add(command),
    onDelivered: (user, at) => told.delivered.add([user, at]),
    ...options,
  });
  servers.push(server);
  return server;
}

function give(server: ClientAccessServer, name: string, body?: Uint8Array, more: Asked = {}): Promise<Answered> {
  const headers = { ...SIGNED_IN, ...more.headers };
  return ask(server.port, { path: commandPath(name), ...(body === undefined ? {} : { body }), ...more, headers });
}

const INBOX = { id: "5", class: "Email" };
const PING = encodePingRequest({ heartbeatIntervalSeconds: 3540, folders: [INBOX] });
const SHORT_PING = encodePingRequest({ heartbeatIntervalSeconds: 60, folders: [INBOX] });

function syncRequest(syncKey: string): Uint8Array {
  return encodeSyncRequest({ collections: [{ collectionId: "5", syncKey, commandCount: 0 }] });
}

/** Brings `jdoe`'s device to where it can wait for the inbox. */
async function prepare(server: ClientAccessServer): Promise<void> {
  await give(server, "Sync", syncRequest("0"));
}

test("answers OPTIONS with what it can", async () => {
  const server = await start();
  const path = "/Microsoft-Server-ActiveSync";
  const { status, headers, body } = await ask(server.port, { method: "OPTIONS", path, headers: SIGNED_IN });
  expect([status, body.length]).toEqual([200, 0]);
  expect(headers).toMatchObject({
    allow: "OPTIONS,POST",
    public: "OPTIONS,POST",
    "content-length": "0",
    "ms-server-activesync": "14.3",
    "ms-asprotocolversions": "2.5,12.0,12.1,14.0,14.1",
    "ms-asprotocolcommands": "Sync,FolderSync,Ping,Provision",
  });
});

test("shows its health page to anyone", async () => {
  const server = await start();
  const path = "/Microsoft-Server-ActiveSync/healthcheck.htm";
  expect(await ask(server.port, { method: "GET", path })).toMatchObject({ status: 200 });
});

test("refuses in plain words", async () => {
  const refusals = new Collected<number>();
  const server = await start({ onRefused: ({ status }) => refusals.add(status) });
  const { status, headers, body } = await ask(server.port, { path: commandPath("Ping") });
  expect(status).toBe(401);
  expect(headers).toMatchObject({
    "www-authenticate": expect.stringMatching(/^Basic /u),
    "content-type": "text/plain; charset=utf-8",
  });
  expect(body.toString()).toBe("Sign in with Basic authentication.\n");
  expect(refusals.things).toEqual([401]);
});

test("answers a command with its content type and length", async () => {
  const server = await start();
  const { status, headers, body } = await give(server, "FolderSync", encodeFolderSyncRequest({ syncKey: "0" }));
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    "content-type": "application/vnd.ms-sync.wbxml",
    "content-length": String(body.length),
    "cache-control": "private",
  });
});

test("answers a Sync that finds nothing with no body and no content type", async () => {
  const server = await start();
  await prepare(server);
  const { status, headers, body } = await give(server, "Sync", syncRequest("1"));
  expect([status, headers["content-length"], body.length]).toEqual([200, "0", 0]);
  expect(headers).not.toHaveProperty("content-type");
});

describe("the body of a request", () => {
  const folderSync = encodeFolderSyncRequest({ syncKey: "0" });
  const gzip = { "content-encoding": "gzip" };
  const chunked = { "transfer-encoding": "chunked" };

  test.each<[string, number, Uint8Array, Asked]>([
    ["may be compressed", 200, gzipSync(folderSync), { headers: gzip }],
    ["may be chunked", 200, folderSync, { headers: chunked }],
    ["may not be of another encoding", 415, folderSync, { headers: { "content-encoding": "br" } }],
    ["may not be a broken gzip", 400, folderSync, { headers: gzip }],
    ["may not be a gzip that swells", 413, gzipSync(Buffer.alloc(LARGEST_REQUEST_BYTES + 1)), { headers: gzip }],
    ["may not be longer than is read", 413, Buffer.alloc(LARGEST_REQUEST_BYTES + 1), {}],
    ["may not be longer than is read, in chunks", 413, Buffer.alloc(LARGEST_REQUEST_BYTES + 1), { headers: chunked }],
    ["may not be anything but WBXML", 400, Buffer.from("<xml/>"), {}],
    ["may not be missing", 400, new Uint8Array(), {}],
  ])("%s", async (_title, expected, body, more) => {
    const server = await start();
    expect(await give(server, "FolderSync", body, more)).toMatchObject({ status: expected });
  });

  test("that makes no sense in a Ping has Status 4 for an answer", async () => {
    const server = await start();
    const { status, body } = await give(server, "Ping", Buffer.from("<xml/>"));
    expect([status, decodePingResponse(body).status]).toEqual([200, 4]);
  });

  test("that breaks off leaves nothing behind", async () => {
    const server = await start();
    const socket = connect(server.port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write(
      `POST ${commandPath("Ping")} HTTP/1.1\r\nHost: a\r\nAuthorization: ${SIGNED_IN.authorization}\r\n` +
        "MS-ASProtocolVersion: 12.1\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n",
    );
    await once(socket, "data");
    socket.destroy();
    await give(server, "FolderSync", folderSync);
    expect([server.parkedCount, told.abandoned.things]).toEqual([0, []]);
  });
});

describe("a parked Ping", () => {
  test("is answered at the interval's end", async () => {
    const server = await start();
    await prepare(server);
    const askedAt = scheduler.now();
    const { body } = await give(server, "Ping", SHORT_PING);
    expect(decodePingResponse(body)).toEqual({ status: 1 });
    expect(scheduler.now() - askedAt).toBeGreaterThanOrEqual(60_000);
  });

  test("is answered by mail for its user, and by no other", async () => {
    const server = await start();
    await prepare(server);
    const answer = give(server, "Ping", PING);
    while (server.parkedCount === 0) await ask(server.port);
    server.deliver("other");
    expect(server.parkedCount).toBe(1);
    expect(server.mailbox("JDOE")).toEqual({ user: "jdoe", delivered: 0, parked: 1 });
    server.deliver("jdoe", "Lunch?");
    expect(decodePingResponse((await answer).body)).toEqual({ status: 2, folders: ["5"] });
    expect(server.mailbox("jdoe")).toEqual({ user: "jdoe", delivered: 1, parked: 0 });
    const { collections } = decodeSyncResponse((await give(server, "Sync", syncRequest("1"))).body);
    expect(collections[0]?.added.map(({ subject }) => subject)).toEqual(["Lunch?"]);
  });

  test.each([
    ["an RST", "resetAndDestroy"],
    ["a FIN", "end"],
  ] as const)("is forgotten when its device leaves by %s", async (_title, leave) => {
    const server = await start();
    await prepare(server);
    const socket = connect(server.port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write(
      `POST ${commandPath("Ping")} HTTP/1.1\r\nHost: a\r\nAuthorization: ${SIGNED_IN.authorization}\r\n` +
        `MS-ASProtocolVersion: 12.1\r\nContent-Length: ${PING.length}\r\n\r\n`,
    );
    socket.write(PING);
    while (server.parkedCount === 0) await ask(server.port);
    socket[leave]();
    await told.abandoned.count(1);
    expect([server.parkedCount, told.abandoned.things]).toEqual([0, ["Ping"]]);
    server.deliver("jdoe");
  });

  test("does not keep the server from stopping", async () => {
    const server = await start();
    await prepare(server);
    const answer = give(server, "Ping", PING);
    while (server.parkedCount === 0) await ask(server.port);
    const [ending] = await Promise.all([answer.catch((error: unknown) => error), server.stop()]);
    expect(ending).toBeInstanceOf(Error);
    expect(server.connectionCount).toBe(0);
  });
});

test("answers requests on one connection in their order", async () => {
  const server = await start();
  const body = encodeFolderSyncRequest({ syncKey: "0" });
  const head =
    `HTTP/1.1\r\nHost: a\r\nAuthorization: ${SIGNED_IN.authorization}\r\nMS-ASProtocolVersion: 12.1\r\n` +
    `Content-Length: ${body.length}\r\n\r\n${Buffer.from(body).toString("latin1")}`;
  const socket = connect(server.port, "127.0.0.1");
  socket.write(`POST ${commandPath("FolderSync")} ${head}POST ${commandPath("Search")} ${head}`, "latin1");
  let text = "";
  for await (const bytes of socket) {
    text += String(bytes);
    if (text.includes("501")) break;
  }
  expect(text.match(/HTTP\/1\.1 \d+/gu)).toEqual(["HTTP/1.1 200", "HTTP/1.1 501"]);
});

describe("mail comes by itself", () => {
  test("at the planned times after the first request of a user", async () => {
    const server = await start({ mail: { schedule: { at: [60_000, 30_000] } } });
    const beforeFirst = scheduler.now();
    await prepare(server);
    const delivered = await told.delivered.count(2);
    expect(delivered.map(([user]) => user)).toEqual(["jdoe", "jdoe"]);
    const [first = 0, second = 0] = delivered.map(([, at]) => at - beforeFirst);
    expect(first).toBeGreaterThanOrEqual(30_000);
    expect(second).toBeGreaterThanOrEqual(60_000);
  });

  test("from the start for users who are listed, each at times of their own", async () => {
    const users = new Map([
      ["Anna", "a"],
      ["ben", "b"],
    ]);
    await start({ users, mail: { schedule: { at: [], meanIntervalMs: 60_000 }, seed: 3 } });
    const delivered = await told.delivered.until(() => new Set(told.delivered.things.map(([user]) => user)).size === 2);
    expect(new Set(delivered.map(([user]) => user))).toEqual(new Set(["anna", "ben"]));
    expect(new Set(delivered.map(([, at]) => at)).size).toBe(delivered.length);
  });
});

test("delivers no mail to users who can't sign in", async () => {
  const server = await start({ users: new Map([["Anna", "a"]]) });
  expect([server.deliver("ANNA"), server.deliver("jdoe")]).toEqual([true, false]);
});

test("keeps of a subject what mail can carry", async () => {
  const server = await start();
  await prepare(server);
  server.deliver("jdoe", `a\0b\uD800c${"x".repeat(249)}😀`);
  const { collections } = decodeSyncResponse((await give(server, "Sync", syncRequest("1"))).body);
  expect(collections[0]?.added.map(({ subject }) => subject)).toEqual([`a\uFFFDb\uFFFDc${"x".repeat(249)}`]);
});

describe("over TLS", () => {
  test("speaks HTTP/1.1 only", async () => {
    const { leaf } = await testIdentity();
    const server = await start({ identities: [{ cert: leaf.certificate.toString(), key: keyPem(leaf.key) }] });
    expect(server.secure).toBe(true);
    const { status } = await give(server, "FolderSync", encodeFolderSyncRequest({ syncKey: "0" }), { secure: true });
    expect(status).toBe(200);
  });

  test("stops with a handshake that never ends", async () => {
    const { leaf } = await testIdentity();
    const server = await start({ identities: [{ cert: leaf.certificate.toString(), key: keyPem(leaf.key) }] });
    const socket = connect(server.port, "127.0.0.1");
    socket.on("error", () => undefined);
    await once(socket, "connect");
    await server.stop();
    expect(server.connectionCount).toBe(0);
    socket.destroy();
  });
});

describe("does not start", () => {
  test("on a port that is taken, and frees what it had", async () => {
    const first = await start();
    const options = { scheduler, control: { host: "127.0.0.1", port: first.port } };
    await expect(startClientAccess(options)).rejects.toThrow(StartError);
    await expect(startClientAccess({ scheduler, port: first.port })).rejects.toMatchObject({ code: "E_PORT_TAKEN" });
  });

  test("with limits that make no sense", async () => {
    const settings = { minimumSeconds: 600, maximumSeconds: 60 };
    await expect(startClientAccess({ scheduler, settings })).rejects.toThrow(UsageError);
  });
});
