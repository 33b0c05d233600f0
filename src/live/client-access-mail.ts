import type { Millis } from "../core/machine.ts";
import { Random } from "../core/random.ts";
import type { Scheduler, Timer } from "../core/scheduler.ts";
import { mailInstants, type MailSchedule } from "../heartbeat/mail-schedule.ts";

/**
 * When each mailbox gets mail by itself. Instants count from the first request of its user, or from the server's start
 * for users that it is given: so they mean the same however long after the server a device starts.
 */
export interface MailPlan {
  readonly schedule: MailSchedule;
  /** Of the random instants, which differ from user to user; default 1. */
  readonly seed?: number;
}

/** Lets mail come into mailboxes as planned, from the first time a user is seen. */
export class MailCourier {
  readonly #plan: MailPlan;
  readonly #scheduler: Scheduler;
  readonly #deliver: (user: string) => void;
  readonly #random: Random;
  readonly #timers = new Map<string, Timer | undefined>();
  readonly #maxUsers: number;

  /** Follows `maxUsers` users at most, those seen first. */
  constructor(plan: MailPlan, scheduler: Scheduler, maxUsers: number, deliver: (user: string) => void) {
    this.#plan = plan;
    this.#scheduler = scheduler;
    this.#maxUsers = maxUsers;
    this.#deliver = deliver;
    this.#random = new Random(plan.seed ?? 1).fork("mail");
  }

  /** A user was seen; only the first time matters. */
  follow(user: string): void {
    if (this.#timers.has(user) || this.#timers.size >= this.#maxUsers) return;
    this.#timers.set(user, undefined);
    this.#expect(user, this.#scheduler.now(), mailInstants(this.#plan.schedule, this.#random.fork(user)));
  }

  /** No mail comes any more. */
  stop(): void {
    for (const timer of this.#timers.values()) timer?.cancel();
    this.#timers.clear();
  }

  /** One message is scheduled at a time, so that an endless plan costs nothing. */
  #expect(user: string, fromAt: Millis, instants: Iterator<Millis>): void {
    const next = instants.next();
    if (next.done === true) return this.#keep(user, undefined);
    const timer = this.#scheduler.schedule(fromAt + next.value, () => {
      this.#expect(user, fromAt, instants);
      this.#deliver(user);
    });
    this.#keep(user, timer);
  }

  #keep(user: string, timer: Timer | undefined): void {
    this.#timers.set(user, timer);
  }
}
