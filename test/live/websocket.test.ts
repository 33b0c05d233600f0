import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { eventually } from "../support/pass-eventually.ts";
import { testIdentity } from "../support/identity.ts";
import { LEG_KINDS, type Rig, startRig } from "../support/rig.ts";

describe.each(LEG_KINDS)("over the %s leg", (legKind) => {
  let server: WebSocketServer;
  let rig: Rig;
  beforeAll(async () => {
    server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: true });
    await once(server, "listening");
    const address = server.address();
    rig = await startRig(typeof address === "object" && address !== null ? address.port : 0, { legKind });
  });
  afterAll(async () => {
    await rig.stop();
    server.close();
  });

  test("a WebSocket speaks both ways, pings and closes with its code", async () => {
    server.once("connection", (socket) => {
      socket.send("welcome");
      socket.on("message", (bytes, isBinary) => socket.send(bytes, { binary: isBinary }));
    });
    const { authority } = await testIdentity();
    const ca = authority.certificate.toString();
    const device = new WebSocket(`wss://localhost:${rig.proxy.port}/`, { ca });
    const heard: string[] = [];
    device.on("message", (bytes, isBinary) => heard.push(`${isBinary}:${textOf(bytes)}`));
    await once(device, "open");
    device.send("hello");
    device.send(Buffer.from("binary"), { binary: true });
    device.send("x".repeat(1024 * 1024));
    await eventually(() => expect(heard).toHaveLength(4));
    expect(heard.slice(0, 3)).toEqual(["false:welcome", "false:hello", "true:binary"]);
    expect(heard[3]).toBe(`false:${"x".repeat(1024 * 1024)}`);
    device.ping();
    await once(device, "pong");
    for (const socket of server.clients) socket.close(4000, "enough");
    const [code, reason]: unknown[] = await once(device, "close");
    expect([code, String(reason)]).toEqual([4000, "enough"]);
    await eventually(() => expect(rig.proxy.flowCount).toBe(0));
  });
});

function textOf(bytes: Buffer | ArrayBuffer | Buffer[]): string {
  return Buffer.isBuffer(bytes) ? bytes.toString() : "";
}
