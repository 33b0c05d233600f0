import type { Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { VirtualScheduler } from "../../src/core/virtual-scheduler.ts";
import type { Endings } from "../../src/path/condition.ts";
import { idleHop, LEG_KINDS, profileOf, startTcpServer } from "../support/rig.ts";
import { eventually, type RewriterRig, startRewriter, TestDevice } from "./rewriter-support.ts";

const running: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of running.splice(0).toReversed()) await each.stop();
});

describe.each(LEG_KINDS)("above a %s leg, when an idle time-out expires while a request is parked", (legKind) => {
  test("drop: neither side sees anything, and the late answer is swallowed and counted", async () => {
    const { rewriter, device, server } = await park({ toDevice: "drop", toServer: "drop" });
    expect(server.socket.destroyed).toBe(false);
    server.socket.write(OK);
    await eventually(() => kinds(rewriter).includes("lateAnswer"), "the late answer is told");
    expect(device).toMatchObject({ received: "", end: undefined });
    expect(outcomes(rewriter)).toEqual(["expired"]);
    device.socket.destroy();
    await flowCloses(rewriter);
    expect(server.seen).toEqual([]);
  });

  test("drop: the server's request stays open although the device went, and is answered into the void", async () => {
    const { rewriter, device, server } = await park({ toDevice: "drop", toServer: "drop" });
    device.socket.destroy();
    await eventually(() => device.socket.destroyed, "the device is gone");
    expect(server.seen).toEqual([]);
    server.socket.write(OK);
    await flowCloses(rewriter);
    expect(kinds(rewriter)).toContain("lateAnswer");
  });

  test("reset: both sides get an RST", async () => {
    const { rewriter, device, server } = await park({ toDevice: "reset", toServer: "reset" });
    await device.until(() => device.end !== undefined);
    expect(device.end).toBe("reset");
    await eventually(() => server.seen.includes("close"), "the server's side is closed");
    expect(server.seen).toEqual(["ECONNRESET", "close"]);
    await flowCloses(rewriter);
  });

  test("close: both sides get a FIN, the device's without close_notify", async () => {
    const { rewriter, device, server } = await park({ toDevice: "close", toServer: "close" });
    await device.until(() => device.end !== undefined);
    expect(device.end).toBe("cut");
    await eventually(() => server.seen.includes("end"), "the server's side is ended");
    server.socket.end();
    await flowCloses(rewriter);
  });

  test("reset-on-next: each side gets its RST when it sends", async () => {
    const { rewriter, device, server } = await park({ toDevice: "reset-on-next", toServer: "reset-on-next" });
    expect(device.end).toBeUndefined();
    expect(server.seen).toEqual([]);
    server.socket.write(OK);
    await eventually(() => server.seen.includes("close"), "the server's side is closed");
    expect(server.seen).toEqual(["ECONNRESET", "close"]);
    device.more("GET / HTTP/1.1\r\nHost: mail\r\n\r\n");
    await device.until(() => device.end !== undefined);
    expect(device).toMatchObject({ end: "reset", received: "" });
    await flowCloses(rewriter);
  });

  test.each([408, 502, 504, 524])("respond %i: the device gets that answer, the server an RST", async (respond) => {
    const { rewriter, device, server } = await park({ toDevice: { respond }, toServer: "reset" });
    await device.until(() => device.end !== undefined);
    expect(device.answers).toMatchObject([{ head: { status: respond } }]);
    await eventually(() => server.seen.includes("close"), "the server's side is closed");
    expect(server.seen).toEqual(["ECONNRESET", "close"]);
    await flowCloses(rewriter);
  });

  test("legs set apart: a silent death toward the device, an RST toward the server", async () => {
    const { rewriter, device, server } = await park({ toDevice: "drop", toServer: "reset" });
    await eventually(() => server.seen.includes("close"), "the server's side is closed");
    expect(device).toMatchObject({ received: "", end: undefined });
    device.socket.destroy();
    await flowCloses(rewriter);
    expect(outcomes(rewriter)).toEqual(["expired"]);
  });

  test("in mid-answer, respond can only cut the device", async () => {
    const { rewriter, device, server } = await park({ toDevice: { respond: 504 }, toServer: "reset" }, (socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\npart");
    });
    await device.until(() => device.end !== undefined);
    expect(device).toMatchObject({ end: "cut", answers: [] });
    await eventually(() => server.seen.includes("close"), "the server's side is closed");
    await flowCloses(rewriter);
  });

  interface Parked {
    readonly rewriter: RewriterRig;
    readonly device: TestDevice;
    readonly server: { readonly socket: Socket; readonly seen: readonly string[] };
  }

  /**
   * Parks a Ping on a path with an idle time-out, lets whoever answers early do so, and lets the time-out expire while
   * the proxy drains: however the flow ends, nothing is waited for after that.
   */
  async function park(atExpiry: Endings, onRequest?: (socket: Socket) => void): Promise<Parked> {
    const watching = await watchingServer(onRequest);
    running.push(watching.server);
    const scheduler = new VirtualScheduler();
    const profile = profileOf(idleHop(60_000, atExpiry));
    const rewriter = await startRewriter(watching.server.port, {}, { legKind, scheduler, profile });
    running.push(rewriter);
    const device = await TestDevice.connect(rewriter.port);
    device.send(PING, { method: "POST" });
    await isParked(rewriter, watching);
    if (onRequest !== undefined) await device.until(() => device.head !== undefined);
    const drained = rewriter.rig.proxy.drain(PATIENCE_MS);
    expect(rewriter.rig.proxy.busyCount).toBe(1);
    scheduler.runUntil(scheduler.now() + 60_000);
    expect(rewriter.rig.flows.map((event) => event.kind)).toEqual(["opened", "ended"]);
    await drained;
    expect(rewriter.rig.proxy.busyCount).toBe(0);
    return { rewriter, device, server: { socket: watching.socketOf(), seen: watching.seen } };
  }
});

