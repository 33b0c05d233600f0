import { once } from "node:events";
import { createServer } from "node:net";
import { afterAll, describe, expect, test } from "vitest";
import { tcpKind } from "../../src/live/listener-kinds.ts";
import { Proxy, startTcpProxy } from "../../src/live/proxy.ts";
import { parseTcpTarget } from "../../src/live/target.ts";
import type { PlainEnding } from "../../src/path/condition.ts";
import { idleHop, portOf, profileOf } from "../support/rig.ts";
import { setTcpStage, type TcpStage } from "../support/tcp-stage.ts";
import type { ServerPeer } from "../support/wire-server.ts";
import { expectNothingOpen } from "../support/wire-stage.ts";

const IDLE_MS = 200;
const MIB = 1024 * 1024;

afterAll(expectNothingOpen);

describe("a tcp listener", { concurrent: true }, () => {
  test("passes a mebibyte each way, byte for byte", async () => {
    await using stage = await setTcpStage({}, echo);
    const device = await stage.device();
    const sent = Buffer.alloc(MIB, "0123456789abcdefg");
    device.socket.write(sent);
    await stage.until(() => device.text.length === MIB);
    expect(device.text).toBe(sent.toString("latin1"));
    expect(stage.proxy.bytes).toEqual({ fromDevice: MIB, toDevice: MIB, fromServer: MIB, toServer: MIB });
  });

  test("calls the server at once, which may speak first", async () => {
    await using stage = await setTcpStage({}, (peer) => peer.write("* OK IMAP4rev1 ready\r\n"));
    const device = await stage.device();
    await stage.until(() => device.text === "* OK IMAP4rev1 ready\r\n");
    expect(stage.proxy.bytes.fromDevice).toBe(0);
  });

  test("is stopped for everyone who asks for it, with a flow open", async () => {
    await using stage = await setTcpStage();
    await stage.joined();
    const { proxy } = stage;
    await Promise.all([proxy.stop(), proxy.stop()]);
    await proxy.stop();
    expect(proxy.kept).toMatchObject({ flows: 0, sockets: 0 });
  });

  test("passes a device's FIN on, and what the server goes on to say", async () => {
    await using stage = await setTcpStage();
    const { device, peer } = await stage.joined();
    device.socket.end(" and that was all");
    await stage.server.until(() => peer.state === "fin");
    expect(peer.text).toBe("hello and that was all");
    expect(device.state).toBe("open");
    peer.write(", and this is all");
    peer.socket.end();
    await stage.until(() => device.state === "fin");
    expect(device.text).toBe("welcome, and this is all");
    await stage.closed();
  });

  test("passes a server's FIN on, and what the device goes on to say", async () => {
    await using stage = await setTcpStage();
    const { device, peer } = await stage.joined();
    peer.socket.end(" to all");
    await stage.until(() => device.state === "fin");
    expect(device.text).toBe("welcome to all");
    expect(peer.state).toBe("open");
    device.socket.end(" again");
    await stage.server.until(() => peer.state === "fin");
    expect(peer.text).toBe("hello again");
    await stage.closed();
  });

  test("passes an RST on, the device's and the server's", async () => {
    await using stage = await setTcpStage();
    const first = await stage.joined();
    first.device.socket.resetAndDestroy();
    await stage.server.until(() => first.peer.state === "rst");
    const second = await stage.joined();
    second.peer.socket.resetAndDestroy();
    await stage.until(() => second.device.state === "rst");
    await stage.closed(2);
    expect(stage.failures).toMatchObject([{ code: "ECONNRESET", connected: true }]);
  });

  test("meets a device with an RST when the server can't be reached", async () => {
    const unused = createServer().listen(0, "127.0.0.1");
    await once(unused, "listening");
    const target = parseTcpTarget(`127.0.0.1:${portOf(unused)}`);
    unused.close();
    await once(unused, "close");
    await using stage = await setTcpStage({ target });
    const device = await stage.device();
    await stage.until(() => device.state === "rst");
    await stage.closed();
    expect(stage.failures).toMatchObject([{ code: "ECONNREFUSED", connected: false }]);
  });

  test.each(["drop", "reset", "close", "reset-on-next"] as const)("ends a silent flow by %s", async (ending) => {
    await using stage = await setTcpStage({ profile: silentFor(ending) });
    const { device, peer } = await stage.joined();
    await expire(stage);
    expect(stage.flows[1]).toMatchObject({
      kind: "ended",
      hop: "hop",
      endings: { toDevice: ending, toServer: ending },
    });
    if (ending === "reset" || ending === "close") {
      const state = ending === "reset" ? "rst" : "fin";
      await stage.until(() => device.state === state);
      await stage.server.until(() => peer.state === state);
      return;
    }
    device.write("anybody there?");
    peer.write("anybody there?");
    if (ending === "reset-on-next") {
      await stage.until(() => device.state === "rst");
      await stage.server.until(() => peer.state === "rst");
      return;
    }
    await stage.settle();
    expect([device.state, device.text, peer.state, peer.text]).toEqual(["open", "welcome", "open", "hello"]);
  });

  test("shows a device that ends its side of a silenced flow nothing, then lets it go", async () => {
    await using stage = await setTcpStage({ profile: silentFor("drop"), holeLingerMs: 50 });
    const { device, peer } = await stage.joined();
    await expire(stage);
    device.socket.end();
    await stage.until(() => device.state === "rst" || device.closed);
    expect(peer.state).toBe("open");
    peer.socket.destroy();
    await stage.closed();
  });

  test("lets go of a silenced flow that nobody ends, after its time", async () => {
    await using stage = await setTcpStage({ profile: silentFor("drop"), holeLifetimeMs: 50 });
    const { device } = await stage.joined();
    await expire(stage);
    await stage.closed();
    await stage.until(() => device.state === "rst");
    expect(stage.flows.map(({ kind }) => kind)).toEqual(["opened", "ended", "closed"]);
  });

  test("holds a server back whose device never reads, and remembers little of what it says", async () => {
    await using stage = await setTcpStage();
    const { device, peer } = await stage.joined();
    device.socket.pause();
    const taken = await pourUntilHeldBack(stage, peer);
    expect(taken).toBeLessThan(24 * MIB);
    expect(stage.proxy.bytes.fromServer - stage.proxy.bytes.toDevice).toBeLessThan(MIB);
    device.socket.resume();
    await stage.until(() => device.text.length === "welcome".length + taken);
  });

  test("holds a device back whose server never reads, and remembers little of what it says", async () => {
    await using stage = await setTcpStage();
    const { device, peer } = await stage.joined();
    peer.socket.pause();
    const taken = await pourUntilHeldBack(stage, device);
    expect(taken).toBeLessThan(24 * MIB);
    expect(stage.proxy.bytes.fromDevice - stage.proxy.bytes.toServer).toBeLessThan(MIB);
    peer.socket.resume();
    await stage.server.until(() => peer.text.length === "hello".length + taken);
  });

  test("serves two hundred flows at once", async () => {
    await using stage = await setTcpStage({}, echo);
    const devices = await Promise.all(Array.from({ length: 200 }, () => stage.device()));
    for (const [number, device] of devices.entries()) device.write(`device ${number}`);
    await stage.until(() => devices.every((device, number) => device.text === `device ${number}`));
    expect(stage.proxy.flowCount).toBe(200);
    for (const device of devices) device.socket.end();
    await stage.closed(200);
  });

  test("listens on IPv6 and calls a server there", async () => {
    const server = createServer((socket) => socket.end("over IPv6")).listen(0, "::1");
    await once(server, "listening");
    await using stage = await setTcpStage({ host: "::1", target: parseTcpTarget(`[::1]:${portOf(server)}`) });
    const device = await stage.device("::1");
    await stage.until(() => device.state === "fin");
    expect(device.text).toBe("over IPv6");
    device.socket.end();
    await stage.closed();
    server.close();
  });

  test("refuses a path that answers in HTTP", async () => {
    await using stage = await setTcpStage();
    const profile = profileOf(idleHop(1000, { toDevice: { respond: 504 }, toServer: "reset" }));
    const started = startTcpProxy({ profile, target: parseTcpTarget("127.0.0.1:1"), scheduler: stage.scheduler });
    await expect(started).rejects.toMatchObject({ code: "E_PROFILE_INVALID" });
  });

  test("lets devices wait that connect before it serves", async () => {
    await using stage = await setTcpStage({}, (peer) => peer.write("ready"));
    const { scheduler } = stage;
    const target = parseTcpTarget(`127.0.0.1:${stage.server.port}`);
    const proxy = new Proxy({ host: "127.0.0.1", profile: profileOf(), scheduler }, tcpKind({ target, scheduler }));
    await proxy.listen();
    const [early, gone] = [await stage.device("127.0.0.1", proxy.port), await stage.device("127.0.0.1", proxy.port)];
    gone.socket.resetAndDestroy();
    await stage.settle();
    expect([proxy.flowCount, early.text]).toEqual([0, ""]);
    proxy.open();
    await stage.until(() => early.text === "ready");
    await proxy.stop();
    await stage.until(() => early.state === "rst");
  });

  test("lets those that are connected go on while it drains", async () => {
    await using stage = await setTcpStage();
    const { device, peer } = await stage.joined();
    const drained = stage.proxy.drain(60_000);
    peer.write("!");
    await stage.until(() => device.text.endsWith("!"));
    expect(stage.flows.map(({ kind }) => kind)).toEqual(["opened"]);
    device.socket.resetAndDestroy();
    await drained;
  });
});

