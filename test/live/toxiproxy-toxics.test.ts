import type { Proxy, Toxic, ToxicType } from "toxiproxy-node-client";
import { afterAll, describe, expect, test } from "vitest";
import { eventually } from "../support/pass-eventually.ts";
import { setToxiproxyStage, type ToxiproxyStage } from "../support/toxiproxy-stage.ts";
import type { ServerPeer } from "../support/wire-server.ts";
import { expectNothingOpen } from "../support/wire-stage.ts";

afterAll(expectNothingOpen);

/** What a toxic is made of where a test says nothing else. */
const DEFAULTS = { stream: "downstream", toxicity: 1 } as const;

/** Adds a toxic as Toxiproxy's client does, of types too that it does not know. */
function add(
  proxy: Proxy,
  type: string,
  attributes: object,
  more: Partial<Toxic<object>> = {},
): Promise<Toxic<object>> {
  const { name = `${type}_downstream`, stream = DEFAULTS.stream, toxicity = DEFAULTS.toxicity } = more;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the client passes on what its types do not list
  return proxy.addToxic({ name, type: type as ToxicType, stream, toxicity, attributes });
}

/** Time that a busy machine can't take anything of: what is measured is exact. */
const EXACT = { standing: true, paced: true } as const;

interface Joined {
  readonly stage: ToxiproxyStage;
  readonly proxy: Proxy;
  readonly device: ServerPeer;
  readonly peer: ServerPeer;
  /** Just before the toxic came to the connection. */
  readonly since: number;
}

/** Whether a toxic is there before the connection, or comes while it is there. */
const ORDERS = ["a connection that is there", "a new connection"] as const;

/** A proxy with a toxic, and a connection through it on which nothing was said. */
async function connected(stage: ToxiproxyStage, order: string, type: string, attributes: object): Promise<Joined> {
  const proxy = await stage.proxy();
  if (order === ORDERS[1]) await add(proxy, type, attributes);
  let since = stage.now();
  const device = await stage.device(proxy);
  const peer = await stage.server.peer();
  if (order === ORDERS[0]) {
    since = stage.now();
    await add(proxy, type, attributes);
  }
  return { stage, proxy, device, peer, since };
}

/** Bytes that wait for the device. */
function waiting(stage: ToxiproxyStage): number | undefined {
  return stage.emulator.flows()[0]?.hops[0]?.waitingBytes.toDevice;
}

/** How long it takes until a device has heard so much, in ms. */
async function untilHeard({ stage, device }: Joined, lengthBytes: number, from = stage.now()): Promise<number> {
  await stage.until(() => device.text.length >= lengthBytes);
  return stage.now() - from;
}

/** Waits until both ends have seen an end of that kind. */
async function bothSee({ stage, device, peer }: Omit<Joined, "since">, state: "fin" | "rst"): Promise<void> {
  await stage.until(() => device.state === state);
  await stage.server.until(() => peer.state === state);
}

