import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { encodePingRequest, encodePingResponse } from "../../src/activesync/ping.ts";
import { formatBase64Query } from "../../src/activesync/query.ts";
import { encodeSyncRequest, encodeSyncResponse } from "../../src/activesync/sync.ts";
import type { Exchange, HeartbeatEvent } from "../../src/heartbeat/events.ts";
import { AnsweringServer } from "../support/pass-answering.ts";
import { eventually } from "../support/pass-eventually.ts";
import { connectDevice } from "../support/pass-stage.ts";
import { type Rig, startRig } from "../support/rig.ts";

const FOLDERS = [{ id: "5", class: "Email" }];
const INBOX = { collectionId: "5", syncKey: "1", commandCount: 0 };
const IDENTITY = "User=anna&DeviceId=D1&DeviceType=PocketPC";
const NO_CHANGES = Buffer.from(encodePingResponse({ status: 1 }));
const BOMB = gzipSync(Buffer.alloc(64 * 1024 * 1024));

let server: AnsweringServer;
let rig: Rig;
beforeEach(async () => {
  server = new AnsweringServer();
  await server.start();
  rig = await startRig(server.port);
});
afterEach(async () => {
  await rig.stop();
  await server.stop();
});

describe("the interval that was asked", () => {
  test("is that of a full Ping, and of the partial and empty ones after it, on whatever flow", async () => {
    await pingOnce({ heartbeatIntervalSeconds: 480, folders: FOLDERS });
    await pingOnce({ folders: FOLDERS });
    await pingOnce({ heartbeatIntervalSeconds: 720 });
    await pingOnce({});
    expect(asked().map((each) => each.heartbeatIntervalSeconds)).toEqual([480, 480, 720, 720]);
    expect(new Set(asked().map((each) => each.flowId)).size).toBe(4);
    expect(asked()[0]).toMatchObject({
      id: 1,
      command: "Ping",
      device: { deviceId: "D1", user: "anna", deviceType: "PocketPC" },
    });
  });

  test("is not known for an empty Ping that none went before", async () => {
    await pingOnce({});
    expect(asked()[0]?.heartbeatIntervalSeconds).toBeUndefined();
  });

  test("is a Sync's Wait in minutes or its HeartbeatInterval in seconds; a Sync without either is not parked", async () => {
    await syncOnce({ collections: [INBOX], waitMinutes: 10 });
    await syncOnce({});
    await syncOnce({ collections: [INBOX], heartbeatIntervalSeconds: 470 });
    await syncOnce({ collections: [INBOX] });
    await syncOnce({});
    expect(asked().map((each) => [each.command, each.heartbeatIntervalSeconds])).toEqual([
      ["Sync", 600],
      ["Sync", 600],
      ["Sync", 470],
    ]);
  });

  test("is told when the request's last byte has passed, and the exchange is open until its answer", async () => {
    const device = await connectDevice(rig.proxy.port);
    const text = post(PING, encodePingRequest({ heartbeatIntervalSeconds: 480 }));
    device.write(text.subarray(0, -1));
    await eventually(() => expect(rig.proxy.bytes.toServer).toBe(text.length - 1));
    expect(rig.heartbeats).toEqual([]);
    device.write(text.subarray(-1));
    await eventually(() => expect(server.requests).toHaveLength(1));
    expect(rig.heartbeats.map((event) => event.kind)).toEqual(["asked"]);
    expect(rig.proxy.parkedCount).toBe(1);
    server.latest.response.end(NO_CHANGES);
    await eventually(() => expect(ended()).toEqual(["held"]));
    expect(rig.proxy.parkedCount).toBe(0);
    expect(asked()[0]?.requestBytes).toBe(text.length);
    expect(rig.heartbeats.at(-1)).toMatchObject({ end: { answerBytes: rig.proxy.bytes.fromServer } });
    device.destroy();
  });
});

