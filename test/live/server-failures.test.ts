import { createServer } from "node:net";
import { once } from "node:events";
import { afterAll, describe, expect, test } from "vitest";
import { parseTarget } from "../../src/live/target.ts";
import { getRequest, pingRequest, textAnswer } from "../support/requests.ts";
import { LEG_KINDS, portOf } from "../support/rig.ts";
import { expectNothingOpen, setStage, type WireStage } from "../support/wire-stage.ts";
import type { ServerPeer } from "../support/wire-server.ts";

const ENDS = [
  ["resets", (peer: ServerPeer) => peer.socket.resetAndDestroy(), "rst"],
  ["ends its side", (peer: ServerPeer) => peer.socket.end(), "fin"],
  ["closes", (peer: ServerPeer) => peer.socket.destroy(), "fin"],
] as const;

const LENGTH = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbeginning";
const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nbeginning\r\n";
const UNTIL_CLOSE = "HTTP/1.1 200 OK\r\n\r\nall of it";

afterAll(expectNothingOpen);

describe.each(LEG_KINDS)("over the %s leg, a server that", { concurrent: true }, (legKind) => {
  test.each(ENDS)("%s before its answer gives the device a 502 that says so", async (_what, end) => {
    await using stage = await setStage({ legKind });
    const { device, peer } = await stage.park();
    end(peer);
    expect(await device.ended()).toBe("fin");
    expect502(stage, device.text);
    expect(device.closeNotified).toBe(true);
    device.raw.end();
    await stage.closed();
  });

  test.each(ENDS)(
    "%s in the middle of its answer's head gives the device a 502 and no piece of it",
    async (_what, end) => {
      await using stage = await setStage({ legKind });
      const { device, peer } = await stage.park();
      peer.write("HTTP/1.1 200 OK\r\nContent-Le");
      await stage.settle();
      end(peer);
      expect(await device.ended()).toBe("fin");
      expect502(stage, device.text);
      expect(device.closeNotified).toBe(true);
      device.raw.end();
      await stage.closed();
    },
  );

  test.each(ENDS)("%s after an interim answer gives the device a 502 behind it", async (_what, end) => {
    await using stage = await setStage({ legKind });
    const { device, peer } = await stage.park();
    const interim = "HTTP/1.1 103 Early Hints\r\n\r\n";
    peer.write(interim);
    await device.until(() => device.text === interim);
    end(peer);
    expect(await device.ended()).toBe("fin");
    expect(device.text.slice(interim.length)).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/u);
  });

  test.each([
    ["a body with a length", LENGTH],
    ["a chunked body", CHUNKED],
  ])("breaks off in the middle of %s leaves the device visibly cut", async (_what, beginning) => {
    for (const [, end, seen] of ENDS) {
      await using stage = await setStage({ legKind });
      const { device, peer } = await stage.park();
      peer.write(beginning);
      await device.until(() => device.text === beginning);
      end(peer);

      expect(await device.ended()).toBe(seen);
      expect(device.closeNotified).toBe(false);
      expect(device.text).toBe(beginning);
      expect(stage.rig.serverFailures).toHaveLength(1);
      expect(stage.outcomes).toMatchObject([{ outcome: "serverFailed" }]);
      device.raw.destroy();
      await stage.closed();
    }
  });

  test.each([
    ["breaks off", ""],
    ["goes on with nonsense", "nonsense\r\n"],
  ])("%s at length leaves a slow device all that was sent before, and then the cut", async (_what, last) => {
    await using stage = await setStage({ legKind });
    const { device, peer } = await stage.park();
    device.raw.pause();
    const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    const chunk = `${LONG.length.toString(16)}\r\n${LONG}\r\n`;
    peer.write(head + chunk.repeat(8));
    peer.socket.end(last);
    await stage.settle();
    device.raw.resume();

    expect(await device.ended()).toBe("fin");
    expect(device.closeNotified).toBe(false);
    expect(device.text.length).toBe(head.length + chunk.length * 8);
  });

  test("resets right behind the last bytes of a body until the end is not taken to have ended it", async () => {
    await using stage = await setStage({ legKind });
    const { device, peer } = await stage.park();
    peer.socket.write(UNTIL_CLOSE, () => peer.socket.resetAndDestroy());

    expect(await device.ended()).toBe("rst");
    expect(device.closeNotified).toBe(false);
    expect(stage.outcomes).toMatchObject([{ outcome: "serverFailed" }]);
  });

  test.each(ENDS.slice(1))("%s behind a body until the end has ended it in order", async (_what, end) => {
    await using stage = await setStage({ legKind });
    const { device, peer } = await stage.park();
    peer.write(UNTIL_CLOSE);
    await device.until(() => device.text === UNTIL_CLOSE);
    end(peer);

    expect(await device.ended()).toBe("fin");
    expect(device.closeNotified).toBe(true);
    expect(device.text).toBe(UNTIL_CLOSE);
    expect(stage.rig.serverFailures).toEqual([]);
  });

  test.each(ENDS)("%s between requests does the same to the device", async (_what, end, seen) => {
    await using stage = await setStage({ legKind }, answer);
    const device = await stage.device();
    device.send(getRequest());
    await device.until(() => device.text === textAnswer("ok"));
    const peer = await stage.server.peer();
    end(peer);

    expect(await device.ended()).toBe(seen);
    expect(device.closeNotified).toBe(seen === "fin");
    expect(device.text).toBe(textAnswer("ok"));
    device.raw.end();
    await stage.closed();
    expect(stage.outcomes).toEqual([]);
  });

  test("closes after every answer does so to the device, the whole answer first", async () => {
    const long = `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${LONG.length}\r\n\r\n${LONG}`;
    await using stage = await setStage({ legKind }, (peer) => {
      peer.socket.once("data", () => peer.socket.end(long));
    });
    const device = await stage.device();
    device.send(getRequest());

    expect(await device.ended()).toBe("fin");
    await device.until(() => device.closeNotified);
    expect(device.text).toBe(long);
    device.raw.end();
    await stage.closed();
    expect(stage.rig.serverFailures).toEqual([]);
  });

  test("answers nonsense gives the device a 502", async () => {
    await using stage = await setStage({ legKind });
    const { device, peer } = await stage.park();
    peer.write("SSH-2.0-OpenSSH_9.6\r\n");
    expect(await device.ended()).toBe("fin");
    expect(device.text).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/u);
    await stage.server.until(() => peer.state === "rst");
    expect(stage.rig.serverFailures).toMatchObject([{ code: "E_PROTOCOL" }]);
  });

  test("sends its head byte by byte is passed on", async () => {
    await using stage = await setStage({ legKind });
    const { device, peer } = await stage.park();
    for (const byte of textAnswer("slow")) {
      peer.write(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await device.until(() => device.text.endsWith("slow"));
    expect(device.text).toBe(textAnswer("slow"));
  });

  test("does not read what the device sends at length, and breaks off, leaves the device a 502", async () => {
    await using stage = await setStage({ legKind });
    const device = await stage.device();
    device.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${LONG.length * 9}\r\n\r\n`);
    const peer = await stage.server.peer(0, "\r\n\r\n");
    peer.socket.pause();
    for (let piece = 0; piece < 8; piece += 1) device.send(LONG);
    await stage.settle();
    peer.socket.resetAndDestroy();

    expect(await device.ended()).toBe("fin");
    expect(device.text).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/u);
    device.raw.end();
    await stage.closed();
  });

  test("answers early, ends its side and breaks off under what the device still sends is heard out", async () => {
    const early = "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig";
    for (let round = 0; round < 5; round += 1) {
      await using stage = await setStage({ legKind }, (peer) => {
        peer.socket.pause();
        peer.socket.write(early, () => peer.socket.destroy());
      });
      const device = await stage.device();
      device.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${LONG.length * 40}\r\n\r\n`);
      for (let piece = 0; piece < 24; piece += 1) device.send(LONG);

      expect(await device.ended()).toBe("fin");
      expect(device.text).toBe(early);
      device.raw.end();
      await stage.closed();
    }
  });

  test("does not listen gives the device a 502 that names it", async () => {
    const port = await freePort();
    await using stage = await setStage({ legKind, target: parseTarget(`http://127.0.0.1:${port}`) });
    const device = await stage.device();
    device.send(pingRequest());

    expect(await device.ended()).toBe("fin");
    expect(device.text).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/u);
    const sentence = `The Client Access server 127.0.0.1:${port} can't be reached: connect ECONNREFUSED 127.0.0.1:${port}`;
    expect(device.text.split("\r\n\r\n")[1]).toBe(`${sentence} (ECONNREFUSED).\n`);
    expect(device.closeNotified).toBe(true);
    expect(stage.rig.serverFailures).toMatchObject([{ code: "ECONNREFUSED", connected: false }]);
    expect(stage.outcomes).toMatchObject([{ outcome: "serverFailed" }]);
  });

  test("does not listen at any address of its name gives the device a 502 that says why", async () => {
    const port = await freePort();
    await using stage = await setStage({ legKind, target: parseTarget(`http://localhost:${port}`) });
    const device = await stage.device();
    device.send(getRequest());

    await device.ended();
    expect(device.text).toMatch(/localhost:\d+ can't be reached: connect ECONNREFUSED .+ \(ECONNREFUSED\)\.\n$/u);
  });

  test("is named as nobody is gives the device a 502 that says why", async () => {
    await using stage = await setStage({ legKind, target: parseTarget("http://mail.invalid:8080") });
    const device = await stage.device();
    device.send(getRequest());

    await device.ended();
    expect(device.text).toMatch(/mail\.invalid:8080 can't be reached: getaddrinfo E\w+ mail\.invalid \(E\w+\)\.\n$/u);
  });

  test("accepts and resets at once gives the device a 502", async () => {
    await using stage = await setStage({ legKind }, (peer) => peer.socket.resetAndDestroy());
    const device = await stage.device();
    device.send(pingRequest());
    expect(await device.ended()).toBe("fin");
    expect(device.text).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/u);
    expect(stage.outcomes).toMatchObject([{ outcome: "serverFailed" }]);
  });

  test("fails with two requests outstanding gives one 502 and the end", async () => {
    await using stage = await setStage({ legKind });
    const { device, peer } = await stage.park();
    device.send(getRequest());
    await stage.server.until(() => peer.text.endsWith(getRequest()));
    peer.write(textAnswer("first"));
    await device.until(() => device.text === textAnswer("first"));
    peer.socket.resetAndDestroy();

    expect(await device.ended()).toBe("fin");
    expect(device.text.slice(textAnswer("first").length)).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/u);
    expect(device.text.split("HTTP/1.1 ")).toHaveLength(3);
  });
});

const LONG = "x".repeat(1 << 20);

function expect502(stage: WireStage, text: string): void {
  const [head = "", body] = text.split("\r\n\r\n");
  expect(head).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/u);
  expect(head).toContain(`\r\nContent-Length: ${body?.length}\r\n`);
  const server = `The Client Access server 127.0.0.1:${stage.server.port}`;
  expect(body).toMatch(new RegExp(`^${server} broke off before its answer: .+\\.\n$`, "u"));
  expect(stage.rig.serverFailures).toHaveLength(1);
  expect(stage.outcomes).toMatchObject([{ outcome: "serverFailed" }]);
}

/** A port at which nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function answer(peer: ServerPeer): void {
  peer.socket.on("data", () => {
    if (peer.text.endsWith(getRequest())) peer.write(textAnswer("ok"));
  });
}
