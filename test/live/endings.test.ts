import { afterAll, describe, expect, test } from "vitest";
import type { LegKind } from "../../src/live/front.ts";
import type { Endings, PlainEnding } from "../../src/path/condition.ts";
import { getRequest, pingAnswer, pingRequest, textAnswer } from "../support/requests.ts";
import { idleHop, LEG_KINDS, profileOf } from "../support/rig.ts";
import { expectNothingOpen, type ParkedPing, setStage, type WireStage } from "../support/wire-stage.ts";
import type { ServerPeer } from "../support/wire-server.ts";

const IDLE_TIMEOUT_MS = 20;
/** Long enough after it for what a test does in between, on a slow machine too. */
const LATER_MS = 700;

const ENDINGS: readonly {
  readonly toDevice: PlainEnding;
  readonly toServer: PlainEnding;
  readonly device: string;
  readonly server: ServerPeer["state"];
}[] = [
  { toDevice: "drop", toServer: "drop", device: "", server: "open" },
  { toDevice: "drop", toServer: "reset", device: "", server: "rst" },
  { toDevice: "drop", toServer: "close", device: "", server: "fin" },
  { toDevice: "drop", toServer: "reset-on-next", device: "", server: "open" },
  { toDevice: "reset", toServer: "drop", device: "rst", server: "open" },
  { toDevice: "reset", toServer: "reset", device: "rst", server: "rst" },
  { toDevice: "reset", toServer: "close", device: "rst", server: "fin" },
  { toDevice: "reset", toServer: "reset-on-next", device: "rst", server: "open" },
  { toDevice: "close", toServer: "drop", device: "fin", server: "open" },
  { toDevice: "close", toServer: "reset", device: "fin", server: "rst" },
  { toDevice: "close", toServer: "close", device: "fin", server: "fin" },
  { toDevice: "close", toServer: "reset-on-next", device: "fin", server: "open" },
  { toDevice: "reset-on-next", toServer: "drop", device: "", server: "open" },
  { toDevice: "reset-on-next", toServer: "reset", device: "", server: "rst" },
  { toDevice: "reset-on-next", toServer: "close", device: "", server: "fin" },
  { toDevice: "reset-on-next", toServer: "reset-on-next", device: "", server: "open" },
];

const ANSWERS: readonly { readonly status: number; readonly toServer: PlainEnding; readonly server: string }[] = [
  { status: 408, toServer: "reset", server: "rst" },
  { status: 502, toServer: "close", server: "fin" },
  { status: 504, toServer: "reset", server: "rst" },
  { status: 524, toServer: "drop", server: "open" },
  { status: 504, toServer: "reset-on-next", server: "open" },
];

afterAll(expectNothingOpen);

