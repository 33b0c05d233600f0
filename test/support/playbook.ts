import { expect } from "vitest";
import { Driver } from "../../src/core/driver.ts";
import type { Machine, Millis } from "../../src/core/machine.ts";
import { VirtualScheduler } from "../../src/core/virtual-scheduler.ts";

/** What happens at an instant: an event that goes in, or an effect that comes out. */
export type Row<What> = readonly [at: Millis, what: What];

/**
 * Plays events to a machine in virtual time, through a Driver, and returns its effects with their instants.
 * On the way it holds the machine to the law that early and repeated calls of `expire` do nothing.
 * Time ends at `until`, inclusive; by default at the last event.
 */
export function play<Event, Effect>(
  machine: Machine<Event, Effect>,
  events: readonly Row<Event>[],
  until: Millis = Math.max(0, ...events.map(([at]) => at)),
): readonly Row<Effect>[] {
  const scheduler = new VirtualScheduler();
  const rows: Row<Effect>[] = [];
  const driver = new Driver(heldToLaw(machine), scheduler, (effect: Effect) => {
    rows.push([scheduler.now(), effect]);
  });
  for (const [at, event] of events) scheduler.schedule(at, () => driver.dispatch(event));
  driver.settle();
  scheduler.runUntil(until);
  return rows;
}

function heldToLaw<Event, Effect>(machine: Machine<Event, Effect>): Machine<Event, Effect> {
  const expectNothingAt = (now: Millis): void => {
    const deadline = machine.nextDeadline();
    if (deadline !== undefined && deadline <= now) return;
    expect(machine.expire(now), "effects of an early or repeated expire").toEqual([]);
    expect(machine.nextDeadline(), "deadline after an early or repeated expire").toBe(deadline);
  };
  return {
    handle(event, now) {
      expectNothingAt(now);
      return machine.handle(event, now);
    },
    nextDeadline: () => machine.nextDeadline(),
    expire(now) {
      const effects = machine.expire(now);
      expectNothingAt(now);
      return effects;
    },
  };
}
