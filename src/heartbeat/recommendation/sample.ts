import type { Negotiation } from "../followed.ts";
import type { Sample } from "./types.ts";

/** Counts what devices have been through. */
export function sampleOf(negotiations: readonly Negotiation[]): Sample {
  const inState = (state: Negotiation["state"]) => negotiations.filter((each) => each.state === state).length;
  const failed = sum(negotiations.map(({ counts }) => counts.expired + counts.cut + counts.lost));
  const answered = sum(negotiations.map(({ counts }) => counts.held + counts.changes));
  const held = present(negotiations.map(({ longestHeldSeconds }) => longestHeldSeconds));
  return {
    devices: negotiations.length,
    searching: inState("searching"),
    settled: inState("settled"),
    collapsed: inState("collapsed"),
    heartbeats: failed + answered,
    failed,
    askedSeconds: median(present(negotiations.map(({ askedSeconds }) => askedSeconds))),
    longestHeldSeconds: held.length === 0 ? undefined : held.reduce((most, each) => Math.max(most, each)),
  };
}

/** Those that are known. */
export function present<Value>(values: readonly (Value | undefined)[]): readonly Value[] {
  return values.filter((value) => value !== undefined);
}

/** The sum of numbers. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, each) => total + each, 0);
}

/** The lower of the two in the middle, so that it is one that was asked. */
function median(values: readonly number[]): number | undefined {
  return values.toSorted((left, right) => left - right)[Math.ceil(values.length / 2) - 1];
}
