import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Driver } from "../../src/core/driver.ts";
import type { Machine, Millis } from "../../src/core/machine.ts";
import { VirtualScheduler } from "../../src/core/virtual-scheduler.ts";

type ClockEvent =
  | { readonly kind: "say"; readonly words: readonly string[] }
  /** Rings at an instant, `undefined` for never. */
  | { readonly kind: "set"; readonly at: Millis | undefined };

/** Says what it is told and rings when it is set to. */
class Clock implements Machine<ClockEvent, string> {
  at: Millis | undefined;
  expired = 0;

  handle(event: ClockEvent, now: Millis): readonly string[] {
    switch (event.kind) {
      case "say":
        return event.words.map((word) => `${word} at ${now}`);
      case "set":
        this.at = event.at;
    }
    return [];
  }

  nextDeadline(): Millis | undefined {
    return this.at;
  }

  expire(now: Millis): readonly string[] {
    this.expired += 1;
    if (this.at === undefined || now < this.at) return [];
    this.at = undefined;
    return [`ring at ${now}`];
  }
}

function clockwork(perform?: (effect: string, driver: Driver<ClockEvent, string>) => void) {
  const scheduler = new VirtualScheduler();
  const clock = new Clock();
  const told: string[] = [];
  const driver = new Driver<ClockEvent, string>(clock, scheduler, (effect) => {
    told.push(effect);
    perform?.(effect, driver);
  });
  const setAt = (at: Millis | undefined): void => driver.dispatch({ kind: "set", at });
  const say = (...words: readonly string[]): void => driver.dispatch({ kind: "say", words });
  return { scheduler, clock, told, driver, setAt, say };
}

describe("events", () => {
  test("are handled at once, effects in order", () => {
    const { told, say } = clockwork();
    say("a", "b");
    expect(told).toEqual(["a at 0", "b at 0"]);
  });

  test("that come on a deadline whose effect stops the driver are not handled", () => {
    const {
      clock,
      told,
      driver: running,
    } = clockwork((effect, driver) => {
      if (effect.startsWith("ring")) driver.stop();
    });
    clock.at = 0;
    running.dispatch({ kind: "set", at: 9 });
    expect(told).toEqual(["ring at 0"]);
    expect(clock.at).toBeUndefined();
  });

  test("that an effect dispatches wait until the present one is done", () => {
    const { told, say } = clockwork((effect, driver) => {
      if (effect === "a at 0") driver.dispatch({ kind: "say", words: ["c"] });
      if (effect === "a at 0") driver.settle();
    });
    say("a", "b");
    expect(told).toEqual(["a at 0", "b at 0", "c at 0"]);
  });

  test("come after a deadline that is due at their instant", () => {
    const { scheduler, told, setAt, say } = clockwork();
    scheduler.schedule(100, () => say("event"));
    setAt(100);
    scheduler.runUntil(100);
    expect(told).toEqual(["ring at 100", "event at 100"]);
  });

  test("may set a deadline that is due already; it is settled before the next event", () => {
    const { scheduler, told, driver } = clockwork((effect) => {
      if (effect !== "a at 10") return;
      driver.dispatch({ kind: "set", at: 5 });
      driver.dispatch({ kind: "say", words: ["b"] });
    });
    scheduler.runUntil(10);
    driver.dispatch({ kind: "say", words: ["a"] });
    expect(told).toEqual(["a at 10", "ring at 10", "b at 10"]);
  });
});

describe("a deadline", () => {
  test.each([
    [99, []],
    [100, ["ring at 100"]],
    [101, ["ring at 100"]],
  ])("of 100 ms seen at %i ms has given %j", (until, expected) => {
    const { scheduler, told, setAt } = clockwork();
    setAt(100);
    scheduler.runUntil(until);
    expect(told).toEqual(expected);
  });

  test("that a machine starts with is kept once the driver settles", () => {
    const { scheduler, clock, told, driver } = clockwork();
    clock.at = 50;
    driver.settle();
    scheduler.runUntil(50);
    expect(told).toEqual(["ring at 50"]);
  });

  test("that moves later costs a wake-up but no early expiry, and one timer at a time", () => {
    const { scheduler, clock, told, setAt } = clockwork();
    setAt(100);
    for (let at = 101; at <= 200; at += 1) setAt(at);
    expect(scheduler.pending).toBe(1);
    scheduler.runUntil(199);
    expect([told, clock.expired, scheduler.pending]).toEqual([[], 0, 1]);
    scheduler.runUntil(200);
    expect(told).toEqual(["ring at 200"]);
  });

  test("that moves earlier is met at its new instant and not at its old one", () => {
    const { scheduler, told, setAt } = clockwork();
    setAt(100);
    setAt(30);
    expect(scheduler.pending).toBe(1);
    scheduler.runUntil(200);
    expect(told).toEqual(["ring at 30"]);
  });

  test("that is cleared leaves no timer behind", () => {
    const { scheduler, setAt } = clockwork();
    setAt(100);
    setAt(undefined);
    setAt(undefined);
    expect(scheduler.pending).toBe(0);
  });
});

