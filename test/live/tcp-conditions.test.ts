import { afterAll, describe, expect, test } from "vitest";
import type { Endings } from "../../src/path/condition.ts";
import type { ConditionSettings } from "../../src/path/conditions/index.ts";
import type { Profile } from "../../src/path/hop.ts";
import { RunScenario } from "../../src/live/run-scenario.ts";
import { idleHop, profileOf } from "../support/rig.ts";
import { setTcpStage, type TcpStage } from "../support/tcp-stage.ts";
import { expectNothingOpen } from "../support/wire-stage.ts";

const DELAY_MS = 40;
const SLOW: ConditionSettings = {
  type: "latency",
  delayMs: DELAY_MS,
  jitterMs: 0,
  distribution: "normal",
  direction: "both",
};

afterAll(expectNothingOpen);

function pathOf(...conditions: readonly ConditionSettings[]): Profile {
  return profileOf({ name: "line", kind: "network", conditions });
}

/** A stage whose time runs from the start. */
async function setRunning(...options: Parameters<typeof setTcpStage>): Promise<TcpStage> {
  const stage = await setTcpStage(...options);
  stage.scheduler.start();
  return stage;
}

describe("on a tcp listener", { concurrent: true }, () => {
  test("bytes and FIN cross a slow line in their order, each way", async () => {
    await using stage = await setRunning({ profile: pathOf(SLOW) });
    const sentAt = performance.now();
    const { device, peer } = await stage.joined();
    expect(performance.now() - sentAt).toBeGreaterThanOrEqual(2 * DELAY_MS - 2);
    device.socket.write(", one");
    device.socket.end(", two");
    await stage.server.until(() => peer.state === "fin");
    expect(peer.text).toBe("hello, one, two");
    peer.socket.end(" and gone");
    await stage.until(() => device.state === "fin");
    expect(device.text).toBe("welcome and gone");
    await stage.closed();
  });

  test("an RST crosses a slow line behind what was said before it", async () => {
    await using stage = await setRunning({ profile: pathOf(SLOW) });
    const { device, peer } = await stage.joined();
    await new Promise((resolve) => peer.socket.write("!", resolve));
    peer.socket.resetAndDestroy();
    await stage.until(() => device.state === "rst");
    expect(device.text).toBe("welcome!");
    await stage.closed();
  });

  test("a device's RST crosses a slow line before its flow is over", async () => {
    await using stage = await setRunning({ profile: pathOf(SLOW) });
    const { device, peer } = await stage.joined();
    device.socket.resetAndDestroy();
    await stage.server.until(() => peer.state === "rst");
    await stage.closed();
    expect(stage.flows.map(({ kind }) => kind)).toEqual(["opened", "closed"]);
  });

  test("a sender waits for a line of little bandwidth, and nothing of what it says is lost", async () => {
    const queueBytes = 64 * 1024;
    const thin: ConditionSettings = { type: "bandwidth", bytesPerSecond: 4_000_000, direction: "both", queueBytes };
    await using stage = await setRunning({ profile: pathOf(thin) });
    const { device, peer } = await stage.joined();
    const sent = Buffer.alloc(1024 * 1024, "0123456789abcdefg");
    device.socket.write(sent);
    let mostBytes = 0;
    peer.socket.on("data", () => {
      const { fromDevice, toServer } = stage.proxy.bytes;
      mostBytes = Math.max(mostBytes, fromDevice - toServer);
    });
    await stage.server.until(() => peer.text.length === "hello".length + sent.length);
    expect(peer.text.slice("hello".length)).toBe(sent.toString("latin1"));
    expect(mostBytes).toBeGreaterThan(0);
    expect(mostBytes).toBeLessThan(queueBytes + 2 * 64 * 1024);
  });

  test("a device that is refused sees an RST, and the server nothing", async () => {
    await using stage = await setRunning({ profile: pathOf({ type: "refuse" }) });
    expect(await fateOf(stage)).toBe("refused");
    await stage.closed();
    expect(stage.server.peers).toEqual([]);
    expect(stage.flows[1]).toMatchObject({ kind: "ended", hop: "line", condition: "refuse" });
  });

  test.each<[Endings, "open" | "fin" | "rst", "open" | "fin" | "rst"]>([
    [{ toDevice: "drop", toServer: "reset" }, "open", "rst"],
    [{ toDevice: "reset", toServer: "drop" }, "rst", "open"],
    [{ toDevice: "close", toServer: "reset" }, "fin", "rst"],
    [{ toDevice: "drop", toServer: "close" }, "open", "fin"],
  ])("legs end apart: %j", async (endings, atDevice, atServer) => {
    await using stage = await setTcpStage({ profile: profileOf(idleHop(100, endings)) });
    const { device, peer } = await stage.joined();
    stage.scheduler.start();
    await stage.until(() => stage.flows.some(({ kind }) => kind === "ended") && device.state === atDevice);
    await stage.server.until(() => peer.state === atServer);
    await stage.settle();
    expect([device.state, peer.state]).toEqual([atDevice, atServer]);
  });

  test.each([
    ["reset", "rst"],
    ["close", "fin"],
  ] as const)("a device that has ended its side is shown a later %s all the same", async (ending, atDevice) => {
    const endings = { toDevice: ending, toServer: ending };
    const cut: ConditionSettings = { type: "cut-off", direction: "toDevice", afterMs: 150, ending: endings };
    await using stage = await setRunning({ profile: pathOf(cut) });
    const device = await stage.device();
    device.socket.end("hello");
    const peer = await stage.server.peer(0, "hello");
    peer.socket.end("swallowed, with the FIN behind it");
    await stage.until(() => device.state === atDevice);
    expect(device.text).toBe("");
    await stage.closed();
  });

  test("chances hang on the seed alone: the same one lets the same flows live", async () => {
    const fates = async (seed: number): Promise<string> => {
      const profile = pathOf({ type: "refuse", match: { share: 0.5, shareOf: "flows" } });
      await using stage = await setRunning({ profile, scenario: new RunScenario(seed) }, (peer) => peer.write("in"));
      let told = "";
      for (let flow = 0; flow < 16; flow += 1) told += (await fateOf(stage)) === "served" ? "+" : "-";
      return told;
    };
    const [first, again, other] = await Promise.all([fates(1), fates(1), fates(2)]);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    expect(first).toMatch(/^(?=.*\+)(?=.*-)[+-]{16}$/u);
  });
});

/** What becomes of a device; an RST may come before the device knows that it is connected. */
async function fateOf(stage: TcpStage): Promise<"served" | "refused"> {
  const device = await stage.device().catch(() => undefined);
  if (device === undefined) return "refused";
  await stage.until(() => device.state === "rst" || device.text !== "");
  return device.state === "rst" ? "refused" : "served";
}