describe.each(LEG_KINDS)("above a %s leg, on a living path", (legKind) => {
  test.each([
    { how: "an RST", leave: (device: TestDevice) => device.raw.resetAndDestroy() },
    { how: "a bare FIN", leave: (device: TestDevice) => device.raw.destroy() },
    { how: "close_notify and FIN", leave: (device: TestDevice) => device.socket.end() },
  ])("a device that leaves its parked request by $how ends the server's side", async (row) => {
    const watching = await watchingServer(undefined, (socket) => socket.end());
    running.push(watching.server);
    const rewriter = await startRewriter(watching.server.port, {}, { legKind });
    running.push(rewriter);
    const device = await TestDevice.connect(rewriter.port);
    device.send(PING, { method: "POST" });
    await isParked(rewriter, watching);
    row.leave(device);
    await eventually(() => watching.seen.includes("close"), "the server's side is closed");
    await flowCloses(rewriter);
    expect(device.received).toBe("");
  });

  test("a device that has ended its side still gets its answer", async () => {
    const watching = await watchingServer();
    running.push(watching.server);
    const rewriter = await startRewriter(watching.server.port, {}, { legKind });
    running.push(rewriter);
    const device = await TestDevice.connect(rewriter.port);
    device.send(PING, { method: "POST" });
    device.socket.end();
    await eventually(() => watching.seen.includes("end"), "the server sees the device's end");
    watching.socketOf().write(OK);
    watching.socketOf().end();
    const { body } = await device.answer();
    expect(body).toBe("ok");
    await flowCloses(rewriter);
    expect(device.end).toBe("fin");
  });

  test("a device that ends within a request takes it back", async () => {
    const watching = await watchingServer();
    running.push(watching.server);
    const rewriter = await startRewriter(watching.server.port, {}, { legKind });
    running.push(rewriter);
    const device = await TestDevice.connect(rewriter.port);
    device.send("POST / HTTP/1.1\r\nHost: mail\r\nContent-Length: 10\r\n\r\npart", { method: "POST" });
    await eventually(() => watching.heard().endsWith("part"), "the request is with the server");
    device.socket.end();
    await eventually(() => watching.seen.includes("close"), "the server's side is closed");
    await flowCloses(rewriter);
    expect(device.received).toBe("");
  });

  test("a server that ends without an answer gives a 502 in a sentence", async () => {
    const watching = await watchingServer();
    running.push(watching.server);
    const rewriter = await startRewriter(watching.server.port, {}, { legKind });
    running.push(rewriter);
    const device = await TestDevice.connect(rewriter.port);
    device.send(PING, { method: "POST" });
    await isParked(rewriter, watching);
    watching.socketOf().end();
    const { head, body } = await device.answer();
    expect(head.status).toBe(502);
    expect(body).toMatch(/^The Client Access server .* broke off before its answer: it closed the connection\.\n$/u);
    await flowCloses(rewriter);
    expect(outcomes(rewriter)).toEqual(["serverFailed"]);
  });
});

/** Longer than a test may run: what resolves in time was not waited out. */
const PATIENCE_MS = 600_000;

const PING =
  "POST /Microsoft-Server-ActiveSync?Cmd=Ping&User=u&DeviceId=d1&DeviceType=t HTTP/1.1\r\nHost: mail\r\nMS-ASProtocolVersion: 14.1\r\nContent-Length: 0\r\n\r\n";
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

interface WatchingServer {
  readonly server: Awaited<ReturnType<typeof startTcpServer>>;
  /** What happened to the connection: `end`, an error's code, `close`. */
  readonly seen: string[];
  readonly socketOf: () => Socket;
  /** All that came. */
  readonly heard: () => string;
}

/** A server for one connection, that says nothing by itself. */
async function watchingServer(
  onRequest: (socket: Socket) => void = () => undefined,
  onEnd: (socket: Socket) => void = () => undefined,
): Promise<WatchingServer> {
  const seen: string[] = [];
  const sockets: Socket[] = [];
  let heard = "";
  const server = await startTcpServer((socket) => {
    sockets.push(socket);
    socket.once("data", () => onRequest(socket));
    socket.on("end", () => {
      seen.push("end");
      onEnd(socket);
    });
    socket.on("error", (error: Error & { readonly code?: string }) => seen.push(error.code ?? ""));
    socket.on("close", () => seen.push("close"));
    socket.on("data", (bytes: Buffer) => {
      heard += bytes.toString("latin1");
    });
  });
  const socketOf = (): Socket => {
    const [socket] = sockets;
    if (socket === undefined) throw new Error("nobody has connected");
    return socket;
  };
  return { server, seen, socketOf, heard: () => heard };
}

function kinds({ rig }: RewriterRig): readonly string[] {
  return rig.heartbeats.map((event) => event.kind);
}

function outcomes({ rig }: RewriterRig): readonly string[] {
  return rig.heartbeats.flatMap((event) => (event.kind === "ended" ? [event.end.outcome] : []));
}

async function isParked({ rig }: RewriterRig, { heard }: WatchingServer): Promise<void> {
  await eventually(() => rig.proxy.parkedCount === 1 && heard().endsWith("\r\n\r\n"), "the Ping is with the server");
}

async function flowCloses({ rig }: RewriterRig): Promise<void> {
  await eventually(() => rig.flows.some((event) => event.kind === "closed"), "the flow is closed");
  expect(rig.proxy.flowCount).toBe(0);
}
