import { afterEach, beforeEach, expect, test } from "vitest";
import type { SearchSettings } from "../../src/heartbeat/path-rungs.ts";
import { parseDeviceServer } from "../../src/live/device-server.ts";
import { startProbe } from "../../src/live/probe.ts";
import { ProbeFlows } from "../../src/live/probe-flows.ts";
import { RealScheduler } from "../../src/live/real-scheduler.ts";
import { type ServerPeer, startWireServer } from "../support/wire-server.ts";

const timeScale = 60;
const search: SearchSettings = {
  fromMs: 30_000,
  toMs: 150_000,
  precisionMs: 6000,
  flowCount: 30,
  graceMs: 5000,
  preset: false,
};

let scheduler: RealScheduler;
beforeEach(() => {
  scheduler = new RealScheduler({ timeScale });
});
afterEach(() => scheduler.stop());

/** Answers the greeting of a prober so, and everything else as a script says. */
function greeting(hello: object, script: (peer: ServerPeer, target: string) => void = () => undefined) {
  return (peer: ServerPeer): void => {
    peer.socket.once("data", (bytes: Buffer) => {
      const target = /^\S+ (\S+)/u.exec(bytes.toString("latin1"))?.[1] ?? "";
      if (!target.endsWith("/.well-known/idlewall-probe")) return script(peer, target);
      answer(peer, "200 OK", JSON.stringify({ ...HELLO, ...hello }));
    });
  };
}

const HELLO = { idlewallProbe: 1, timeScale, waiting: 0, mostWaiting: 2000, longestWaitMs: 43_200_000 };

function answer(peer: ServerPeer, status: string, body = ""): void {
  peer.write(`HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
}

function probeAt(port: number) {
  return startProbe({ server: parseDeviceServer(`http://127.0.0.1:${port}`), scheduler, timeScale, search });
}

test("what the server has not the time or the room for is refused at the start, every fault at once", async () => {
  const server = await startWireServer(
    greeting({ timeScale: 1, longestWaitMs: 120_000, mostWaiting: 50, waiting: 17 }),
  );
  const asked = probeAt(server.port);
  await expect(asked).rejects.toThrow(/--time-scale: found 60, expected 1, the server's/u);
  await expect(asked).rejects.toThrow(/--to: found 2m30s, expected less than 2m/u);
  await expect(asked).rejects.toThrow(/--flows: found 30, expected less than 30/u);
  await server.stop();
});

test.each([{ mostWaiting: "many" }, { longestWaitMs: undefined }, { idlewallProbe: 2 }])(
  "a greeting that is none is another program's: %j",
  async (hello) => {
    const server = await startWireServer(greeting(hello));
    await expect(probeAt(server.port)).rejects.toThrow(/an answer of another program/u);
    await server.stop();
  },
);

test("flows that are refused say nothing of the path but why", async () => {
  const server = await startWireServer(greeting({}, (peer) => answer(peer, "503 Refused")));
  const probe = await probeAt(server.port);
  await expect(probe.finding).rejects.toThrow(/found no flow that could be probed: HTTP 503/u);
  await probe.stop();
  await server.stop();
});

test("a server that ends in mid-probe is an outage", async () => {
  const waiting: ServerPeer[] = [];
  const server = await startWireServer(
    greeting({}, (peer, target) => {
      if (/\/(?:wait|stream)/u.test(target)) return void waiting.push(peer);
      for (const each of [peer, ...waiting]) each.socket.destroy();
    }),
  );
  const probe = await probeAt(server.port);
  const finding = await probe.finding;
  expect(finding?.verdict).toBe("outage");
  await probe.stop();
  await server.stop();
});

test("flows that are accepted and never secured are given up", async () => {
  const server = await startWireServer();
  const deviceServer = parseDeviceServer(`https://127.0.0.1:${server.port}`, { insecure: true });
  const probe = await startProbe({
    server: deviceServer,
    scheduler,
    timeScale,
    search,
    makeCarrier: (tell) => new ProbeFlows({ server: deviceServer, timeScale, everyMs: 15_000, tell }),
  });
  await expect(probe.finding).rejects.toThrow(/connecting or TLS took too long/u);
  await probe.stop();
  await server.stop();
});