describe.each(ORDERS)("on %s", { concurrent: true }, (order) => {
  test("latency delays what the server says, by its time, and not what the device says", async () => {
    await using stage = await setToxiproxyStage();
    const joined = await connected(stage, order, "latency", { latency: 300 });
    const tries: number[] = [];
    for (let round = 1; round <= 3; round += 1) {
      const from = stage.now();
      joined.peer.write("x");
      tries.push(await untilHeard(joined, round, from));
    }
    expect(Math.min(...tries)).toBeGreaterThanOrEqual(300);
    expect(Math.min(...tries)).toBeLessThan(600);
    const from = stage.now();
    joined.device.write("y");
    await stage.server.until(() => joined.peer.text === "y");
    expect(stage.now() - from).toBeLessThan(300);
  });

  test("bandwidth lets so many thousand bytes pass in a second", async () => {
    await using stage = await setToxiproxyStage();
    const joined = await connected(stage, order, "bandwidth", { rate: 100 });
    const from = stage.now();
    joined.peer.write("x".repeat(60_000));
    const elapsedMs = await untilHeard(joined, 60_000, from);
    expect(elapsedMs).toBeGreaterThanOrEqual(595);
    expect(elapsedMs).toBeLessThan(1190);
  });

  test("bandwidth of 0 holds everything until it is gone", async () => {
    await using stage = await setToxiproxyStage();
    const joined = await connected(stage, order, "bandwidth", { rate: 0 });
    joined.peer.write("held");
    await eventually(() => expect(waiting(stage)).toBe(4));
    expect(joined.device.text).toBe("");
    await (await joined.proxy.getToxic("bandwidth_downstream")).remove();
    await untilHeard(joined, 4);
    expect(joined.device.text).toBe("held");
  });

  test("slow_close lets the end of the server's side be heard late, and its data at once", async () => {
    await using stage = await setToxiproxyStage();
    const joined = await connected(stage, order, "slow_close", { delay: 200 });
    const from = stage.now();
    joined.peer.socket.end("bye");
    await untilHeard(joined, 3);
    expect(joined.device.state).toBe("open");
    await stage.until(() => joined.device.state === "fin");
    expect(stage.now() - from).toBeGreaterThanOrEqual(200);
  });

  test("timeout swallows data, and closes once its time has passed without any", async () => {
    await using stage = await setToxiproxyStage();
    const joined = await connected(stage, order, "timeout", { timeout: 600 });
    const from = stage.now();
    joined.peer.write("never heard");
    joined.device.write("heard");
    await bothSee(joined, "fin");
    expect(stage.now() - from).toBeGreaterThanOrEqual(600);
    expect([joined.device.text, joined.peer.text]).toEqual(["", "heard"]);
  });

  test("timeout of 0 swallows data for good, and its removal closes", async () => {
    await using stage = await setToxiproxyStage();
    const joined = await connected(stage, order, "timeout", { timeout: 0 });
    joined.peer.write("never heard");
    await eventually(() => expect(stage.emulator.flows()[0]?.bytes.fromServer).toBe("never heard".length));
    await (await joined.proxy.getToxic("timeout_downstream")).remove();
    await bothSee(joined, "fin");
    expect(joined.device.text).toBe("");
  });

  test("timeout of 0 closes when the server does", async () => {
    await using stage = await setToxiproxyStage();
    const joined = await connected(stage, order, "timeout", { timeout: 0 });
    joined.peer.socket.end("never heard");
    await stage.until(() => joined.device.state === "fin");
    expect(joined.device.text).toBe("");
  });

  test("reset_peer meets the first data with an RST for both", async () => {
    await using stage = await setToxiproxyStage();
    const joined = await connected(stage, order, "reset_peer", { timeout: 0 });
    joined.device.write("heard");
    await stage.server.until(() => joined.peer.text === "heard");
    expect([joined.device.state, joined.peer.state]).toEqual(["open", "open"]);
    joined.peer.write("never heard");
    await bothSee(joined, "rst");
    expect(joined.device.text).toBe("");
  });

  test("reset_peer with a time waits so long after the first data", async () => {
    await using stage = await setToxiproxyStage();
    const joined = await connected(stage, order, "reset_peer", { timeout: 150 });
    const from = stage.now();
    joined.peer.write("never heard");
    await bothSee(joined, "rst");
    expect(stage.now() - from).toBeGreaterThanOrEqual(150);
    expect(joined.device.text).toBe("");
  });

  test("reset_peer that goes while it waits resets at once what it has swallowed from, and nothing else", async () => {
    await using stage = await setToxiproxyStage();
    const joined = await connected(stage, order, "reset_peer", { timeout: 3_600_000 });
    const other = await stage.device(joined.proxy);
    joined.peer.write("never heard");
    await eventually(() => expect(stage.emulator.flows()[0]?.bytes.fromServer).toBe("never heard".length));
    await (await joined.proxy.getToxic("reset_peer_downstream")).remove();
    await bothSee(joined, "rst");
    const peer = await stage.server.peer(1);
    peer.write("heard");
    await stage.until(() => other.text === "heard");
    expect(joined.device.text).toBe("");
  });

  test("slicer cuts data into pieces, with a pause of microseconds behind each", async () => {
    await using stage = await setToxiproxyStage();
    const joined = await connected(stage, order, "slicer", { average_size: 10, size_variation: 2, delay: 40_000 });
    const pieces: number[] = [];
    joined.device.socket.on("data", (bytes: Buffer) => pieces.push(bytes.length));
    const from = stage.now();
    joined.peer.write("0123456789".repeat(10));
    const elapsedMs = await untilHeard(joined, 100, from);
    expect(joined.device.text).toBe("0123456789".repeat(10));
    // Without a slicer there is one piece; a stalled reader finds several at once, so the pauses tell how many there were:
    // at least 9, of 12 bytes at most, with 8 pauses between them.
    expect(pieces.length).toBeGreaterThan(1);
    expect(elapsedMs).toBeGreaterThanOrEqual(8 * 40);
  });

  test("limit_data lets so many bytes pass, and closes behind them", async () => {
    await using stage = await setToxiproxyStage();
    const joined = await connected(stage, order, "limit_data", { bytes: 5 });
    joined.peer.write("abc");
    joined.peer.write("defgh");
    await bothSee(joined, "fin");
    expect(joined.device.text).toBe("abcde");
  });

  test("noop does nothing", async () => {
    await using stage = await setToxiproxyStage();
    const joined = await connected(stage, order, "noop", {});
    joined.peer.write("heard");
    await untilHeard(joined, 5);
    expect(joined.device.text).toBe("heard");
  });

  test("idle_timeout forgets a silent connection, and data from either side keeps it", async () => {
    await using stage = await setToxiproxyStage(undefined, EXACT);
    const joined = await connected(stage, order, "idle_timeout", { timeout: 600, action: "reset" });
    stage.start();
    await stage.at(300);
    joined.device.write("a");
    await stage.at(600);
    joined.peer.write("b");
    await bothSee(joined, "rst");
    expect(stage.endedAt).toEqual([1200]);
    expect([joined.device.text, joined.peer.text]).toEqual(["b", "a"]);
  });

  test("lifetime ends a connection whatever its traffic", async () => {
    await using stage = await setToxiproxyStage(undefined, EXACT);
    const joined = await connected(stage, order, "lifetime", { timeout: 600, action: "close" });
    stage.start();
    await stage.at(400);
    joined.device.write("a");
    await bothSee(joined, "fin");
    expect(stage.endedAt).toEqual([600]);
    expect(joined.peer.text).toBe("a");
  });
});

