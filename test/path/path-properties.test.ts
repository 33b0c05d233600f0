import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Condition, Ending, Endings, PlainEnding } from "../../src/path/condition.ts";
import { idleTimeout, type IdleTimeoutSettings } from "../../src/path/conditions/idle-timeout.ts";
import type { PathHop } from "../../src/path/path-hop.ts";
import { Path } from "../../src/path/path.ts";
import type { Direction, End } from "../../src/path/segment.ts";
import { SETUP, directionFrom, entering, flowAt, hopOf, idle, inWords, judging, told, type Sent } from "./flows.ts";

const RUNS = { numRuns: 200 };

const plainEnding = fc.constantFrom<PlainEnding>("drop", "reset", "close", "reset-on-next");
const ending: fc.Arbitrary<Ending> = fc.oneof(plainEnding, fc.constant({ respond: 504 }));
const endings: fc.Arbitrary<Endings> = fc.record({ toDevice: ending, toServer: plainEnding });
const refreshedBy = fc.constantFrom<IdleTimeoutSettings["refreshedBy"]>("either", "toServer", "toDevice");

type OpenCondition = () => Condition;

/** Delays by a length that hangs on the instant, so that later segments often want to go first. */
const delays: fc.Arbitrary<OpenCondition> = fc
  .nat(40)
  .map((delayMs) => judging((_, now) => ({ kind: "delay", until: now + ((now * 7) % (delayMs + 1)) })));

const timeouts: fc.Arbitrary<OpenCondition> = fc.tuple(fc.integer({ min: 1, max: 300 }), endings, refreshedBy).map(
  ([ms, atExpiry, who]) =>
    () =>
      idleTimeout.prepare(idle(ms, atExpiry, who), SETUP)(flowAt(0)),
);

function hopsOf(conditions: fc.Arbitrary<OpenCondition>): fc.Arbitrary<readonly PathHop[]> {
  return fc
    .array(fc.array(conditions, { maxLength: 3 }), { maxLength: 4 })
    .map((hops) => hops.map((opens, index) => hopOf(`hop ${index}`, ...opens)));
}

/** What both ends send: numbered data, and now and then a FIN or an RST, waiting up to 60 ms before each. */
function sends(whats: readonly string[]): fc.Arbitrary<readonly Sent[]> {
  const step = fc.tuple(fc.nat(60), fc.constantFrom<End>("device", "server"), fc.constantFrom(...whats));
  return fc.array(step, { maxLength: 40 }).map((steps) => {
    let at = 0;
    return steps.map(([waitMs, from, what], index): Sent => {
      at += waitMs;
      return [at, from, what === "data" ? `#${index}` : what];
    });
  });
}

const anything = sends(["data", "data", "data", "fin", "rst"]);
const UNTIL = 100_000;

function rowsFor(end: End, rows: readonly (readonly [number, string])[]): readonly string[] {
  return rows.map(([, what]) => what).filter((what) => what.startsWith(`${end} gets `));
}

test("without expiry everything arrives exactly once and in order, however it is delayed", () => {
  fc.assert(
    fc.property(hopsOf(delays), sends(["data"]), fc.boolean(), (hops, sent, withFin) => {
      const all: readonly Sent[] = withFin ? [...sent, [3000, "device", "fin"], [3000, "server", "fin"]] : sent;
      const rows = told(hops, all, UNTIL);
      const sentBy = (from: End) => all.filter(([, end]) => end === from).map(([, , what]) => what);
      expect(rowsFor("server", rows)).toEqual(sentBy("device").map((what) => `server gets ${what}`));
      expect(rowsFor("device", rows)).toEqual(sentBy("server").map((what) => `device gets ${what}`));
      expect(rows).toHaveLength(all.length);
    }),
    RUNS,
  );
});

