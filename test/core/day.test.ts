import { expect, test } from "vitest";
import { Driver } from "../../src/core/driver.ts";
import type { Machine, Millis } from "../../src/core/machine.ts";
import { Random } from "../../src/core/random.ts";
import { VirtualScheduler } from "../../src/core/virtual-scheduler.ts";

const DEVICES = 1000;
const DAY_MS = 24 * 3_600_000;
const INTERVAL_MS = 12 * 60_000;

/** Beats at an interval after the latest thing that happened to it. */
class Beating implements Machine<"mail", "beat"> {
  #beatAt: Millis = INTERVAL_MS;

  handle(_: "mail", now: Millis): readonly "beat"[] {
    this.#beatAt = now + INTERVAL_MS;
    return [];
  }

  nextDeadline(): Millis {
    return this.#beatAt;
  }

  expire(now: Millis): readonly "beat"[] {
    if (now < this.#beatAt) return [];
    this.#beatAt = now + INTERVAL_MS;
    return ["beat"];
  }
}

test("a day of a thousand devices costs no more than a step of the queue a beat and two a mail", () => {
  const scheduler = new VirtualScheduler();
  const random = new Random(1);
  let beats = 0;
  let mails = 0;
  for (let device = 0; device < DEVICES; device += 1) {
    const driver = new Driver(new Beating(), scheduler, () => (beats += 1));
    driver.settle();
    const mailMachine = random.fork(`mail ${device}`);
    const mailLater = (): void => {
      scheduler.schedule(scheduler.now() + mailMachine.exponential(DAY_MS / 40), () => {
        mails += 1;
        driver.dispatch("mail");
        mailLater();
      });
    };
    mailLater();
  }
  let steps = 0;
  scheduler.runUntilDone(() => {
    steps += 1;
    return false;
  }, DAY_MS);

  expect(Math.abs(mails - 40 * DEVICES)).toBeLessThan(4 * Math.sqrt(40 * DEVICES));
  expect(beats).toBeGreaterThan(80 * DEVICES);
  expect(beats).toBeLessThan(120 * DEVICES);
  // A mail moves the deadline on, so that the timer that was set for it wakes the driver once for nothing.
  expect(steps).toBeLessThanOrEqual(beats + 2 * mails + 1);
  expect(scheduler.pending).toBe(2 * DEVICES);
});
