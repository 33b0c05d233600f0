import { afterEach, expect, test } from "vitest";
import { VirtualScheduler } from "../../src/core/virtual-scheduler.ts";
import type { Endings } from "../../src/path/condition.ts";
import { idleHop, profileOf, startTcpServer, type TcpServer } from "../support/rig.ts";
import { eventually, type RewriterRig, startRewriter, TestDevice } from "./rewriter-support.ts";

const running: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of running.splice(0).toReversed()) await each.stop();
});

const PARKED = 200;
const IDLE_MS = 60_000;

interface Way {
  readonly way: string;
  readonly atExpiry: Endings;
  readonly abandon: (parked: Parked) => void;
}

const WAYS: readonly Way[] = [
  {
    way: "their devices end",
    atExpiry: ends("drop"),
    abandon: ({ devices }) => forAll(devices, (one) => one.raw.destroy()),
  },
  {
    way: "their devices are reset",
    atExpiry: ends("drop"),
    abandon: ({ devices }) => forAll(devices, (one) => one.raw.resetAndDestroy()),
  },
  {
    way: "the server dies",
    atExpiry: ends("drop"),
    abandon: ({ server }) => forAll([...server.sockets], (socket) => socket.destroy()),
  },
  { way: "the path resets them", atExpiry: ends("reset"), abandon: ({ expire }) => expire() },
  { way: "the path closes them", atExpiry: ends("close"), abandon: ({ expire }) => expire() },
  {
    way: "a proxy on the path answers them",
    atExpiry: { toDevice: { respond: 504 }, toServer: "reset" },
    abandon: ({ expire }) => expire(),
  },
  {
    way: "the path drops them, their devices end and the server answers late",
    atExpiry: ends("drop"),
    abandon: ({ devices, server, expire }) => {
      expire();
      forAll(devices, (one) => one.raw.destroy());
      forAll([...server.sockets], (socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
    },
  },
];

test.each(WAYS)(`${PARKED} parked requests leave no server connection when $way`, async ({ atExpiry, abandon }) => {
  const parked = await park(atExpiry);
  abandon(parked);
  await eventually(() => parked.server.sockets.size === 0, "the server's side is closed");
  forAll(parked.devices, (device) => device.raw.destroy());
  await eventually(() => parked.rewriter.rig.proxy.flowCount === 0, "the flows are closed");
  expect(parked.rewriter.rig.flows.filter((event) => event.kind === "closed")).toHaveLength(PARKED);
});

interface Parked {
  readonly server: TcpServer;
  readonly rewriter: RewriterRig;
  readonly devices: readonly TestDevice[];
  readonly expire: () => void;
}

async function park(atExpiry: Endings): Promise<Parked> {
  let asked = 0;
  const server = await startTcpServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("end", () => socket.end());
    socket.on("data", () => {
      asked += 1;
    });
  });
  running.push(server);
  const scheduler = new VirtualScheduler();
  const profile = profileOf(idleHop(IDLE_MS, atExpiry));
  const rewriter = await startRewriter(server.port, { idleConnections: 0 }, { scheduler, profile });
  running.push(rewriter);
  const devices: TestDevice[] = [];
  while (devices.length < PARKED) {
    const some = await Promise.all(Array.from({ length: 20 }, () => TestDevice.connect(rewriter.port)));
    for (const device of some)
      device.send("POST / HTTP/1.1\r\nHost: mail\r\nContent-Length: 0\r\n\r\n", { method: "POST" });
    devices.push(...some);
  }
  await eventually(() => asked === PARKED, "all requests are with the server");
  return { server, rewriter, devices, expire: () => scheduler.runUntil(scheduler.now() + IDLE_MS) };
}

function ends(how: "drop" | "reset" | "close"): Endings {
  return { toDevice: how, toServer: how };
}

function forAll<Item>(items: readonly Item[], task: (item: Item) => unknown): void {
  for (const item of items) task(item);
}