function echo(peer: ServerPeer): void {
  peer.socket.on("data", (bytes) => peer.socket.write(bytes));
  peer.socket.on("end", () => peer.socket.end());
}

function silentFor(ending: PlainEnding) {
  return profileOf(idleHop(IDLE_MS, { toDevice: ending, toServer: ending }));
}

async function expire(stage: TcpStage): Promise<void> {
  stage.scheduler.start();
  await stage.until(() => stage.flows.some(({ kind }) => kind === "ended"));
}

/** Sends until nothing more is taken; tells how much was. */
async function pourUntilHeldBack(stage: TcpStage, { socket }: ServerPeer): Promise<number> {
  const piece = Buffer.alloc(64 * 1024, "x");
  let written = 0;
  do {
    while (!socket.writableNeedDrain) {
      socket.write(piece);
      written += piece.length;
    }
    await heldBack(stage, socket);
  } while (!socket.writableNeedDrain);
  return written;
}

/** Resolves once others were served twenty times in a row while nothing was taken from this one. */
async function heldBack(stage: TcpStage, socket: ServerPeer["socket"]): Promise<void> {
  let pendingBytes = socket.writableLength;
  for (let turn = 0; turn < 20 && socket.writableNeedDrain; turn += 1) {
    await stage.settle();
    if (socket.writableLength !== pendingBytes) turn = 0;
    pendingBytes = socket.writableLength;
  }
}