describe.each(LEG_KINDS)("over the %s leg, an idle time-out", { concurrent: true }, (legKind) => {
  test.each(ENDINGS)("that ends with $toDevice to the device and $toServer to the server does so", async (row) => {
    const { toDevice, toServer } = row;
    await using stage = await oneHop(legKind, { toDevice, toServer });
    const { device, peer, mark } = await expire(stage);

    await stage.settle();
    expect(device.kinds(mark).join(), "what the device's socket saw").toBe(row.device);
    expect(device.closeNotified).toBe(false);
    expect(peer.state, "what the server's socket saw").toBe(row.server);
    expect(stage.outcomes).toEqual([{ outcome: "expired", hop: "carrier", action: toDevice }]);
    expect(stage.flows("ended")).toMatchObject([
      { hop: "carrier", condition: "idle-timeout", endings: { toDevice, toServer } },
    ]);
  });

  test.each(ANSWERS)("that answers $status and ends with $toServer to the server does so", async (row) => {
    await using stage = await oneHop(legKind, { toDevice: { respond: row.status }, toServer: row.toServer });
    const { device, peer } = await expire(stage);

    expect(await device.ended()).toBe("fin");
    expect(device.text).toMatch(new RegExp(`^HTTP/1.1 ${row.status} [A-Z][^\\r]+\\r\\n`, "u"));
    expect(device.text).toContain("\r\nConnection: close\r\n");
    expect(device.text).toMatch(/\r\n\r\nThe request took longer than a proxy on the path waits\.\n$/u);
    expect(device.closeNotified, "the answer ends in order").toBe(true);
    await stage.settle();
    expect(peer.state).toBe(row.server);
    expect(stage.outcomes).toEqual([{ outcome: "expired", hop: "carrier", action: "respond" }]);
  });

  test("that answers ends the device's connection in order when nothing was asked", async () => {
    await using stage = await oneHop(legKind, { toDevice: { respond: 504 }, toServer: "close" }, answerAll);
    const device = await stage.device();
    device.send(getRequest());
    await device.until(() => device.text === textAnswer("ok"));
    const peer = await stage.server.peer();
    stage.start();
    await stage.expired();

    expect(await device.ended()).toBe("fin");
    expect(device.closeNotified).toBe(true);
    expect(device.text).toBe(textAnswer("ok"));
    await stage.server.until(() => peer.state === "fin");
  });

  test("that answers cuts an answer that has begun", async () => {
    await using stage = await oneHop(legKind, { toDevice: { respond: 504 }, toServer: "reset" });
    const { device, peer } = await stage.park();
    const beginning = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfirst";
    peer.write(beginning);
    await device.until(() => device.text === beginning);
    stage.start();
    await stage.expired();

    expect(await device.ended()).toBe("fin");
    expect(device.closeNotified).toBe(false);
    expect(device.text).toBe(beginning);
    await stage.server.until(() => peer.state === "rst");
  });

  test("that drops shows the device nothing, whatever happens afterwards", async () => {
    await using stage = await oneHop(legKind, { toDevice: "drop", toServer: "drop" });
    const { device, peer, mark } = await expire(stage);

    peer.socket.write(pingAnswer(2));
    await stage.rig.until(() => stage.lateAnswers === 1);
    await stage.settle();
    device.send(pingRequest());
    await stage.settle();
    device.raw.write("no TLS at all");
    await stage.settle();
    device.raw.end();
    await stage.settle();
    peer.write("HTTP/1.1 200 OK\r\n");
    await stage.settle();

    expect(device.kinds(mark)).toEqual([]);
    expect(device.closeNotified).toBe(false);
    expect(stage.lateAnswers).toBe(1);
    expect(stage.outcomes).toHaveLength(1);
    expect(stage.flows("ended")).toHaveLength(1);
  });

  test("that drops in the middle of a handshake leaves it unanswered", async () => {
    await using stage = await oneHop(legKind, { toDevice: "drop", toServer: "drop" });
    const device = await stage.bareDevice(20);
    stage.start();
    await stage.expired();
    device.letGo();
    await stage.settle();

    expect(device.kinds()).toEqual([]);
  });

  test("that drops before the first byte leaves a handshake unanswered", async () => {
    await using stage = await oneHop(legKind, { toDevice: "drop", toServer: "drop" });
    const device = await stage.bareDevice(0);
    stage.start();
    await stage.expired();
    device.letGo();
    await stage.settle();
    device.raw.end();
    await stage.settle();

    expect(device.kinds()).toEqual([]);
  });

  test("that drops shows the device nothing when it had ended its side before", async () => {
    await using stage = await oneHop(legKind, { toDevice: "drop", toServer: "drop" });
    const { device, peer, mark } = await stage.park();
    device.raw.end();
    await stage.server.until(() => peer.state === "fin");
    stage.start();
    await stage.expired();
    peer.socket.end(pingAnswer());
    await stage.rig.until(() => stage.lateAnswers === 1);
    await stage.settle();

    expect(device.kinds(mark)).toEqual([]);
    await stage.closed();
  });

  test("that drops lets go of a device in the end that ended its side, and of one that does nothing", async () => {
    const profile = profileOf(idleHop(IDLE_TIMEOUT_MS, { toDevice: "drop", toServer: "drop" }));
    await using stage = await setStage({ legKind, profile, holeLingerMs: 20, holeLifetimeMs: LATER_MS });
    const parked = [await stage.park(), await stage.park(undefined, "device2")] as const;
    stage.start();
    await stage.expired(2);
    parked[0].device.raw.end();

    expect(await parked[0].device.ended()).toBe("rst");
    expect(await parked[1].device.ended()).toBe("rst");
    await stage.server.until(() => parked.every(({ peer }) => peer.state === "rst"));
    expect(stage.rig.scheduler.now()).toBeGreaterThanOrEqual(LATER_MS);
    await stage.closed(1);
    await stage.closed(2);
  });

  test("that drops shows the server nothing when the device resets, and swallows its late answer", async () => {
    await using stage = await oneHop(legKind, { toDevice: "drop", toServer: "drop" });
    const { device, peer } = await expire(stage);

    device.raw.resetAndDestroy();
    await stage.settle();
    expect(peer.state).toBe("open");

    peer.socket.write(pingAnswer());
    await stage.rig.until(() => stage.lateAnswers === 1);
    await stage.settle();
    expect(peer.state).toBe("open");

    peer.socket.end();
    await stage.closed();
    expect(stage.outcomes).toHaveLength(1);
    expect(stage.rig.serverFailures).toEqual([]);
  });

  test("that drops with nothing asked leaves the server's connection alone when the device goes", async () => {
    await using stage = await oneHop(legKind, { toDevice: "drop", toServer: "drop" }, answerAll);
    const device = await stage.device();
    device.send(getRequest());
    await device.until(() => device.text === textAnswer("ok"));
    const peer = await stage.server.peer();
    stage.start();
    await stage.expired();

    device.raw.destroy();
    await stage.settle();
    expect(peer.state).toBe("open");
    expect(stage.outcomes).toEqual([]);
  });

  test("that drops is not told the server's reset, nor is it a failure of the server's", async () => {
    await using stage = await oneHop(legKind, { toDevice: "drop", toServer: "drop" });
    const { device, peer, mark } = await expire(stage);

    peer.socket.resetAndDestroy();
    await stage.settle();
    expect(device.kinds(mark)).toEqual([]);
    expect(stage.rig.serverFailures).toEqual([]);
    expect(stage.outcomes).toHaveLength(1);
  });

  test("that drops leaves the server alone when the device had sent nonsense behind its request", async () => {
    await using stage = await oneHop(legKind, { toDevice: "drop", toServer: "drop" });
    const { device, peer } = await stage.park();
    device.send("nonsense\r\n\r\n");
    await stage.rig.until(() => stage.rig.refusals.length === 1);
    stage.start();
    await stage.expired();

    peer.socket.write(pingAnswer());
    await stage.rig.until(() => stage.lateAnswers === 1);
    await stage.settle();
    expect(peer.state).toBe("open");
  });

  test.each([
    ["a record", (device: ParkedPing["device"]) => device.send("x")],
    ["half a record", (device: ParkedPing["device"]) => device.raw.write(Buffer.of(0x17))],
    ["a FIN", (device: ParkedPing["device"]) => device.raw.end()],
  ])("that resets on the next segment resets a device that sends %s", async (_what, send) => {
    await using stage = await oneHop(legKind, { toDevice: "reset-on-next", toServer: "drop" });
    const { device, peer, mark } = await expire(stage);
    peer.socket.write(pingAnswer());
    await stage.settle();
    expect(device.kinds(mark)).toEqual([]);

    send(device);
    expect(await device.ended()).toBe("rst");
    expect(device.kinds(mark)).toEqual(["rst"]);
    expect(peer.state).toBe("open");
  });

  test.each([
    ["answers late", "drop", (peer: ServerPeer) => peer.socket.write(pingAnswer())],
    ["answers late, with the device gone", "reset", (peer: ServerPeer) => peer.socket.write(pingAnswer())],
    ["ends its side", "drop", (peer: ServerPeer) => peer.socket.end()],
  ] as const)("that resets on the next segment resets a server that %s", async (_what, toDevice, send) => {
    await using stage = await oneHop(legKind, { toDevice, toServer: "reset-on-next" });
    const { device, peer, mark } = await expire(stage);
    await stage.settle();
    expect(peer.state).toBe("open");
    const before = device.kinds(mark);

    send(peer);
    await stage.server.until(() => peer.closed);
    expect(peer.state).toBe("rst");
    await stage.settle();
    expect(device.kinds(mark)).toEqual(before);
  });
});