describe("stop", () => {
  test("is final for events, deadlines and settling, and leaves no timer", () => {
    const { scheduler, told, driver, setAt, say } = clockwork();
    setAt(100);
    expect(driver.stopped).toBe(false);
    driver.stop();
    driver.stop();
    say("late");
    driver.settle();
    scheduler.runUntil(200);
    expect([told, driver.stopped, scheduler.pending]).toEqual([[], true, 0]);
  });

  test("from inside an effect keeps back the effects, events and deadlines that wait", () => {
    const { scheduler, told, say, setAt } = clockwork((effect, driver) => {
      if (effect !== "a at 0") return;
      driver.dispatch({ kind: "say", words: ["waiting"] });
      driver.stop();
      driver.dispatch({ kind: "say", words: ["late"] });
    });
    setAt(100);
    say("a", "b");
    scheduler.runUntil(200);
    expect([told, scheduler.pending]).toEqual([["a at 0"], 0]);
  });

  test("from inside the effect of a deadline keeps back all that would follow", () => {
    const { scheduler, told, driver, setAt } = clockwork(() => {
      driver.dispatch({ kind: "set", at: 1 });
      driver.stop();
    });
    setAt(100);
    scheduler.runUntil(200);
    expect([told, scheduler.pending]).toEqual([["ring at 100"], 0]);
  });
});

describe("what only a bug can cause", () => {
  test("a machine that keeps a due deadline is found out instead of holding the driver for ever", () => {
    const scheduler = new VirtualScheduler();
    const stuck: Machine<string, string> = { handle: () => [], nextDeadline: () => 10, expire: () => ["again"] };
    const driver = new Driver(stuck, scheduler, () => undefined);
    driver.settle();
    expect(() => scheduler.runUntil(10)).toThrow("kept its deadline 10");
    expect([driver.stopped, scheduler.pending]).toEqual([true, 0]);
  });

  test("a machine that is given a deadline of this instant by what its effects lead to is asked again", () => {
    const { scheduler, clock, told, setAt } = clockwork(() => {
      if (told.length === 1) clock.at = 100;
    });
    setAt(100);
    scheduler.runUntil(100);
    expect(told).toEqual(["ring at 100", "ring at 100"]);
  });

  test("a machine may do late what was due at several instants one call at a time", () => {
    const scheduler = new VirtualScheduler();
    const instants = [10, 20, 30];
    const told: Millis[] = [];
    const oneByOne: Machine<string, Millis> = {
      handle: () => [],
      nextDeadline: () => instants[0],
      expire: () => instants.splice(0, 1),
    };
    scheduler.runUntil(25);
    const driver = new Driver(oneByOne, scheduler, (effect) => told.push(effect));
    driver.settle();
    expect(told).toEqual([10, 20]);
    scheduler.runUntil(30);
    expect(told).toEqual([10, 20, 30]);
  });

  test("an effect that throws reaches who dispatched and stops the driver", () => {
    const { scheduler, told, driver, say, setAt } = clockwork((effect) => {
      if (effect === "a at 0") throw new Error("no such socket");
    });
    setAt(100);
    expect(() => say("a", "b")).toThrow("no such socket");
    say("c");
    scheduler.runUntil(200);
    expect([told, driver.stopped, scheduler.pending]).toEqual([["a at 0"], true, 0]);
  });

  test("a machine that throws reaches who dispatched and stops the driver", () => {
    const faulty: Machine<string, string> = {
      handle: () => {
        throw new Error("bug");
      },
      nextDeadline: () => undefined,
      expire: () => [],
    };
    const driver = new Driver(faulty, new VirtualScheduler(), () => undefined);
    expect(() => driver.dispatch("event")).toThrow("bug");
    expect(driver.stopped).toBe(true);
  });
});

test("however deadlines move, the clock rings at the latest one set, once, and never early", () => {
  const step = fc.record({ waitMs: fc.nat(50), aheadMs: fc.option(fc.nat(60), { nil: undefined }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
      const { scheduler, told, setAt } = clockwork();
      const expected: string[] = [];
      let ringAt: Millis | undefined;
      for (const { waitMs, aheadMs } of steps) {
        scheduler.runUntil(scheduler.now() + waitMs);
        if (ringAt !== undefined && ringAt <= scheduler.now()) expected.push(`ring at ${ringAt}`);
        ringAt = aheadMs === undefined ? undefined : scheduler.now() + aheadMs;
        setAt(ringAt);
        if (aheadMs === 0) expected.push(`ring at ${ringAt}`);
        if (aheadMs === 0) ringAt = undefined;
      }
      if (ringAt !== undefined) expected.push(`ring at ${ringAt}`);
      scheduler.runUntil(scheduler.now() + 100);
      expect(told).toEqual(expected);
      expect(scheduler.pending).toBe(0);
    }),
  );
});
