import * as fc from "fast-check";
import { expect } from "vitest";
import type { Millis } from "../../../src/core/machine.ts";
import { Random } from "../../../src/core/random.ts";
import type { FlowStart } from "../../../src/path/condition.ts";
import type { ConditionSettings } from "../../../src/path/conditions/index.ts";
import { preparePath } from "../../../src/path/path-hop.ts";
import { Path } from "../../../src/path/path.ts";
import { type Direction, FIN, RST, type Segment } from "../../../src/path/segment.ts";
import { Timeline } from "../../../src/path/timeline.ts";
import { entering, flowAt, inWords, type Sent } from "../flows.ts";

// One condition by itself, for tests: what it says of a segment, and the laws that hold for every condition.

/** A flow that draws from this seed. */
export function seeded(seed: number, createdAt: Millis = 0): FlowStart {
  return flowAt(createdAt, { random: new Random(seed) });
}

/** A data segment. */
export function data(direction: Direction, sizeBytes = 1): Segment {
  return { kind: "data", direction, sizeBytes, payload: undefined };
}

/** One segment of each kind in a direction. */
export function everyKind(direction: Direction): readonly Segment[] {
  return [data(direction), FIN[direction], RST[direction]];
}

/** What happens on one flow whose only hop has one condition, all told, with its instants. */
export interface Course {
  readonly rows: readonly (readonly [at: Millis, what: string])[];
  readonly path: Path<string>;
}

/** Plays a flow that begins at 0 on a path of one condition; its payloads are cut where the condition splits. */
export function courseOf(settings: ConditionSettings, sent: readonly Sent[], until: Millis, seed = 1): Course {
  const random = new Random(seed);
  const hops = preparePath([{ name: "hop", kind: "network", conditions: [settings] }], {
    random,
    timeline: new Timeline(0),
  });
  const path = new Path<string>(hops, { createdAt: 0, source: "10.0.0.1", random }, (payload, at) => [
    payload.slice(0, at),
    payload.slice(at),
  ]);
  return { rows: rowsOn(path, sent, until), path };
}

/** What happens on a path until then; what is sent is sent so long after `createdAt`. */
export function rowsOn(path: Path<string>, sent: readonly Sent[], until: Millis, createdAt = 0): Course["rows"] {
  const rows: (readonly [Millis, string])[] = [];
  const meetDeadlines = (end: Millis): void => {
    let last = -Infinity;
    for (let at = path.nextDeadline(); at !== undefined && at <= end; at = path.nextDeadline()) {
      expect(at, "a deadline of the past").toBeGreaterThan(last);
      last = at;
      for (const effect of path.expire(at)) rows.push([at, inWords(effect)]);
    }
  };
  for (const [afterMs, from, what] of sent) {
    const at = createdAt + afterMs;
    meetDeadlines(at);
    for (const effect of path.handle(entering(from, what), at)) rows.push([at, inWords(effect)]);
  }
  meetDeadlines(until);
  return rows;
}

/**
 * Tells where a condition breaks the laws of every machine and of TCP: same events and seed, same effects; no deadline in the
 * past; what arrives is the beginning of what was sent, byte by byte, and all of it unless `mayDrop`.
 */
export function breachOf(
  settings: fc.Arbitrary<ConditionSettings>,
  { longestWaitMs, until, mayDrop }: { longestWaitMs: Millis; until: Millis; mayDrop: boolean },
): string | undefined {
  const run = fc.check(
    fc.property(settings, sends(longestWaitMs, mayDrop), fc.nat(), (condition, sent, seed) => {
      const { rows, path } = courseOf(condition, sent, until, seed);
      expect(courseOf(condition, sent, until, seed).rows).toEqual(rows);
      for (const [end, other] of [
        ["device", "server"],
        ["server", "device"],
      ] as const) {
        const wanted = textFrom(
          end,
          sent.map(([, from, what]) => [from, what]),
        );
        const got = textFrom(
          other,
          rows
            .filter(([, what]) => what.startsWith(`${other} gets `))
            .map(([, what]) => [other, what.split(" ")[2] ?? ""]),
        );
        if (mayDrop) expect(wanted.startsWith(got)).toBe(true);
        else expect(got).toBe(wanted);
      }
      if (!mayDrop) expect([path.delayedBytes("toServer"), path.delayedBytes("toDevice")]).toEqual([0, 0]);
    }),
    { numRuns: 60 },
  );
  return fc.defaultReportMessage(run);
}

/** What both ends send: data of 1 to 4000 bytes, waiting up to `longestWaitMs` before each, and perhaps FIN and RST. */
export function sends(longestWaitMs: Millis, withEnds = true): fc.Arbitrary<readonly Sent[]> {
  const what = fc.nat(4000).map((size) => "abcdefghij".repeat(400).slice(0, size + 1));
  const any = withEnds
    ? fc.oneof({ weight: 8, arbitrary: what }, { weight: 1, arbitrary: fc.constantFrom("fin", "rst") })
    : what;
  const step = fc.tuple(fc.nat(longestWaitMs), fc.constantFrom("device" as const, "server" as const), any);
  return fc.array(step, { maxLength: 30 }).map((steps) => {
    let at = 0;
    return steps.map(([waitMs, from, text]): Sent => {
      at += waitMs;
      return [at, from, text];
    });
  });
}

/** What an end sent or got, without FIN and RST, as one text. */
export function textFrom(end: string, rows: readonly (readonly [string, string])[]): string {
  return rows
    .filter(([from, what]) => from === end && what !== "fin" && what !== "rst")
    .map(([, what]) => what)
    .join("");
}
