import { afterAll, describe, expect, test } from "vitest";
import { stalled } from "../support/held.ts";
import { pingAnswer } from "../support/requests.ts";
import { idleHop, LEG_KINDS, profileOf } from "../support/rig.ts";
import { expectNothingOpen, type ParkedPing, setStage, type WireStage } from "../support/wire-stage.ts";

const CUT = { outcome: "cut", hop: "tunnel", action: "hold" };
const HELD = { outcome: "held", hop: undefined, action: undefined };

afterAll(expectNothingOpen);

describe.each(LEG_KINDS)("over the %s leg, of a Ping whose answer a hop holds", { concurrent: true }, (legKind) => {
  test("nothing is told while it is held, and it counts as answered once it is let go", async () => {
    await using stage = await setStage({ legKind });
    const { device } = await answeredInTunnel(stage);
    await stage.settle();
    expect([stage.outcomes, device.text, stage.rig.proxy.busyCount]).toEqual([[], "", 1]);

    stage.rig.proxy.setProfile(profileOf(), "all");
    await device.until(() => device.text.includes("200 OK"));
    await stage.rig.until(() => stage.outcomes.length > 0);
    expect([stage.outcomes, stage.rig.proxy.busyCount]).toEqual([[HELD], 0]);
  });

  test.each([
    ["resets its connection", ({ device }: ParkedPing) => void device.raw.resetAndDestroy()],
    ["ends its side", ({ device }: ParkedPing) => void device.raw.end()],
  ])("it is cut by that hop when the device %s", async (_what, leave) => {
    await using stage = await setStage({ legKind });
    const parked = await answeredInTunnel(stage);
    leave(parked);
    await stage.rig.until(() => stage.outcomes.length > 0);
    expect(stage.outcomes).toEqual([CUT]);
  });

  test("it is cut by that hop when the device asks again on another flow", async () => {
    await using stage = await setStage({ legKind });
    await answeredInTunnel(stage);
    stage.rig.proxy.profile = profileOf();
    await stage.park();
    expect(stage.outcomes).toEqual([CUT]);
  });

  test("it is cut by that hop though the device's FIN is stuck there too", async () => {
    await using stage = await setStage({ legKind });
    const { device, peer } = await answeredInTunnel(stage, "both");
    device.raw.end();
    await stage.rig.until(() => stage.outcomes.length > 0);
    expect([stage.outcomes, peer.state]).toEqual([[CUT], "open"]);
  });

  test("it is cut by that hop when somebody ends the flow from outside", async () => {
    await using stage = await setStage({ legKind });
    await answeredInTunnel(stage);
    for (const { leg } of stage.rig.proxy.flows()) {
      leg.path.endFromOutside("operator", { toDevice: "reset", toServer: "reset" });
    }
    await stage.closed();
    expect(stage.outcomes).toEqual([CUT]);
    expect(stage.flows("ended").map(({ hop, condition }) => [hop, condition])).toEqual([["operator", "operator"]]);
  });

  test("it is cut by that hop when the device asks again though it can't be heard to have gone", async () => {
    await using stage = await setStage({ legKind });
    const { device } = await answeredInTunnel(stage, "both");
    device.raw.resetAndDestroy();
    stage.rig.proxy.profile = profileOf();
    await stage.park();
    await stage.rig.until(() => stage.outcomes.length > 0);
    expect(stage.outcomes).toEqual([CUT]);
  });

  test("it is expired when an idle time-out of another hop ends the flow", async () => {
    const firewall = idleHop(1000, { toDevice: "drop", toServer: "drop" }, "firewall");
    await using stage = await setStage({ legKind, profile: profileOf(firewall) });
    await answeredInTunnel(stage, "toDevice", profileOf(...stalled("toDevice").hops, firewall));
    stage.start();
    await stage.expired();
    expect(stage.outcomes).toEqual([{ outcome: "expired", hop: "firewall", action: "drop" }]);
    expect(stage.lateAnswers).toBe(0);
  });

  test("it reaches the device in the end though the server has closed behind it", async () => {
    await using stage = await setStage({ legKind });
    const { device, peer } = await answeredInTunnel(stage);
    peer.socket.end();
    await stage.settle();
    expect([stage.outcomes, device.text]).toEqual([[], ""]);
    stage.rig.proxy.setProfile(profileOf(), "all");
    expect(await device.ended()).toBe("fin");
    expect([stage.outcomes, device.text.length, device.closeNotified]).toEqual([[HELD], pingAnswer().length, true]);
    expect(stage.rig.serverFailures).toEqual([]);
  });

  test("the server's end is not its failure", async () => {
    await using stage = await setStage({ legKind });
    const { peer } = await answeredInTunnel(stage);
    peer.socket.resetAndDestroy();
    await stage.settle();
    expect(stage.outcomes).toEqual([]);
  });
});

describe.each(LEG_KINDS)("over the %s leg, of a Ping of which a hop holds half the answer", (legKind) => {
  test("it is cut by that hop when the device goes", async () => {
    await using stage = await setStage({ legKind });
    const { device, peer } = await stage.park(1);
    stage.rig.proxy.setProfile(stalled("toDevice"), "all");
    peer.socket.write(pingAnswer().subarray(0, -1));
    await stage.settle();
    device.raw.resetAndDestroy();
    await stage.rig.until(() => stage.outcomes.length > 0);
    expect(stage.outcomes).toEqual([CUT]);
  });
});

test("a device that ends its side before it is answered may still be there to read", async () => {
  await using stage = await setStage({});
  const { device, peer } = await stage.park(1);
  device.raw.end();
  await stage.server.until(() => peer.state === "fin");
  stage.rig.proxy.setProfile(stalled("toDevice"), "all");
  peer.socket.write(pingAnswer());
  await stage.settle();
  expect(stage.outcomes).toEqual([]);
  stage.rig.proxy.setProfile(profileOf(), "all");
  await stage.rig.until(() => stage.outcomes.length > 0);
  expect(stage.outcomes).toEqual([HELD]);
});

/** Parks a Ping, puts the path into a state in which nothing moves, and has the server answer. */
async function answeredInTunnel(
  stage: WireStage,
  direction: "toDevice" | "both" = "toDevice",
  profile = stalled(direction),
): Promise<ParkedPing> {
  const parked = await stage.park(1);
  stage.rig.proxy.setProfile(profile, "all");
  parked.peer.socket.write(pingAnswer());
  await stage.settle();
  return parked;
}