test("whatever conditions do, data arrives in order, once, and nothing arrives after an RST or data after a FIN", () => {
  fc.assert(
    fc.property(hopsOf(fc.oneof(delays, timeouts)), anything, (hops, sent) => {
      const rows = told(hops, sent, UNTIL);
      for (const end of ["device", "server"] as const) {
        const got = rowsFor(end, rows).map((what) => what.slice(`${end} gets `.length));
        const numbers = got.filter((what) => what.startsWith("#")).map((what) => Number(what.slice(1)));
        expect(numbers).toEqual([...new Set(numbers)].sort((left, right) => left - right));
        expect(got.join(" ")).toMatch(/^(#\d+ ?)*(fin ?)?(rst)?$/u);
      }
    }),
    RUNS,
  );
});

test("a flow is ended at most once, by the hop that the path names", () => {
  fc.assert(
    fc.property(hopsOf(fc.oneof(delays, timeouts)), anything, (hops, sent) => {
      const path = new Path<string>(hops, { createdAt: 0 });
      const words = played(path, sent, true);
      const ended = words.filter((what) => what.startsWith("ended by "));
      expect(ended).toEqual(path.endedBy === undefined ? [] : [`ended by ${path.endedBy}`]);
    }),
    RUNS,
  );
});

test("no data is both forwarded and swallowed, or either twice, and none is left in the path", () => {
  fc.assert(
    fc.property(hopsOf(fc.oneof(delays, timeouts)), sends(["data", "data", "fin"]), (hops, sent) => {
      const path = new Path<string>(hops, { createdAt: 0 });
      const words = played(path, sent, true);
      for (const [, , what] of sent.filter(([, , name]) => name.startsWith("#"))) {
        const fates = words.filter((word) => word.split(" ").includes(what));
        expect(fates.length).toBeLessThanOrEqual(1);
      }
      expect([path.delayedBytes("toServer"), path.delayedBytes("toDevice")]).toEqual([0, 0]);
      expect(path.nextDeadline()).toBeUndefined();
    }),
    RUNS,
  );
});

test("after a drop-expiry nothing ever crosses that hop", () => {
  const silent = { toDevice: "drop", toServer: "drop" } as const;
  const patient = () => idleTimeout.prepare(idle(1_000_000, silent), SETUP)(flowAt(0));
  const impatient = (ms: number) => () => idleTimeout.prepare(idle(ms, silent), SETUP)(flowAt(0));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), fc.nat(3), anything, (ms, place, sent) => {
      const hops = [0, 1, 2, 3].map((index) => hopOf(`hop ${index}`, index === place ? impatient(ms) : patient));
      const rows = told(hops, sent, UNTIL);
      const endedIndex = rows.findIndex(([, what]) => what.startsWith("ended by "));
      const after = endedIndex < 0 ? [] : rows.slice(endedIndex + 1);
      expect(after.filter(([, what]) => what.includes(" gets "))).toEqual([]);
    }),
    RUNS,
  );
});

test("the same events at the same instants have the same effects", () => {
  fc.assert(
    fc.property(hopsOf(fc.oneof(delays, timeouts)), anything, (hops, sent) => {
      expect(told(hops, sent, UNTIL)).toEqual(told(hops, sent, UNTIL));
    }),
    RUNS,
  );
});

test("deadlines that are met late, just before the next event, have the effects of those met in time", () => {
  fc.assert(
    fc.property(hopsOf(fc.oneof(delays, timeouts)), anything, (hops, sent) => {
      const inTime = played(new Path(hops, { createdAt: 0 }), sent, true);
      const late = played(new Path(hops, { createdAt: 0 }), sent, false);
      expect(late).toEqual(inTime);
    }),
    RUNS,
  );
});

test("bytes that wait are those sent in a direction and neither forwarded nor swallowed yet", () => {
  fc.assert(
    fc.property(hopsOf(delays), sends(["data"]), (hops, sent) => {
      const path = new Path<string>(hops, { createdAt: 0 });
      const inside: Record<Direction, number> = { toServer: 0, toDevice: 0 };
      for (const [at, from, what] of sent) {
        const event = entering(from, what);
        inside[directionFrom(from)] += what.length;
        for (const effects of [path.expire(at), path.handle(event, at)]) {
          for (const effect of effects) {
            if (effect.kind !== "forward" || effect.segment.kind !== "data") continue;
            inside[effect.segment.direction] -= effect.segment.sizeBytes;
          }
        }
        expect([path.delayedBytes("toServer"), path.delayedBytes("toDevice")]).toEqual([
          inside.toServer,
          inside.toDevice,
        ]);
      }
    }),
    RUNS,
  );
});

/** The effects of a whole life, in words; deadlines are met each at its instant, or only when the next event comes. */
function played(path: Path<string>, sent: readonly Sent[], inTime: boolean): readonly string[] {
  const words: string[] = [];
  const meetDeadlines = (until: number): void => {
    for (let at = path.nextDeadline(); at !== undefined && at <= until; at = path.nextDeadline()) {
      words.push(...path.expire(inTime ? at : until).map(inWords));
    }
  };
  for (const [at, from, what] of sent) {
    meetDeadlines(at);
    words.push(...path.handle(entering(from, what), at).map(inWords));
  }
  meetDeadlines(UNTIL);
  return words;
}