describe("a request is read", () => {
  const body = Buffer.from(encodePingRequest({ heartbeatIntervalSeconds: 480, folders: FOLDERS }));
  const base64 = formatBase64Query({
    form: "base64",
    protocolVersion: "14.1",
    command: "Ping",
    locale: 0x0409,
    deviceId: "D1",
    deviceType: "PocketPC",
    policyKey: 7,
    parameters: [],
  });
  const anna = `Authorization: Basic ${Buffer.from("CORP\\anna:a:b").toString("base64")}`;

  test.each([
    ["with a gzip body", PING, gzipSync(body), ["Content-Encoding: gzip"], "anna"],
    ["with an x-gzip body", PING, gzipSync(body), ["content-encoding: X-GZIP"], "anna"],
    ["with an identity body", PING, body, ["Content-Encoding: identity"], "anna"],
    ["with a base64 query and the user of Basic authorization", `?${base64}`, body, [anna], "CORP\\anna"],
    ["with a base64 query and nobody named", `?${base64}`, body, [], ""],
    ["with the user of its query before that of Basic authorization", PING, body, [anna], "anna"],
    ["with a query in any order and case", "?deviceid=D1&CMD=Ping&devicetype=PocketPC&user=a%40b.c", body, [], "a@b.c"],
  ] as const)("%s", async (_title, query, bytes, fields, user) => {
    const device = await connectDevice(rig.proxy.port);
    device.write(post(query, bytes, fields));
    await eventually(() => expect(server.requests).toHaveLength(1));
    expect(server.latest.body.equals(bytes)).toBe(true);
    expect(rig.heartbeats).toHaveLength(1);
    expect(asked()[0]).toMatchObject({
      device: { deviceId: "D1", user, deviceType: "PocketPC" },
      heartbeatIntervalSeconds: 480,
    });
    device.destroy();
  });

  test("chunk by chunk, and so is its answer", async () => {
    const device = await connectDevice(rig.proxy.port);
    device.write(`POST ${PATH}${PING} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`);
    for (const byte of body)
      device.write(Buffer.concat([Buffer.from("1;x=y\r\n"), Buffer.of(byte), Buffer.from("\r\n")]));
    device.write("0\r\nX: y\r\n\r\n");
    await eventually(() => expect(asked()).toHaveLength(1));
    const answer = gzipSync(encodePingResponse({ status: 2, folders: ["5"] }));
    await eventually(() => expect(server.requests).toHaveLength(1));
    server.latest.response.writeHead(200, { "Content-Encoding": "gzip" });
    for (const byte of answer) server.latest.response.write(Buffer.of(byte));
    server.latest.response.end();
    await eventually(() => expect(ended()).toEqual(["changes"]));
    device.destroy();
  });

  test.each([
    ["another path", "GET /Ping?Cmd=Ping&DeviceId=D1&User=a HTTP/1.1\r\nHost: a\r\n\r\n"],
    ["another method", "OPTIONS /Microsoft-Server-ActiveSync?Cmd=Ping&DeviceId=D1&User=a HTTP/1.1\r\nHost: a\r\n\r\n"],
    [
      "a query that can't be read",
      "POST /Microsoft-Server-ActiveSync?%zz HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
    ],
    ["no device", "POST /Microsoft-Server-ActiveSync?Cmd=Ping HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"],
  ])("but not one with %s", async (_title, text) => {
    const device = await connectDevice(rig.proxy.port);
    device.write(text);
    await eventually(() => expect(server.requests).toHaveLength(1));
    server.latest.response.end("x");
    await eventually(() => expect(device.bytesRead).toBeGreaterThan(0));
    expect(rig.heartbeats).toEqual([]);
    device.destroy();
  });
});

