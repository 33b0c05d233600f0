import type { Millis } from "../core/machine.ts";
import type { Moment } from "./moment.ts";

/*
 * A step leads a device from one instant at which its request is held to the next such instant. The first message that
 * comes meanwhile, if any does, counts by when it comes, others by their number alone: none of them finds a request that
 * is held, or the step would have ended there.
 */

/** The shortest past known to bring a device into a state: its mail, and what it lived through. */
export interface Past {
  readonly mail: readonly Millis[];
  /** How many steps of its world that took. */
  readonly worldSteps: number;
  /** When it was there, in ms. */
  readonly at: Millis;
}

/** What became of a step when the machines went through it once. */
export interface Trial {
  /** When the first message came, counted from the step's start, in ms; `undefined` when none did. */
  readonly mailAt: Millis | undefined;
  /** With their instants counted from the step's start. */
  readonly moments: readonly Moment[];
  /** The instants at which something was due, counted likewise; the last is the step's end. */
  readonly dueAt: readonly Millis[];
  /** How long the step took, in ms. */
  readonly lastsMs: Millis;
  /** What led to its end. */
  readonly past: Past;
  /** What the device goes on from. */
  readonly fingerprint: string;
}

/** An instant of a step: so long after its start, or after its first message. */
export interface When {
  readonly after: "start" | "mail";
  readonly ms: Millis;
}

/** What happens at an instant of a step. */
export interface StepMoment {
  readonly when: When;
  readonly moment: Moment;
}

/** A step as two trials show it. */
export interface Step {
  readonly moments: readonly StepMoment[];
  readonly end: When;
}

/** The step of which two trials are the earliest and the latest case; `undefined` when they are not of one step. */
export function stepOf(early: Trial, late: Trial): Step | undefined {
  const laterMs = (late.mailAt ?? 0) - (early.mailAt ?? 0);
  const end = whenOf(early, early.lastsMs, late.lastsMs - early.lastsMs, laterMs);
  if (end === undefined || early.fingerprint !== late.fingerprint) return undefined;
  const moments: StepMoment[] = [];
  for (const [index, other] of late.moments.entries()) {
    const moment = early.moments[index];
    if (moment === undefined || !isAlike(moment, other)) return undefined;
    const when = whenOf(early, moment.at, other.at - moment.at, laterMs);
    if (when === undefined) return undefined;
    moments.push({ when, moment });
  }
  return moments.length === early.moments.length ? { moments, end } : undefined;
}

/** The instant that `when` means in a step that began at `startAt` and whose first message came at `mailAt`. */
export function instantOf({ after, ms }: When, startAt: Millis, mailAt: Millis): Millis {
  return (after === "start" ? startAt : mailAt) + ms;
}

function whenOf({ mailAt = 0 }: Trial, at: Millis, movedMs: Millis, laterMs: Millis): When | undefined {
  if (movedMs === 0) return { after: "start", ms: at };
  return movedMs === laterMs ? { after: "mail", ms: at - mailAt } : undefined;
}

function isAlike({ at: _at, ...moment }: Moment, { at: __at, ...other }: Moment): boolean {
  return JSON.stringify(moment) === JSON.stringify(other);
}
