import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { afterAll, expect, test } from "vitest";
import { judgeEnd, lingerThenDestroy, probeHalfClosed, takeAway } from "../../src/live/linger.ts";
import { startTcpServer } from "../support/rig.ts";
import { expectNothingOpen } from "../support/wire-stage.ts";

afterAll(expectNothingOpen);

test("a connection that is taken away is reset", async () => {
  await using pair = await connectPair();
  takeAway(pair.near);
  const [error] = await once(pair.far, "error");
  expect(error).toHaveProperty("code", "ECONNRESET");
  expect(pair.near.destroyed).toBe(true);
});

test("a connection that is taken away while its FIN leaves closes behind it", async () => {
  await using pair = await connectPair();
  pair.near.end("last words");
  await once(pair.near, "prefinish");
  takeAway(pair.near);
  await Promise.all([once(pair.near, "close"), once(pair.far, "end")]);
  expect(pair.near.destroyed).toBe(true);
});

test("a connection that is taken away while TLS ends above it closes", async () => {
  await using pair = await connectPair();
  const above = new TLSSocket(pair.near, { isServer: true });
  above.on("error", () => undefined);
  above.end();
  takeAway(pair.near, above);
  await once(pair.near, "close");
  expect(pair.near.destroyed).toBe(true);
});

test("a connection that is not made yet is taken away at once", async () => {
  const socket = connect({ port: 1, host: "127.0.0.1" });
  takeAway(socket);
  takeAway(socket);
  await once(socket, "close");
  expect(socket.connecting).toBe(false);
});

test("a peer that does not close is taken away after a while, one that does is left alone", async () => {
  await using stubborn = await connectPair();
  stubborn.near.end();
  lingerThenDestroy(stubborn.near, stubborn.near, 20);
  await once(stubborn.near, "close");

  await using polite = await connectPair();
  lingerThenDestroy(polite.near, polite.near, 20);
  polite.far.end();
  polite.near.end();
  await once(polite.near, "close");
  lingerThenDestroy(polite.near);
  expect(polite.near.errored).toBeNull();
});

test("a peer that is gone after its FIN is found out by probes", async () => {
  await using pair = await connectPair();
  pair.far.end();
  await once(pair.near, "end");
  probeHalfClosed(pair.near, 10);
  pair.far.resetAndDestroy();
  const [error] = await once(pair.near, "error");
  expect(error).toHaveProperty("code", "EPIPE");
});

test.each([
  ["a FIN", (far: Socket) => far.end("x"), "finish", "fin"],
  ["an RST right behind data", (far: Socket) => far.write("x", () => far.resetAndDestroy()), "close", "rst"],
] as const)("the end that is %s is known as such", async (_what, end, sent, expected) => {
  await using pair = await connectPair();
  pair.near.pause();
  end(pair.far);
  await once(pair.far, sent);
  pair.near.on("error", () => undefined);
  const judged = new Promise((resolve) => {
    pair.near.once("end", () => {
      judgeEnd(
        pair.near,
        () => resolve("fin"),
        () => resolve("rst"),
      );
    });
  });
  pair.near.resume();
  expect(await judged).toBe(expected);
});

/** The two ends of one TCP connection. */
async function connectPair(): Promise<{ near: Socket; far: Socket } & AsyncDisposable> {
  const accepted: Socket[] = [];
  const server = await startTcpServer((socket) => {
    socket.on("error", () => undefined);
    socket.resume();
    accepted.push(socket);
  });
  const near = connect({ port: server.port, host: "127.0.0.1", allowHalfOpen: true });
  near.resume();
  await once(near, "connect");
  while (accepted.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const [far] = accepted;
  if (far === undefined) throw new Error("nothing was accepted");
  return {
    near,
    far,
    [Symbol.asyncDispose]: async () => {
      near.destroy();
      await server.stop();
    },
  };
}
