import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { afterEach, expect, test } from "vitest";
import { type RawData, WebSocket, WebSocketServer } from "ws";
import { VirtualScheduler } from "../../src/core/virtual-scheduler.ts";
import { idleHop, profileOf } from "../support/rig.ts";
import { eventually, type RewriterRig, startHttp, startRewriter, TestDevice } from "./rewriter-support.ts";

const running: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of running.splice(0).toReversed()) await each.stop();
});

test("messages of any size pass both ways, and the closing code too", async () => {
  const { rewriter } = await startEcho();
  const client = await open(rewriter);
  for (const size of [0, 1, 125, 126, 65_535, 65_536, 2_000_000]) {
    const message = Buffer.alloc(size, size);
    const echoed = new Promise<RawData>((resolve) => client.once("message", resolve));
    client.send(message);
    expect(message.equals(toBuffer(await echoed))).toBe(true);
  }
  const closed = new Promise((resolve) =>
    client.once("close", (code, reason) => resolve(`${code} ${reason.toString()}`)),
  );
  client.close(4001, "enough");
  expect(await closed).toBe("4001 enough");
  await eventually(() => rewriter.rig.proxy.flowCount === 0, "the flow is closed");
});

test("the server sees what the device asked for, rewritten, and the device its answer's fields", async () => {
  const { rewriter, server } = await startEcho();
  const asked = new Promise<IncomingMessage>((resolve) => {
    server.once("connection", (_socket, request) => resolve(request));
  });
  const client = new WebSocket(`wss://127.0.0.1:${rewriter.port}/path?query`, ["first", "second"], {
    rejectUnauthorized: false,
    headers: { "X-Own": "1" },
  });
  const request = await asked;
  await once(client, "open");
  expect(request.url).toBe("/path?query");
  expect(request.headers).toMatchObject({ "x-own": "1", "x-forwarded-proto": "https", upgrade: "websocket" });
  expect(client.protocol).toBe("first");
  client.terminate();
  await eventually(() => rewriter.rig.proxy.flowCount === 0, "the flow is closed");
});

test("bytes that follow the request at once wait for the switch and get through", async () => {
  const { rewriter } = await startEcho();
  const device = await TestDevice.connect(rewriter.port);
  const masked = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]);
  device.send(Buffer.concat([Buffer.from(UPGRADE), masked]), { upgrade: true });
  await device.until(() => device.received.endsWith("\x81\x02hi") || device.end !== undefined);
  expect(device.answers).toMatchObject([{ head: { status: 101 } }]);
  device.socket.destroy();
});

test.each([
  { how: "by an RST", leave: (client: TestDevice) => client.raw.resetAndDestroy() },
  { how: "by a FIN", leave: (client: TestDevice) => client.raw.destroy() },
])("a device that leaves $how takes the server's side with it", async ({ leave }) => {
  const { rewriter, server } = await startEcho();
  const device = await TestDevice.connect(rewriter.port);
  device.send(UPGRADE, { upgrade: true });
  await device.answer();
  leave(device);
  await eventually(() => server.clients.size === 0, "the server's side is closed");
  await eventually(() => rewriter.rig.proxy.flowCount === 0, "the flow is closed");
  expect(device.received.endsWith("\r\n\r\n")).toBe(true);
});

test.each(["reset", "close"] as const)("a path that ends by %s after the switch ends both sides", async (how) => {
  const scheduler = new VirtualScheduler();
  const profile = profileOf(idleHop(60_000, { toDevice: how, toServer: how }));
  const { rewriter, server } = await startEcho({ scheduler, profile });
  const device = await TestDevice.connect(rewriter.port);
  device.send(UPGRADE, { upgrade: true });
  await device.answer();
  scheduler.runUntil(60_000);
  await device.until(() => device.end !== undefined);
  expect(device.end).toBe(how === "reset" ? "reset" : "cut");
  await eventually(() => server.clients.size === 0, "the server's side is closed");
  await eventually(() => rewriter.rig.proxy.flowCount === 0, "the flow is closed");
});

test("a server that dies after the switch cuts the device", async () => {
  const { rewriter, server } = await startEcho();
  const device = await TestDevice.connect(rewriter.port);
  device.send(UPGRADE, { upgrade: true });
  await device.answer();
  for (const client of server.clients) client.terminate();
  await device.until(() => device.end !== undefined);
  await eventually(() => rewriter.rig.proxy.flowCount === 0, "the flow is closed");
  expect(device.answers).toHaveLength(1);
});

test("an upgrade to anything else is passed over, and the connection stays HTTP", async () => {
  const { rewriter } = await startEcho();
  const device = await TestDevice.connect(rewriter.port);
  const fields = "Host: mail\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n";
  device.send(`GET / HTTP/1.1\r\n${fields}\r\n`, { upgrade: true });
  expect(await device.answer()).toMatchObject({ head: { status: 200 }, body: '{"host":"mail"}' });
  expect(await device.ask("GET / HTTP/1.1\r\nHost: mail\r\n\r\n")).toMatchObject({ head: { status: 200 } });
  device.socket.destroy();
});

const UPGRADE =
  "GET / HTTP/1.1\r\nHost: mail\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n\r\n";

async function startEcho(
  proxy: Parameters<typeof startRewriter>[2] = {},
): Promise<{ rewriter: RewriterRig; server: WebSocketServer }> {
  const http = await startHttp((request, response) => {
    const { host, upgrade } = request.headers;
    response.end(JSON.stringify({ host, upgrade }));
  });
  running.push(http);
  const server = new WebSocketServer({ server: http.server });
  server.on("connection", (socket) => {
    socket.on("error", () => undefined);
    socket.on("message", (message: RawData, binary: boolean) => socket.send(message, { binary }));
  });
  const rewriter = await startRewriter(http.port, {}, proxy);
  running.push(rewriter);
  return { rewriter, server };
}

async function open(rewriter: RewriterRig): Promise<WebSocket> {
  const client = new WebSocket(`wss://127.0.0.1:${rewriter.port}/`, { rejectUnauthorized: false });
  await once(client, "open");
  return client;
}

function toBuffer(data: RawData): Buffer {
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(new Uint8Array(data));
}