describe.each(LEG_KINDS)("over the %s leg, of two hops", { concurrent: true }, (legKind) => {
  test("the first to expire is named, and the other still ends what is left on its side", async () => {
    const carrier = idleHop(IDLE_TIMEOUT_MS, { toDevice: "drop", toServer: "drop" }, "carrier");
    const firewall = idleHop(LATER_MS, { toDevice: "reset", toServer: "reset" }, "firewall");
    await using stage = await setStage({ legKind, profile: profileOf(carrier, firewall) });
    const { device, peer, mark } = await expire(stage);
    expect(peer.state).toBe("open");

    await stage.server.until(() => peer.state === "rst");
    await stage.settle();
    expect(device.kinds(mark), "the firewall's RST dies at the carrier").toEqual([]);
    expect(stage.flows("ended").filter(({ flowId }) => flowId === 1)).toMatchObject([{ hop: "carrier" }]);
    expect(stage.outcomes).toEqual([{ outcome: "expired", hop: "carrier", action: "drop" }]);
  });

  test("the one nearer to the server may be the first", async () => {
    const carrier = idleHop(LATER_MS, { toDevice: "drop", toServer: "drop" }, "carrier");
    const firewall = idleHop(IDLE_TIMEOUT_MS, { toDevice: "reset", toServer: "drop" }, "firewall");
    await using stage = await setStage({ legKind, profile: profileOf(carrier, firewall) });
    const { device, peer } = await expire(stage);

    expect(await device.ended()).toBe("rst");
    expect(peer.state).toBe("open");
    expect(stage.outcomes).toEqual([{ outcome: "expired", hop: "firewall", action: "reset" }]);
  });

  test("the other counts no more once nothing is left of the flow, or its server has reset", async () => {
    const carrier = idleHop(IDLE_TIMEOUT_MS, { toDevice: "drop", toServer: "drop" }, "carrier");
    const firewall = idleHop(60 * LATER_MS, { toDevice: "reset", toServer: "reset" }, "firewall");
    await using stage = await setStage({ legKind, profile: profileOf(carrier, firewall) });
    const [left, reset] = [await stage.park(), await stage.park(undefined, "device2")];
    stage.start();
    await stage.expired(2);
    expect(stage.rig.scheduler.pending, "a firewall's timer and a flow's own each").toBe(4);

    left.peer.socket.end();
    left.device.raw.destroy();
    await stage.closed();
    expect(stage.rig.scheduler.pending).toBe(2);
    reset.peer.socket.resetAndDestroy();
    await stage.settle();
    expect(stage.rig.scheduler.pending).toBe(1);
  });

  test("one that only the late answer refreshes lives on, and resets on the next segment for the other", async () => {
    const carrier = idleHop(IDLE_TIMEOUT_MS, { toDevice: "reset-on-next", toServer: "drop" }, "carrier");
    const firewall = idleHop(LATER_MS, { toDevice: "drop", toServer: "reset" }, "firewall");
    await using stage = await setStage({ legKind, profile: profileOf(carrier, firewall) });
    const { device, peer, mark } = await expire(stage);
    const answeredAt = stage.rig.scheduler.now();
    peer.socket.write(pingAnswer());
    await stage.server.until(() => peer.state === "rst");
    expect(stage.rig.scheduler.now() - answeredAt).toBeGreaterThanOrEqual(LATER_MS);
    expect(device.kinds(mark)).toEqual([]);

    device.send("x");
    expect(await device.ended()).toBe("rst");
  });
});

/** A stage whose one hop, the carrier, ends flows so. */
function oneHop(legKind: LegKind, endings: Endings, script?: (peer: ServerPeer) => void): Promise<WireStage> {
  return setStage({ legKind, profile: profileOf(idleHop(IDLE_TIMEOUT_MS, endings, "carrier")) }, script);
}

async function expire(stage: WireStage): Promise<ParkedPing> {
  const parked = await stage.park();
  stage.start();
  await stage.expired();
  return parked;
}

function answerAll(peer: ServerPeer): void {
  peer.socket.on("data", () => {
    if (peer.text.endsWith(getRequest())) peer.write(textAnswer("ok"));
  });
}
