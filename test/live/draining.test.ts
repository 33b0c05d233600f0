import { afterAll, describe, expect, test } from "vitest";
import type { Hop } from "../../src/path/hop.ts";
import { pingAnswer } from "../support/requests.ts";
import { idleHop, LEG_KINDS, profileOf } from "../support/rig.ts";
import { setTcpStage } from "../support/tcp-stage.ts";
import { expectNothingOpen, setStage } from "../support/wire-stage.ts";

const IDLE_MS = 200;
/** Longer than a test may run: what resolves in time was not waited out. */
const PATIENCE_MS = 600_000;
const SILENT = idleHop(IDLE_MS, { toDevice: "drop", toServer: "drop" });
const LATER_RESET = idleHop(IDLE_MS, { toDevice: "reset-on-next", toServer: "reset-on-next" });

afterAll(expectNothingOpen);

describe.each(LEG_KINDS)("over the %s leg, a drain", { concurrent: true }, (legKind) => {
  test.each([
    ["drop", SILENT],
    ["reset-on-next", LATER_RESET],
  ])("does not wait for an answer to a flow that ended in %s", async (_ending, hop) => {
    await using stage = await setStage({ legKind, profile: profileOf(hop) });
    await stage.park();
    stage.start();
    await stage.expired();
    expect(stage.rig.proxy.busyCount).toBe(0);
    await stage.rig.proxy.drain(PATIENCE_MS);
  });

  test("is over for everyone when the last flow that it waits for is silenced", async () => {
    await using stage = await setStage({ legKind, profile: profileOf(SILENT) });
    await stage.park();
    const drained = [stage.rig.proxy.drain(PATIENCE_MS), stage.rig.proxy.drain(PATIENCE_MS)];
    expect(stage.rig.proxy.busyCount).toBe(1);
    stage.start();
    await Promise.all(drained);
    expect(stage.flows("ended")).toHaveLength(1);
  });

  test("is over when the last answer that it waits for is swallowed", async () => {
    await using stage = await setStage({ legKind });
    const { peer } = await stage.park();
    stage.rig.proxy.setProfile(profileOf(blackHole("toDevice")), "all");
    const drained = stage.rig.proxy.drain(PATIENCE_MS);
    expect(stage.rig.proxy.busyCount).toBe(1);
    peer.socket.write(pingAnswer());
    await drained;
    expect(stage.flows("ended")).toEqual([]);
  });

  test("waits for the answer of a hop, and no longer", async () => {
    const hop = idleHop(IDLE_MS, { toDevice: { respond: 504 }, toServer: "reset" });
    await using stage = await setStage({ legKind, profile: profileOf(hop) });
    const { device } = await stage.park();
    const drained = stage.rig.proxy.drain(PATIENCE_MS);
    stage.start();
    await drained;
    expect(stage.rig.proxy.flowCount).toBe(1);
    await device.until(() => device.text.startsWith("HTTP/1.1 504 "));
  });
});

describe("a tcp listener's drain", { concurrent: true }, () => {
  test("is over when the last flow is silenced", async () => {
    await using stage = await setTcpStage({ profile: profileOf(SILENT) });
    await stage.joined();
    const drained = stage.proxy.drain(PATIENCE_MS);
    expect(stage.proxy.busyCount).toBe(1);
    stage.scheduler.start();
    await drained;
  });

  test("is over when nothing gets through any more, either way", async () => {
    await using stage = await setTcpStage();
    const { device, peer } = await stage.joined();
    stage.proxy.setProfile(profileOf(blackHole("both")), "all");
    const drained = stage.proxy.drain(PATIENCE_MS);
    device.write("lost");
    await stage.settle();
    expect(stage.proxy.busyCount).toBe(1);
    peer.write("lost as well");
    await drained;
    expect([device.text, peer.text]).toEqual(["welcome", "hello"]);
  });
});

function blackHole(direction: "toDevice" | "both"): Hop {
  return {
    name: "hole",
    kind: "firewall",
    conditions: [{ type: "black-hole", direction, atEnd: { toDevice: "drop", toServer: "drop" } }],
  };
}
