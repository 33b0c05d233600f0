import { expect, test } from "vitest";
import { Driver } from "../../../src/core/driver.ts";
import { VirtualScheduler } from "../../../src/core/virtual-scheduler.ts";
import type { Heard } from "../../../src/live/enforcement/enforcer.ts";
import { KeepaliveWatch } from "../../../src/live/enforcement/keepalive-watch.ts";
import type { PathEvent } from "../../../src/path/path-effect.ts";
import { preparePath } from "../../../src/path/path-hop.ts";
import { Path } from "../../../src/path/path.ts";
import { idleHop } from "../../support/rig.ts";

const DATA: PathEvent = {
  kind: "segment",
  segment: { kind: "data", direction: "toServer", sizeBytes: 1, payload: undefined },
};
const DROP = { toDevice: "drop", toServer: "drop" } as const;

test("the kernel is asked at the deadline, and a flow that was not heard expires when it answers", async () => {
  const { scheduler, told, asked, answer } = build(1000, true);
  scheduler.runUntil(999);
  expect(asked()).toBe(0);
  scheduler.runUntil(1000);
  expect(asked()).toBe(1);
  expect(told).toEqual([]);
  scheduler.runUntil(1020);
  await answer({});
  expect(told).toEqual(["ended 1020"]);
});

test("a flow that was heard lives on from that instant, and is asked for again", async () => {
  const { scheduler, told, asked, answer } = build(1000, true);
  scheduler.runUntil(1000);
  await answer({ toServer: 400 });
  scheduler.runUntil(1599);
  expect([asked(), told]).toEqual([1, []]);
  scheduler.runUntil(1600);
  expect(asked()).toBe(2);
  await answer({ toServer: 1000 });
  expect(told).toEqual(["ended 1600"]);
});

test("time that runs faster makes what the kernel tells longer", async () => {
  const { scheduler, asked, answer } = build(1000, true, 10);
  scheduler.runUntil(1000);
  await answer({ toServer: 40 });
  scheduler.runUntil(1599);
  expect(asked()).toBe(1);
  scheduler.runUntil(1600);
  expect(asked()).toBe(2);
});

test("what comes while the kernel is asked waits, and then counts from when it came", async () => {
  const { scheduler, told, answer, send } = build(1000, true);
  scheduler.runUntil(1000);
  scheduler.runUntil(1100);
  send();
  scheduler.runUntil(1200);
  expect(told).toEqual([]);
  await answer({ toDevice: 300 });
  expect(told).toEqual(["forward 1200"]);
  scheduler.runUntil(2099);
  await answer({});
  expect(told).toEqual(["forward 1200"]);
  scheduler.runUntil(2100);
  await answer({});
  expect(told).toEqual(["forward 1200", "ended 2100"]);
});

test("what comes while the kernel is asked dies with a flow that had expired", async () => {
  const { scheduler, told, answer, send } = build(1000, true);
  scheduler.runUntil(1050);
  send();
  await answer({});
  expect(told).toEqual(["ended 1050", "swallowed 1050"]);
});

test("a hop that keepalives don't refresh is judged without asking", () => {
  const { scheduler, told, asked } = build(1000, false);
  scheduler.runUntil(1000);
  expect([asked(), told]).toEqual([0, ["ended 1000"]]);
});

/** A watched path in virtual time, with a kernel that answers when the test says so. */
function build(idleTimeoutMs: number, refreshedByKeepalive: boolean, timeScale = 1) {
  const scheduler = new VirtualScheduler();
  const hop = idleHop(idleTimeoutMs, DROP);
  const conditions = hop.conditions.map((condition) => ({ ...condition, refreshedByKeepalive }));
  const path = new Path(preparePath([{ ...hop, conditions }]), { createdAt: 0 });
  const told: string[] = [];
  let count = 0;
  let tell: ((heard: Heard) => void) | undefined;
  const watch = new KeepaliveWatch({
    path,
    keepaliveDue: (now) => path.keepaliveDue(now),
    heard: () => {
      count += 1;
      return new Promise<Heard>((resolve) => (tell = resolve));
    },
    timeScale,
    wake: () => driver.settle(),
  });
  const driver = new Driver(watch, scheduler, ({ kind }) => void told.push(`${kind} ${scheduler.now()}`));
  driver.settle();
  return {
    scheduler,
    told,
    asked: () => count,
    answer: async (heard: Heard) => {
      tell?.(heard);
      await new Promise((resolve) => setImmediate(resolve));
    },
    send: () => driver.dispatch(DATA),
  };
}
