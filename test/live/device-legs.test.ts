import { afterAll, describe, expect, test } from "vitest";
import type { DeviceLeg } from "../../src/live/device-leg.ts";
import type { FlowHandler, FlowWatcher } from "../../src/live/flow-handler.ts";
import { LEG_KINDS } from "../support/rig.ts";
import { expectNothingOpen, setStage } from "../support/wire-stage.ts";

const PIECE = Buffer.alloc(10_000, "x");

afterAll(expectNothingOpen);

describe.each(LEG_KINDS)("the %s leg, with more written than a slow device takes,", { concurrent: true }, (legKind) => {
  test.each([
    ["is cut behind all of it", (leg: DeviceLeg) => leg.cut("close"), false],
    ["ends behind all of it", (leg: DeviceLeg) => leg.end(), true],
  ])("%s", async (_what, end, closeNotified) => {
    const flooder = new Flooder(end);
    await using stage = await setStage({ legKind, makeHandler: (watcher) => flooder.watch(watcher) });
    const device = await stage.device();
    device.raw.pause();
    device.send("go");
    await flooder.flooded;
    device.raw.resume();

    expect(await device.ended()).toBe("fin");
    await device.until(() => device.text.length >= flooder.writtenBytes);
    expect(device.text.length).toBe(flooder.writtenBytes);
    expect(device.closeNotified).toBe(closeNotified);
    device.raw.end();
    await stage.closed();
  });

  test("is reset at once", async () => {
    const flooder = new Flooder((leg) => leg.cut("reset"));
    await using stage = await setStage({ legKind, makeHandler: (watcher) => flooder.watch(watcher) });
    const device = await stage.device();
    device.raw.pause();
    device.send("go");
    await stage.closed();
    device.raw.resume();

    await device.ended();
    expect(device.text.length).toBeLessThan(flooder.writtenBytes);
  });
});

/** Writes to its device, once that says something, until it is asked to wait, and once more; then ends the leg. */
class Flooder implements FlowHandler {
  readonly busy = false;
  readonly #end: (leg: DeviceLeg) => void;
  #leg: DeviceLeg | undefined;
  #watcher: FlowWatcher | undefined;
  #tellFlooded = (): void => undefined;
  writtenBytes = 0;
  /** All is written that is to be. */
  readonly flooded = new Promise<void>((resolve) => (this.#tellFlooded = resolve));

  constructor(end: (leg: DeviceLeg) => void) {
    this.#end = end;
  }

  watch(watcher: FlowWatcher): this {
    this.#watcher = watcher;
    return this;
  }

  get bytes(): FlowHandler["bytes"] {
    return { fromDevice: 0, toDevice: 0, fromServer: 0, toServer: 0 };
  }

  attach(device: DeviceLeg): void {
    this.#leg = device;
  }

  abort(): void {
    this.#leg?.release();
  }

  data(): void {
    setImmediate(() => this.#flood());
  }

  #flood(): void {
    const leg = this.#leg;
    if (leg === undefined) return;
    this.writtenBytes += PIECE.length;
    if (leg.write(PIECE)) return void setImmediate(() => this.#flood());
    leg.write(PIECE);
    this.writtenBytes += PIECE.length;
    this.#end(leg);
    this.#tellFlooded();
  }

  deviceGone(): void {
    this.#leg?.finish();
    this.#watcher?.closed(this.bytes);
  }

  secured(): void {}
  answersHeld(): void {}
  answersMissed(): void {}
  swallowed(): void {}
  tlsFailed(): void {}
  drained(): void {}
  finToServer(): void {}
  rstToServer(): void {}
  pathEnded(): void {}
  respond(): void {}
}