describe("an exchange ends as", () => {
  const added = {
    ...INBOX,
    status: 1,
    moreAvailable: false,
    commandCount: 1,
    added: [{ serverId: "5:1", subject: "s" }],
  };

  test.each([
    ["held", "Ping", 200, NO_CHANGES, 1],
    ["held", "Sync", 200, Buffer.alloc(0), undefined],
    ["changes", "Ping", 200, encodePingResponse({ status: 2, folders: ["5"] }), 2],
    ["changes", "Sync", 200, encodeSyncResponse({ collections: [added] }), 1],
    ["rejected", "Ping", 200, encodePingResponse({ status: 5, heartbeatIntervalSeconds: 60 }), 5],
    ["rejected", "Sync", 200, encodeSyncResponse({ status: 14, limit: 59, collections: [] }), 14],
    ["serverFailed", "Ping", 503, Buffer.from("busy"), undefined],
    ["serverFailed", "Sync", 401, Buffer.from("who?"), undefined],
  ] as const)("%s: a %s that is answered %i", async (outcome, command, httpStatus, body, status) => {
    const device = await park(command);
    server.latest.response.writeHead(httpStatus).end(body);
    await eventually(() => expect(ended()).toEqual([outcome]));
    expect(rig.heartbeats.at(-1)).toMatchObject({ end: { outcome, httpStatus, status, hop: undefined } });
    device.destroy();
  });

  test("serverFailed: the server breaks off", async () => {
    const device = await park("Ping");
    server.latest.response.destroy();
    await eventually(() => expect(ended()).toEqual(["serverFailed"]));
    device.destroy();
  });

  test("serverFailed: the server breaks off within its answer", async () => {
    const device = await park("Ping");
    server.latest.response.writeHead(200, { "Content-Length": 99 }).write(NO_CHANGES);
    await eventually(() => expect(device.bytesRead).toBeGreaterThan(0));
    server.latest.response.destroy();
    await eventually(() => expect(ended()).toEqual(["serverFailed"]));
    expect(rig.heartbeats.at(-1)).toMatchObject({ end: { httpStatus: 200 } });
    device.destroy();
  });

  test("lost: the device leaves and asks anew", async () => {
    const device = await park("Ping");
    device.destroy();
    await eventually(() => expect(rig.proxy.flowCount).toBe(0));
    expect(ended()).toEqual([]);
    const again = await park("Ping");
    expect(ended()).toEqual(["lost"]);
    again.destroy();
  });

  test("lost: the device asks anew on another flow while the first still stands", async () => {
    const device = await park("Ping");
    const again = await park("Ping");
    expect(ended()).toEqual(["lost"]);
    device.destroy();
    again.destroy();
  });

  test("withdrawn: the device leaves and syncs", async () => {
    const device = await park("Ping");
    device.destroy();
    await eventually(() => expect(rig.proxy.flowCount).toBe(0));
    await syncOnce({ collections: [INBOX] });
    expect(ended()).toEqual(["withdrawn"]);
  });

  test("serverFailed: a refusal that came before the request's end", async () => {
    const device = await connectDevice(rig.proxy.port);
    const text = post(PING, encodePingRequest({ heartbeatIntervalSeconds: 480 }), ["X-Refuse: early"]);
    server.answerEarly(401);
    device.write(text.subarray(0, -1));
    await eventually(() => expect(device.bytesRead).toBeGreaterThan(0));
    expect(rig.heartbeats).toEqual([]);
    device.write(text.subarray(-1));
    await eventually(() => expect(rig.heartbeats.map((event) => event.kind)).toEqual(["asked", "ended"]));
    expect(ended()).toEqual(["serverFailed"]);
    expect(rig.proxy.parkedCount).toBe(0);
    device.destroy();
  });

  test("one after the other when they were pipelined", async () => {
    const device = await connectDevice(rig.proxy.port);
    const interval = (heartbeatIntervalSeconds: number): Buffer =>
      post(PING, encodePingRequest({ heartbeatIntervalSeconds, folders: FOLDERS }));
    device.write(Buffer.concat([interval(480), post("?Cmd=Settings&DeviceId=D1&User=anna"), interval(720)]));
    await eventually(() => expect(server.requests).toHaveLength(3));
    expect(rig.proxy.parkedCount).toBe(2);
    for (const { response, url } of server.requests) response.end(url.includes("Ping") ? NO_CHANGES : "");
    await eventually(() => expect(ended()).toEqual(["held", "held"]));
    expect(asked().map((each) => each.heartbeatIntervalSeconds)).toEqual([480, 720]);
    device.destroy();
  });
});

describe("who asks", () => {
  const body = encodePingRequest({ heartbeatIntervalSeconds: 480, folders: FOLDERS });

  test.each([
    ["a DeviceId", `?Cmd=Ping&User=anna&DeviceType=PocketPC&DeviceId=${"d".repeat(65)}`],
    ["a user", `?Cmd=Ping&User=${"u".repeat(513)}&DeviceType=PocketPC&DeviceId=D1`],
  ])("is not followed with %s that is longer than any can be", async (_, query) => {
    await askOnce(query, body, NO_CHANGES);
    expect(rig.heartbeats).toEqual([]);
  });

  test("has a DeviceType that is cut to 64 characters", async () => {
    await askOnce(`?Cmd=Ping&User=anna&DeviceId=D1&DeviceType=${"t".repeat(15_000)}`, body, NO_CHANGES);
    expect(asked()[0]?.device.deviceType).toBe("t".repeat(64));
  });
});

