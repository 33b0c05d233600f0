import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, test } from "vitest";
import type { LegKind } from "../../src/live/front.ts";
import { parseTarget } from "../../src/live/target.ts";
import { eventually } from "../support/pass-eventually.ts";
import { connectDevice } from "../support/pass-stage.ts";
import { LEG_KINDS, portOf, type Rig, startRig, startTcpServer, type TcpServer } from "../support/rig.ts";

const MIB = 1024 * 1024;
const BODY_BYTES = 32 * MIB;
/** Well above what sockets of either side buffer in this process, well below a body. */
const HELD_LIMIT_BYTES = 8 * MIB;
const PIECE = Buffer.alloc(256 * 1024, "0123456789abcdef");

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close();
});

describe.each(LEG_KINDS)("over the %s leg", (legKind) => {
  test("passes a large answer to a slow device without holding it", async () => {
    const head = `HTTP/1.1 200 OK\r\nContent-Length: ${BODY_BYTES}\r\n\r\n`;
    const server = await listen((socket) => {
      socket.once("data", () => void pour(socket, head));
    });
    const rig = await front(server, legKind);
    const device = await connectDevice(rig.proxy.port);
    device.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    expect(await sip(device, head)).toEqual({ bytes: head.length + BODY_BYTES, intact: true, bounded: true });
    device.destroy();
  });

  test("passes a large request to a slow server without holding it", async () => {
    const head = `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${BODY_BYTES}\r\n\r\n`;
    const accepted: Socket[] = [];
    const server = await listen((socket) => accepted.push(socket.pause()));
    const rig = await front(server, legKind);
    const device = await connectDevice(rig.proxy.port);
    void pour(device, head);
    await eventually(() => expect(accepted).toHaveLength(1));
    for (const socket of accepted) {
      expect(await sip(socket, head)).toEqual({ bytes: head.length + BODY_BYTES, intact: true, bounded: true });
    }
    device.destroy();
  });

  test("ends a large answer only when a slow device has it all", async () => {
    const head = "HTTP/1.0 200 OK\r\n\r\n";
    const server = await listen((socket) => {
      socket.once("data", () => void pour(socket, head).then(() => socket.end()));
    });
    const rig = await front(server, legKind);
    const device = await connectDevice(rig.proxy.port);
    device.write("GET / HTTP/1.0\r\n\r\n");
    expect(await sip(device, head)).toMatchObject({ bytes: head.length + BODY_BYTES, intact: true });
    if (!device.readableEnded) await once(device, "end");
    device.end();
    await eventually(() => expect(rig.proxy.flowCount).toBe(0));
  });

  test.skipIf(!HAS_IPV6)("listens on ::1 and reaches a target on ::1, where the machine has it", async () => {
    const server = createServer((socket) => {
      socket.once("data", () => socket.write(OK));
      socket.on("error", () => undefined);
    });
    server.listen(0, "::1");
    await once(server, "listening");
    opened.push(async () => void server.close());
    const target = parseTarget(`http://[::1]:${portOf(server)}`);
    const rig = await startRig(portOf(server), { legKind, host: "::1", target });
    opened.push(() => rig.stop());
    const device = await connectDevice(rig.proxy.port, "::1");
    device.write("GET / HTTP/1.1\r\nHost: [::1]\r\n\r\n");
    const [answer]: Buffer[] = await once(device, "data");
    expect(answer?.toString()).toBe(OK);
    device.destroy();
  });
});

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const HAS_IPV6 = Object.values(networkInterfaces())
  .flat()
  .some((address) => address?.address === "::1");

async function listen(onConnection: (socket: Socket) => void): Promise<TcpServer> {
  const server = await startTcpServer((socket) => {
    socket.on("error", () => undefined);
    onConnection(socket);
  });
  opened.push(() => server.stop());
  return server;
}

async function front(server: TcpServer, legKind: LegKind): Promise<Rig> {
  const rig = await startRig(server.port, { legKind });
  opened.push(() => rig.stop());
  return rig;
}

/** Writes a message with a large body as fast as it is taken. */
async function pour(socket: Socket, head: string): Promise<void> {
  socket.write(head);
  for (let sent = 0; sent < BODY_BYTES; sent += PIECE.length) {
    if (!socket.write(PIECE)) await once(socket, "drain");
  }
}

/** What a slow reader got. */
interface Sipped {
  readonly bytes: number;
  /** All as it was sent. */
  readonly intact: boolean;
  /** This process never held much more than before. */
  readonly bounded: boolean;
}

/** Reads a message more slowly than it is written, and looks after memory while it does. */
async function sip(socket: Socket, head: string): Promise<Sipped> {
  const before = await leastHeldBytes();
  const wanted = Buffer.from(head);
  let [bytes, intact, bounded, nextLook] = [0, true, true, MIB];
  for await (const piece of socket.iterator({ destroyOnReturn: false })) {
    intact &&= isNext(piece, bytes, wanted);
    bytes += piece.length;
    if (bytes > nextLook) {
      bounded &&= (await leastHeldBytes()) - before < HELD_LIMIT_BYTES;
      nextLook += 8 * MIB;
    }
    if (bytes >= head.length + BODY_BYTES) break;
    await setImmediate();
  }
  return { bytes, intact, bounded };
}

function isNext(piece: Buffer, at: number, head: Buffer): boolean {
  const ofHead = Math.max(0, Math.min(piece.length, head.length - at));
  const bodyAt = Math.max(0, at - head.length) % 16;
  return (
    piece.subarray(0, ofHead).equals(head.subarray(at, at + ofHead)) &&
    piece.subarray(ofHead).equals(PIECE.subarray(bodyAt, bodyAt + piece.length - ofHead))
  );
}

/** Bytes in buffers that something still holds; several looks, as buffers are freed behind the collector's back. */
async function leastHeldBytes(): Promise<number> {
  let least = Infinity;
  for (let look = 0; look < 4; look += 1) {
    collectGarbage();
    await setImmediate();
    least = Math.min(least, process.memoryUsage().arrayBuffers);
  }
  return least;
}

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");
