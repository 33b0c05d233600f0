import { expect, test } from "vitest";
import { VirtualScheduler } from "../../src/core/virtual-scheduler.ts";
import type { DeviceLegEvents } from "../../src/live/device-leg.ts";
import { LegPath, type LivePayload } from "../../src/live/leg-path.ts";
import { preparePath } from "../../src/path/path-hop.ts";
import { Path } from "../../src/path/path.ts";
import type { Segment } from "../../src/path/segment.ts";
import { idleHop } from "../support/rig.ts";

const HIDDEN: Segment<LivePayload> = { kind: "data", direction: "toServer", sizeBytes: 1, payload: undefined };

test("hidden bytes put a deadline off that they came before, by less than they would have if told at once", () => {
  const { scheduler, hide, told } = build([idleHop(100, { toDevice: "drop", toServer: "drop" })]);
  scheduler.runUntil(99);
  hide(HIDDEN);
  scheduler.runUntil(198);
  expect(told).toEqual(["forward data toServer"]);
  scheduler.runUntil(199);
  expect(told).toEqual(["forward data toServer", "ended hop"]);
});

test("hidden bytes that are found at another hop's deadline still meet the hop that has ended", () => {
  const { scheduler, hide, told } = build([
    idleHop(100, { toDevice: "reset-on-next", toServer: "drop" }, "carrier"),
    idleHop(300, { toDevice: "drop", toServer: "drop" }, "firewall"),
  ]);
  scheduler.runUntil(200);
  expect(told).toEqual(["ended carrier"]);
  hide(HIDDEN);
  scheduler.runUntil(300);
  expect(told).toEqual(["ended carrier", "forward rst toDevice"]);
});

/** A path in virtual time, what it told, and a way to let bytes pass unseen. */
function build(hops: Parameters<typeof preparePath>[0]): {
  scheduler: VirtualScheduler;
  hide: (segment: Segment<LivePayload>) => void;
  told: readonly string[];
} {
  const scheduler = new VirtualScheduler();
  const hidden: Segment<LivePayload>[] = [];
  const told: string[] = [];
  const path = new Path<LivePayload>(preparePath(hops), { createdAt: 0 });
  const ignore = (): void => undefined;
  const events: DeviceLegEvents = {
    secured: ignore,
    tlsFailed: ignore,
    data: ignore,
    drained: ignore,
    finToServer: ignore,
    rstToServer: ignore,
    respond: ignore,
    deviceGone: ignore,
    answersHeld: ignore,
    answersMissed: ignore,
    swallowed: ignore,
    pathEnded: (hop) => told.push(`ended ${hop}`),
  };
  const ends = {
    untold: () => hidden.splice(0),
    forward: ({ kind, direction }: Segment<LivePayload>) => void told.push(`forward ${kind} ${direction}`),
    ended: ignore,
    eased: ignore,
  };
  const leg = new LegPath(path, scheduler, ends, events);
  leg.settle();
  expect(leg.ended).toBe(false);
  return { scheduler, hide: (segment) => hidden.push(segment), told };
}