describe("a toxic", { concurrent: true }, () => {
  test("of idle_timeout without an action tells nobody", async () => {
    await using stage = await setToxiproxyStage();
    const joined = await connected(stage, ORDERS[0], "idle_timeout", { timeout: 50 });
    await eventually(() => expect(stage.emulator.flows()[0]?.endedBy).toBe("toxic:idle_timeout_downstream"));
    joined.peer.write("never heard");
    await eventually(() => expect(stage.emulator.flows()[0]?.bytes.fromServer).toBe("never heard".length));
    expect([joined.device.state, joined.peer.state, joined.device.text]).toEqual(["open", "open", ""]);
  });

  test("upstream acts on what the device says", async () => {
    await using stage = await setToxiproxyStage();
    const proxy = await stage.proxy();
    await add(proxy, "limit_data", { bytes: 3 }, { stream: "upstream" });
    const device = await stage.device(proxy);
    device.write("abcdef");
    const peer = await stage.server.peer(0, "abc");
    await bothSee({ stage, proxy, device, peer }, "fin");
    expect(peer.text).toBe("abc");
  });

  test("acts on the share of connections that its toxicity says, and stays with each", async () => {
    await using stage = await setToxiproxyStage((peer) => peer.socket.on("data", () => peer.write("pong")));
    const proxy = await stage.proxy();
    const toxic = await add(proxy, "reset_peer", { timeout: 0 }, { toxicity: 0.5 });
    const devices = await Promise.all(Array.from({ length: 40 }, () => stage.device(proxy)));
    for (const device of devices) device.write("ping");
    await stage.until(() => devices.every(({ state, text }) => state === "rst" || text === "pong"));
    const untouched = devices.filter(({ state }) => state === "open");
    expect(untouched.length).toBeGreaterThan(5);
    expect(untouched.length).toBeLessThan(35);
    for (const device of untouched) device.write("ping");
    await stage.until(() => untouched.every(({ text }) => text === "pongpong"));
    await toxic.update({ ...toxic.toJson(), attributes: { timeout: 0 }, toxicity: 0 });
    const later = await Promise.all(Array.from({ length: 10 }, () => stage.device(proxy)));
    for (const device of later) device.write("ping");
    await stage.until(() => later.every(({ text }) => text === "pong"));
  });

  test("ends a connection behind what later toxics still hold, as in a chain", async () => {
    await using stage = await setToxiproxyStage();
    const proxy = await stage.proxy();
    await add(proxy, "limit_data", { bytes: 5 });
    await add(proxy, "latency", { latency: 100, jitter: 0 });
    const device = await stage.device(proxy);
    const peer = await stage.server.peer();
    peer.write("abcdefgh");
    await stage.server.until(() => peer.state === "fin");
    expect(device.text).toBe("");
    await stage.until(() => device.state === "fin");
    expect(device.text).toBe("abcde");
  });

  test("that is updated or removed lets go what it held, in its order", async () => {
    await using stage = await setToxiproxyStage();
    const proxy = await stage.proxy();
    const toxic = await add(proxy, "latency", { latency: 3_600_000, jitter: 0 });
    const device = await stage.device(proxy);
    const peer = await stage.server.peer();
    peer.write("one ");
    await eventually(() => expect(waiting(stage)).toBe(4));
    await toxic.update({ ...toxic.toJson(), attributes: { latency: 3_600_001, jitter: 0 } });
    await stage.until(() => device.text === "one ");
    peer.write("two");
    await toxic.remove();
    await stage.until(() => device.text === "one two");
  });

  test("takes numbers as large and as small as there are", async () => {
    await using stage = await setToxiproxyStage();
    const proxy = await stage.proxy();
    const large = Number.MAX_SAFE_INTEGER;
    await add(proxy, "latency", { latency: -5, jitter: -5 });
    await add(proxy, "slicer", { average_size: -1, size_variation: large, delay: -1 });
    await add(proxy, "slow_close", { delay: large });
    await add(proxy, "limit_data", { bytes: large });
    await add(proxy, "bandwidth", { rate: large });
    await add(proxy, "timeout", { timeout: large }, { stream: "upstream" });
    await add(proxy, "reset_peer", { timeout: large }, { stream: "upstream", name: "later" });
    const device = await stage.device(proxy);
    const peer = await stage.server.peer();
    peer.write("heard");
    await stage.until(() => device.text.length === 5);
    expect([device.text, device.state, peer.state]).toEqual(["heard", "open", "open"]);
  });
});
