import { afterAll, describe, expect, test } from "vitest";
import type { PlainEnding } from "../../src/path/condition.ts";
import type { Profile } from "../../src/path/hop.ts";
import { stalled } from "../support/held.ts";
import { getRequest, pingAnswer } from "../support/requests.ts";
import { LEG_KINDS, profileOf } from "../support/rig.ts";
import { setTcpStage } from "../support/tcp-stage.ts";
import { expectNothingOpen, setStage } from "../support/wire-stage.ts";

// Time stands on these stages: whatever the ends see, they see at once, and from nobody else.

afterAll(expectNothingOpen);

const ENDINGS = [
  ["close", "fin"],
  ["reset", "rst"],
  ["drop", "open"],
  ["reset-on-next", "open"],
] as const satisfies readonly (readonly [PlainEnding, string])[];

/** What the path does before the operator ends the flow. */
const PATHS: readonly (readonly [string, Profile])[] = [
  ["nothing", profileOf()],
  ["what goes to the device", stalled("toDevice")],
  ["what goes to the server", stalled("toServer")],
];

const ROWS = PATHS.flatMap(([held, profile]) =>
  ENDINGS.map(([ending, sees]) => ({ held, profile, ending, sees, endings: { toDevice: ending, toServer: ending } })),
);

describe.each(LEG_KINDS)("over the %s leg, an operator that ends a parked flow", { concurrent: true }, (legKind) => {
  test.each(ROWS)("by $ending while the path holds $held shows both sides: $sees", async (row) => {
    const { profile, endings, sees } = row;
    await using stage = await setStage({ legKind });
    const { device, peer } = await stage.park();
    stage.rig.proxy.setProfile(profile, "all");
    const asked = peer.text;
    if (row.held === "what goes to the device") peer.socket.write(pingAnswer());
    if (row.held === "what goes to the server") device.send(getRequest("/more"));
    await stage.settle();
    expect(stage.outcomes).toEqual([]);
    const mark = device.arrivals.length;
    stage.rig.proxy.flow(1)?.leg.path.endFromOutside("operator", endings);

    await stage.settle();
    expect(device.kinds(mark).join() || "open", "what the device's socket saw").toBe(sees);
    expect([device.text, device.closeNotified]).toEqual(["", false]);
    expect([peer.state, peer.text], "what the server's socket saw").toEqual([sees, asked]);
    const end = row.held === "what goes to the device" ? BY_TUNNEL : { hop: "operator", action: row.ending };
    expect(stage.outcomes).toEqual([{ outcome: "cut", ...end }]);
  });

  test.each(ENDINGS)("by %s before TLS has begun shows the device: %s", async (ending, sees) => {
    await using stage = await setStage({ legKind });
    const device = await stage.bareDevice(0);
    await stage.rig.until(() => stage.rig.proxy.flowCount === 1);
    stage.rig.proxy.flow(1)?.leg.path.endFromOutside("operator", { toDevice: ending, toServer: ending });
    await stage.settle();
    expect(device.kinds().join() || "open").toBe(sees);
    expect(stage.rig.proxy.bytes.toServer).toBe(0);
  });

  test("by reset, while the device reads nothing of a long answer, takes the rest of it away", async () => {
    await using stage = await setStage({ legKind });
    const { device, peer } = await stage.park();
    device.raw.pause();
    peer.write(`HTTP/1.1 200 OK\r\nContent-Length: ${LONG}\r\n\r\n${"x".repeat(LONG)}`);
    await stage.server.until(() => peer.socket.writableLength > 0);
    stage.rig.proxy.flow(1)?.leg.path.endFromOutside("operator", RESET);
    await stage.server.until(() => peer.state === "rst");
    device.raw.resume();
    expect(await device.ended()).toBe("rst");
    expect(device.text.length).toBeLessThan(LONG);
  });
});

describe("an operator that ends a tcp flow", { concurrent: true }, () => {
  test.each(ROWS)("by $ending while the path holds $held shows both sides: $sees", async (row) => {
    const { profile, endings, sees } = row;
    await using stage = await setTcpStage();
    const { device, peer } = await stage.joined();
    stage.proxy.setProfile(profile, "all");
    if (row.held !== "what goes to the server") peer.write(row.held === "nothing" ? "!" : "held");
    if (row.held !== "what goes to the device") device.write(row.held === "nothing" ? "!" : "held");
    await stage.settle();
    const heard = [device.text, peer.text];
    stage.proxy.flow(1)?.leg.path.endFromOutside("operator", endings);

    await stage.settle();
    expect([device.state, peer.state]).toEqual([sees, sees]);
    expect([device.text, peer.text]).toEqual(heard);
    expect(stage.flows).toContainEqual(
      expect.objectContaining({ kind: "ended", hop: "operator", condition: "operator", endings }),
    );
  });

  test("by reset, while the device reads nothing, takes the rest away from both", async () => {
    await using stage = await setTcpStage();
    const { device, peer } = await stage.joined();
    device.socket.pause();
    peer.write("x".repeat(LONG));
    await stage.settle();
    stage.proxy.flow(1)?.leg.path.endFromOutside("operator", RESET);
    await stage.server.until(() => peer.state === "rst");
    device.socket.resume();
    await stage.until(() => device.state === "rst");
    expect(device.text.length).toBeLessThan(LONG);
  });
});

/** An answer that a hop holds is cut by that hop, whoever ends the flow. */
const BY_TUNNEL = { hop: "tunnel", action: "hold" };

/** More than kernel and path hold. */
const LONG = 32 * 1024 * 1024;

const RESET = { toDevice: "reset", toServer: "reset" } as const;
