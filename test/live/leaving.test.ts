import { afterAll, describe, expect, test } from "vitest";
import type { LegKind } from "../../src/live/front.ts";
import { getRequest, pingAnswer, pingRequest, textAnswer } from "../support/requests.ts";
import { LEG_KINDS } from "../support/rig.ts";
import { expectNothingOpen, setStage, type WireStage } from "../support/wire-stage.ts";
import type { WireDevice } from "../support/wire-device.ts";
import type { ServerPeer } from "../support/wire-server.ts";

/** Ways for a device to go, and what its server's socket sees of them. */
const WAYS: readonly (readonly [what: string, go: (device: WireDevice) => void, state: ServerPeer["state"]])[] = [
  ["closes", (device) => device.raw.destroy(), "fin"],
  ["says close_notify and closes", (device) => device.tls.end(() => device.raw.destroy()), "fin"],
  ["resets", (device) => device.raw.resetAndDestroy(), "rst"],
  ["says something and resets", (device) => sayAndReset(device), "rst"],
];

afterAll(expectNothingOpen);

describe.each(LEG_KINDS)("over the %s leg on a living path, a device that", { concurrent: true }, (legKind) => {
  test.each(WAYS)("%s with a parked request ends the server's side, too", async (_what, go, state) => {
    await using stage = await living(legKind, endWithDevice);
    const { device, peer } = await stage.park();

    go(device);
    await stage.server.until(() => peer.closed);
    expect(peer.state).toBe(state);
    await stage.closed();
    expect(stage.rig.serverFailures).toEqual([]);
    expect(stage.flows("ended")).toEqual([]);
  });

  test.each(WAYS)("%s between requests ends the server's side, too", async (_what, go, state) => {
    await using stage = await living(legKind, (peer) => {
      endWithDevice(peer);
      answer(peer);
    });
    const device = await stage.device();
    device.send(getRequest());
    await device.until(() => device.text === textAnswer("ok"));
    const peer = await stage.server.peer();

    go(device);
    await stage.server.until(() => peer.closed);
    expect(peer.state).toBe(state);
    await stage.closed();
    expect(stage.rig.serverFailures).toEqual([]);
  });

  test.each(WAYS)("%s before it said anything leaves nothing behind", async (_what, go) => {
    await using stage = await living(legKind);
    go(await stage.device());
    await stage.closed();
    expect(stage.server.peers).toEqual([]);
  });

  test.each(WAYS)("%s in the middle of its request's body ends the server's side, too", async (_what, go, state) => {
    await using stage = await living(legKind, endWithDevice);
    const device = await stage.device();
    device.send(pingRequest().subarray(0, -1));
    const peer = await stage.server.peer(0, "\r\n\r\n");

    go(device);
    await stage.server.until(() => peer.closed);
    expect(peer.state).toBe(state);
    await stage.closed();
    expect(stage.outcomes).toEqual([]);
  });

  test("goes in the middle of its handshake leaves nothing behind", async () => {
    await using stage = await living(legKind);
    const device = await stage.bareDevice(20);
    await stage.settle();
    device.raw.destroy();
    await stage.closed();
    expect(stage.rig.handshakes).toEqual([]);
  });

  test.each([
    ["a FIN", (device: WireDevice) => device.raw.end()],
    ["a close_notify and a FIN", (device: WireDevice) => device.tls.end(() => device.raw.end())],
  ])("ends its side with %s and goes on listening gets its answer", async (_what, end) => {
    await using stage = await living(legKind);
    const { device, peer } = await stage.park();
    end(device);
    await stage.server.until(() => peer.state === "fin");

    peer.socket.end(pingAnswer(2));
    expect(await device.ended()).toBe("fin");
    expect(device.text).toBe(pingAnswer(2).toString("latin1"));
    expect(device.closeNotified).toBe(true);
    await stage.closed();
    expect(stage.outcomes).toMatchObject([{ outcome: "changes" }]);
  });

  test("ends its side at a server that takes this for its leaving is shown an end, too", async () => {
    await using stage = await living(legKind, endWithDevice);
    const { device } = await stage.park();
    device.raw.end();

    expect(await device.ended()).toBe("fin");
    expect(device.text).toBe("");
    await stage.closed();
    expect(stage.rig.serverFailures).toEqual([]);
  });

  test("ends its side at a server that takes no notice, and goes, is found out by the answer", async () => {
    await using stage = await living(legKind);
    const { device, peer } = await stage.park();
    device.raw.end();
    await stage.server.until(() => peer.state === "fin");
    device.raw.resetAndDestroy();
    await stage.settle();

    peer.socket.write(pingAnswer());
    await stage.closed();
    peer.write("more");
    await stage.server.until(() => peer.state === "rst");
    expect(stage.rig.serverFailures).toEqual([]);
  });

  test("goes while the server answers at length ends the server's side", async () => {
    await using stage = await living(legKind);
    const { device, peer } = await stage.park();
    peer.write(`HTTP/1.1 200 OK\r\nContent-Length: ${LONG.length * 100}\r\n\r\n`);
    for (let piece = 0; piece < 20; piece += 1) peer.write(LONG);
    await device.until(() => device.text.length > LONG.length);

    device.raw.resetAndDestroy();
    await stage.server.until(() => peer.closed);
    expect(peer.state).toBe("rst");
    await stage.closed();
  });

  test("goes while it sends at length to a server that does not read leaves nothing behind", async () => {
    await using stage = await living(legKind);
    const device = await stage.device();
    device.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${LONG.length * 100}\r\n\r\n`);
    const peer = await stage.server.peer(0, "\r\n\r\n");
    peer.socket.pause();
    for (let piece = 0; piece < 20; piece += 1) device.send(LONG);
    await stage.settle();

    device.raw.resetAndDestroy();
    peer.socket.resetAndDestroy();
    await stage.closed();
    expect(stage.rig.proxy.flowCount).toBe(0);
  });

  test("says no word and stays is no burden when the proxy stops", async () => {
    await using stage = await living(legKind);
    const { device, peer } = await stage.park();
    await stage.rig.proxy.stop();
    expect(await device.ended()).toBe("rst");
    await stage.server.until(() => peer.state === "rst");
  });
});

const LONG = "x".repeat(1 << 20);

function living(legKind: LegKind, script?: (peer: ServerPeer) => void): Promise<WireStage> {
  return setStage({ legKind }, script);
}

/** A server that ends its side when the device does, as most do. */
function endWithDevice(peer: ServerPeer): void {
  peer.socket.once("end", () => peer.socket.end());
}

function answer(peer: ServerPeer): void {
  peer.socket.on("data", () => {
    if (peer.text.endsWith(getRequest())) peer.write(textAnswer("ok"));
  });
}

/** Node finds both at once, and tells an end where there is an RST. */
function sayAndReset(device: WireDevice): void {
  device.tls.write("P", () => device.raw.resetAndDestroy());
}
