import type { Millis } from "../core/machine.ts";
import type { DeviceCase } from "./device-case.ts";
import { DeviceCourse } from "./device-course.ts";
import type { Moment } from "./moment.ts";
import type { Past, Trial } from "./steps.ts";

/** More steps of its world than a device takes between two requests that are held, by far. */
const MOST_WORLD_STEPS = 1000;

/** Before anything has happened. */
export const NO_PAST: Past = { mail: [], worldSteps: 0, at: 0 };

/**
 * Lets the machines go through a step from the end of a past, with messages at these instants, counted from there.
 * `undefined` when no such step comes to an end that could be known again.
 */
export function tryStep(of: DeviceCase, past: Past, mailAt: readonly Millis[]): Trial | undefined {
  const mail = [...past.mail, ...mailAt.map((ms) => past.at + ms)];
  const course = new DeviceCourse(of, mail);
  for (let count = 0; count < past.worldSteps; count += 1) course.step();
  const moments: Moment[] = [];
  const dueAt: Millis[] = [];
  for (let worldSteps = past.worldSteps + 1; worldSteps <= past.worldSteps + MOST_WORLD_STEPS; worldSteps += 1) {
    const found = course.step();
    const at = course.now;
    const lastsMs = at - past.at;
    moments.push(...found.map((moment) => ({ ...moment, at: moment.at - past.at })));
    dueAt.push(lastsMs);
    if (course.held === 0 || found.every(({ asked }) => asked.length === 0)) continue;
    const fingerprint = course.fingerprint();
    if (fingerprint === undefined || course.arrived < mail.length) return undefined;
    return { mailAt: mailAt[0], moments, dueAt, lastsMs, fingerprint, past: { mail, worldSteps, at } };
  }
  return undefined;
}
