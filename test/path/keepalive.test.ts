import { describe, expect, test } from "vitest";
import { Path } from "../../src/path/path.ts";
import type { Direction } from "../../src/path/segment.ts";
import { idleTimeout, type IdleTimeoutSettings } from "../../src/path/conditions/idle-timeout.ts";
import { narrow } from "../../src/path/narrowed.ts";
import { SETUP, both, entering, flowAt, idle, idleHop, idlePath } from "./flows.ts";

type RefreshedBy = IdleTimeoutSettings["refreshedBy"];

function heeding(idleTimeoutMs: number, refreshedBy: RefreshedBy = "either"): IdleTimeoutSettings {
  return { ...idle(idleTimeoutMs, both("drop"), refreshedBy), refreshedByKeepalive: true };
}

function pathOf(...settings: readonly IdleTimeoutSettings[]): Path<string> {
  return new Path(idlePath(...settings.map((each, index) => idleHop(`hop${index}`, each))), { createdAt: 0 });
}

function keepAlive(path: Path<string>, direction: Direction, at: number): void {
  expect(path.handle({ kind: "keepalive", direction }, at)).toEqual([]);
}

test.each([
  [{ ...heeding(1000) }, 1600],
  [{ ...heeding(1000), refreshedByKeepalive: false }, 1000],
  [idle(1000, both("drop")), 1000],
  [heeding(1000, "toServer"), 1600],
  [heeding(1000, "toDevice"), 1000],
])("a keepalive to the server at 600 ms moves the expiry as the hop says: %o", (settings, expected) => {
  const path = pathOf(settings);
  keepAlive(path, "toServer", 600);
  expect(path.nextDeadline()).toBe(expected);
});

test("a keepalive that is told late counts from when it crossed, and never takes time away", () => {
  const path = pathOf(heeding(1000));
  path.handle(entering("device", "hello"), 700);
  keepAlive(path, "toServer", 300);
  expect(path.nextDeadline()).toBe(1700);
});

test.each([
  [999, 1999],
  [1000, 1000],
])("a keepalive at %i ms, with a time-out of 1000, leaves the expiry at %i", (at, expected) => {
  const path = pathOf(heeding(1000));
  keepAlive(path, "toServer", at);
  expect(path.nextDeadline()).toBe(expected);
});

test("a keepalive refreshes nothing once the time-out has expired", () => {
  const path = pathOf(heeding(1000));
  path.expire(1000);
  keepAlive(path, "toServer", 1000);
  expect(path.nextDeadline()).toBeUndefined();
});

describe("a keepalive on a path of two hops, of which one has expired", () => {
  test.each([
    ["toServer", 2600],
    ["toDevice", 2000],
  ] as const)("%s reaches the hop on this side of it only", (direction, expected) => {
    const path = pathOf(heeding(2000), heeding(1000));
    path.expire(1000);
    keepAlive(path, direction, 600);
    expect(path.nextDeadline()).toBe(expected);
  });
});

test.each([
  [heeding(1000), 999, false],
  [heeding(1000), 1000, true],
  [idle(1000, both("drop")), 1000, false],
])("whether a time-out that heeds keepalives is due: %o at %i ms", (settings, now, expected) => {
  expect(pathOf(settings).keepaliveDue(now)).toBe(expected);
});

test("nothing is due any more on a hop that has ended the flow", () => {
  const path = pathOf(heeding(1000));
  path.expire(1000);
  expect(path.keepaliveDue(3000)).toBe(false);
});

test("nothing is due any more on a flow that both ends have ended", () => {
  const path = pathOf(heeding(1000));
  path.handle(entering("device", "fin"), 1);
  path.handle(entering("server", "fin"), 2);
  expect(path.keepaliveDue(3000)).toBe(false);
});

test.each([
  [0, 1600],
  [500, undefined],
])("a time-out that acts from %i ms on hears keepalives only while it acts", (fromMs, expected) => {
  const condition = narrow(
    { during: { fromMs, untilMs: 5000 } },
    idleTimeout.prepare(heeding(1000), SETUP),
    SETUP,
  )(flowAt(0));
  condition.onKeepalive?.("toServer", 600);
  expect(condition.onKeepalive === undefined ? undefined : condition.nextDeadline()).toBe(expected);
});
