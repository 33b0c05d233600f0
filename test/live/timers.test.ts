import { afterAll, describe, expect, test } from "vitest";
import type { LegKind } from "../../src/live/front.ts";
import type { IdleTimeoutSettings } from "../../src/path/conditions/idle-timeout.ts";
import { pingAnswer, pingRequest } from "../support/requests.ts";
import { LEG_KINDS, profileOf } from "../support/rig.ts";
import { expectNothingOpen, setStage, type WireStage } from "../support/wire-stage.ts";
import type { WireDevice } from "../support/wire-device.ts";

const IDLE_TIMEOUT_MS = 400;
/** Such that an expiry which finds hidden bytes only when it is due comes later than by a sweep, and a whole step. */
const STEP_MS = 220;
const STEPS = 4;
/** How often the wire is looked at with this time-out, in real ms. */
const SWEEP_MS = 10;

afterAll(expectNothingOpen);

describe.each(LEG_KINDS)("over the %s leg, an idle time-out", { concurrent: true }, (legKind) => {
  test("comes exactly its length after the latest byte, and no earlier", async () => {
    await using stage = await silent(legKind);
    await stage.park();
    stage.start();

    await stage.expired();
    expect(endedAt(stage)).toBe(IDLE_TIMEOUT_MS);
  });

  test("comes for a device that never says a word", async () => {
    await using stage = await silent(legKind);
    await stage.bareDevice(0);
    await stage.rig.until(() => stage.flows("opened").length === 1);
    stage.start();

    await stage.expired();
    expect(endedAt(stage)).toBe(IDLE_TIMEOUT_MS);
  });

  test("is put off by requests", async () => {
    await using stage = await silent(legKind);
    const { device } = await stage.park();
    const lastAt = every(stage, () => device.send(pingRequest()));

    await stage.expired();
    expect(endedAt(stage)).toBe(lastAt + IDLE_TIMEOUT_MS);
  });

  test("is put off by an answer that the server sends bit by bit", async () => {
    await using stage = await silent(legKind);
    const { peer } = await stage.park();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
    const lastAt = every(stage, () => peer.write("x"));

    await stage.expired();
    expect(endedAt(stage)).toBe(lastAt + IDLE_TIMEOUT_MS);
  });

  test("is put off by bytes of a TLS record that is not whole", async () => {
    await using stage = await silent(legKind);
    const { device } = await stage.park();
    const record = [0x17, 0x03, 0x03, 0x40, 0x00];
    const lastAt = every(stage, (step) => device.raw.write(Buffer.of(record[step] ?? 0)));

    await stage.expired();
    expect(endedAt(stage)).toBeGreaterThanOrEqual(lastAt + IDLE_TIMEOUT_MS);
    expect(endedAt(stage)).toBeLessThan(lastAt + IDLE_TIMEOUT_MS + STEP_MS);
  });

  test("is put off by a handshake that comes bit by bit", async () => {
    await using stage = await silent(legKind);
    const device = await stage.bareDevice(1);
    await stage.rig.until(() => stage.flows("opened").length === 1);
    const lastAt = every(stage, () => device.letGo(20));

    await stage.expired();
    expect(endedAt(stage)).toBeGreaterThanOrEqual(lastAt + IDLE_TIMEOUT_MS);
    expect(endedAt(stage)).toBeLessThan(lastAt + IDLE_TIMEOUT_MS + STEP_MS);
  });

  test.each([
    ["toServer", "the server's bytes", (_device: WireDevice, say: () => void) => say()],
    ["toDevice", "the device's bytes", (device: WireDevice) => device.send(pingRequest())],
  ] as const)("that only bytes %s put off is not put off by %s", async (refreshedBy, _what, send) => {
    await using stage = await silent(legKind, { refreshedBy });
    const { device, peer } = await stage.park();
    stage.rig.scheduler.schedule(STEP_MS, () => send(device, () => peer.socket.write(pingAnswer())));
    stage.start();

    await stage.expired();
    expect(endedAt(stage)).toBe(IDLE_TIMEOUT_MS);
  });

  test("is not put off by TCP keepalive probes", async () => {
    const idleTimeoutMs = 1500;
    await using stage = await silent(legKind, { idleTimeoutMs });
    const { device } = await stage.park();
    device.raw.setKeepAlive(true, 1000);
    stage.start();

    await stage.expired();
    expect(endedAt(stage)).toBe(idleTimeoutMs);
  });

  test("stops counting once either side has reset or both have ended", async () => {
    await using stage = await silent(legKind);
    const parked = [await stage.park(), await stage.park(), await stage.park()] as const;
    parked[0].device.raw.resetAndDestroy();
    await stage.closed(1);
    parked[1].peer.socket.resetAndDestroy();
    parked[1].device.raw.end();
    await stage.closed(2);
    stage.start();

    await stage.expired();
    await stage.settle();
    expect(stage.flows("ended").map(({ flowId }) => flowId)).toEqual([3]);
  });
});

/** A stage whose hop drops silent flows; the clock stands at each deadline, so that instants are exact. */
function silent(legKind: LegKind, settings: Partial<IdleTimeoutSettings> = {}): Promise<WireStage> {
  const condition: IdleTimeoutSettings = {
    type: "idle-timeout",
    idleTimeoutMs: IDLE_TIMEOUT_MS,
    atExpiry: { toDevice: "drop", toServer: "drop" },
    refreshedBy: "either",
    ...settings,
  };
  const profile = profileOf({ name: "carrier", kind: "nat", conditions: [condition] });
  return setStage({ legKind, profile }, undefined, true);
}

/** Lets time run, and something happen in every step of it; tells when it does so for the last time. */
function every(stage: WireStage, act: (step: number) => void): number {
  const { scheduler, proxy } = stage.rig;
  const arrivedBytes = (): number => proxy.bytes.fromDevice + proxy.bytes.fromServer;
  const actAndHold = (step: number): void => {
    const before = arrivedBytes();
    act(step);
    holdUntil(stage, () => arrivedBytes() > before);
  };
  for (let step = 0; step < STEPS; step += 1) scheduler.schedule((step + 1) * STEP_MS, () => actAndHold(step));
  stage.start();
  return STEPS * STEP_MS;
}

/**
 * Lets the clock stand until something has come, and a sweep has found it: a busy machine may take longer for that than
 * the clock waits by itself, and what is late then would look like silence.
 */
function holdUntil({ rig }: WireStage, hasCome: () => boolean): void {
  let swept = false;
  let timeout: NodeJS.Timeout | undefined;
  const look = (): void => {
    if (swept) return;
    rig.scheduler.now();
    if (hasCome()) timeout ??= setTimeout(() => (swept = true), 2 * SWEEP_MS);
    setImmediate(look);
  };
  look();
}

/** When the first flow's path ended. */
function endedAt(stage: WireStage): number | undefined {
  return stage.flows("ended")[0]?.at;
}