describe("what can't be read passes untouched, and is counted", () => {
  const ping = Buffer.from(encodePingRequest({ heartbeatIntervalSeconds: 480, folders: FOLDERS }));
  const GZIP = ["Content-Encoding: gzip"];

  test.each([
    ["wbxml", "a truncated Ping", ping.subarray(0, -3), []],
    ["wbxml", "bytes that are no WBXML", Buffer.from("<?xml version='1.0'?><Ping/>"), []],
    ["wbxml", "an element nested 10,000 deep", Buffer.from([3, 1, 106, 0, ...Array(10_000).fill(0x4d)]), []],
    [
      "wbxml",
      "a string table that is longer than the body",
      Buffer.from([3, 1, 106, 0x8f, 0xff, 0xff, 0x7f, 0x45]),
      [],
    ],
    ["wbxml", "a Ping without anything in it", Buffer.from([3, 1, 106, 0, 0, 13, 0x05]), []],
    ["gzip", "a truncated gzip body", gzipSync(ping).subarray(0, -9), GZIP],
    ["gzip", "a body that is not gzip at all", ping, GZIP],
    ["gzip", "a coding nobody knows", ping, ["Content-Encoding: br"]],
    ["too-large", "a gzip bomb of 64 MiB", BOMB, GZIP],
    ["too-large", "a body of 300 KiB", Buffer.alloc(300 * 1024, 3), []],
  ] as const)("as %s: %s", async (reason, _title, body, fields) => {
    const device = await connectDevice(rig.proxy.port);
    device.write(post(PING, body, fields));
    await eventually(() => expect(server.requests).toHaveLength(1));
    expect(server.latest.body.equals(body)).toBe(true);
    expect(failures()).toEqual([reason]);
    expect(asked()[0]?.heartbeatIntervalSeconds).toBeUndefined();
    device.destroy();
  });

  test("in answers too, which count by the time they took", async () => {
    const device = await park("Ping");
    server.latest.response.writeHead(200, { "Content-Encoding": "gzip" }).end(BOMB);
    await eventually(() => expect(ended()).toEqual(["changes"]));
    expect(failures()).toEqual(["too-large"]);
    device.destroy();
  });
});

const PATH = "/Microsoft-Server-ActiveSync";
const PING = `?Cmd=Ping&${IDENTITY}`;

function post(query: string, body: Uint8Array = Buffer.alloc(0), fields: readonly string[] = []): Buffer {
  const lines = [`POST ${PATH}${query} HTTP/1.1`, "Host: a", ...fields, `Content-Length: ${body.length}`, "", ""];
  return Buffer.concat([Buffer.from(lines.join("\r\n")), body]);
}

async function askOnce(query: string, body: Uint8Array, answer: Uint8Array): Promise<void> {
  const count = server.requests.length;
  const device = await connectDevice(rig.proxy.port);
  device.write(post(query, body));
  await eventually(() => expect(server.requests).toHaveLength(count + 1));
  server.latest.response.end(answer);
  await eventually(() => expect(rig.proxy.bytes.fromServer).toBeGreaterThan(0));
  await new Promise((resolve) => device.once("data", resolve));
  device.destroy();
}

function pingOnce(request: Parameters<typeof encodePingRequest>[0]): Promise<void> {
  return askOnce(PING, encodePingRequest(request), NO_CHANGES);
}

function syncOnce(request: Parameters<typeof encodeSyncRequest>[0]): Promise<void> {
  return askOnce(`?Cmd=Sync&${IDENTITY}`, encodeSyncRequest(request), Buffer.alloc(0));
}

/** A device whose request has come to the server. */
async function park(command: "Ping" | "Sync"): Promise<Awaited<ReturnType<typeof connectDevice>>> {
  const count = server.requests.length;
  const body =
    command === "Ping"
      ? encodePingRequest({ heartbeatIntervalSeconds: 480, folders: FOLDERS })
      : encodeSyncRequest({ collections: [INBOX], waitMinutes: 8 });
  const device = await connectDevice(rig.proxy.port);
  device.resume();
  device.write(post(`?Cmd=${command}&${IDENTITY}`, body));
  await eventually(() => expect(server.requests).toHaveLength(count + 1));
  return device;
}

function asked(): readonly Exchange[] {
  return rig.heartbeats.flatMap((event) => (event.kind === "asked" ? [event.exchange] : []));
}

function ended(): readonly string[] {
  return rig.heartbeats.flatMap((event: HeartbeatEvent) => (event.kind === "ended" ? [event.end.outcome] : []));
}

function failures(): readonly string[] {
  return rig.heartbeats.flatMap((event) => (event.kind === "decodeFailed" ? [event.reason] : []));
}
