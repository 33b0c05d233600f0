import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Random } from "../../src/core/random.ts";
import { CONDITIONS } from "../../src/path/conditions/index.ts";
import type { Hop } from "../../src/path/hop.ts";
import { preparePath } from "../../src/path/path-hop.ts";
import { Path } from "../../src/path/path.ts";
import { Timeline } from "../../src/path/timeline.ts";
import { anyCondition } from "./any-condition.ts";
import { type Course, courseOf, rowsOn, sends, textFrom } from "./conditions/lone.ts";
import type { Sent } from "./flows.ts";

const hops: fc.Arbitrary<readonly Hop[]> = fc
  .array(fc.array(anyCondition, { maxLength: 3 }), { maxLength: 3 })
  .map((drawn) => drawn.map((conditions, index): Hop => ({ name: `hop-${index}`, kind: "network", conditions })));

/** All that happens to the flows of a path, one after the other, each with what both ends send. */
function coursesOn(
  drawn: readonly Hop[],
  flows: readonly (readonly Sent[])[],
  seed: number,
): readonly Course["rows"][] {
  const random = new Random(seed);
  const prepared = preparePath(drawn, { random, timeline: new Timeline(0) });
  return flows.map((sent, index) => {
    const flow = { createdAt: index * 100, source: `10.0.0.${index}`, random: random.fork(`flow ${index}`) };
    const path = new Path<string>(prepared, flow, (text, at) => [text.slice(0, at), text.slice(at)]);
    const rows = rowsOn(path, sent, 20_000, flow.createdAt);
    if (index % 2 === 0) path.close();
    return rows;
  });
}

test("on a path of any conditions flows obey the laws of TCP, have no deadline in the past, and hang on the seed alone", () => {
  const flows = fc.array(sends(200), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(hops, flows, fc.nat(), (drawn, sent, seed) => {
      const courses = coursesOn(drawn, sent, seed);
      expect(coursesOn(drawn, sent, seed)).toEqual(courses);
      for (const [index, rows] of courses.entries()) {
        const told = sent[index] ?? [];
        for (const [end, other] of [
          ["device", "server"],
          ["server", "device"],
        ] as const) {
          const wanted = textFrom(
            end,
            told.map(([, from, what]) => [from, what]),
          );
          const got = rows.flatMap(([, what]) => (what.startsWith(`${other} gets `) ? [what.split(" ")[2] ?? ""] : []));
          expect(
            wanted.startsWith(
              textFrom(
                other,
                got.map((what) => [other, what]),
              ),
            ),
          ).toBe(true);
          expect(got.join(" ")).toMatch(/^((?!fin|rst)\S+ ?)*(fin ?)?(rst)?$/u);
        }
        expect(rows.filter(([, what]) => what.startsWith("ended by ")).length).toBeLessThanOrEqual(1);
      }
    }),
    { numRuns: 150 },
  );
});

test("a condition that only watches and ends lets all pass at once until the flow is ended", () => {
  const watching = anyCondition.filter(({ type }) => !CONDITIONS[type].delays);
  fc.assert(
    fc.property(watching, sends(200), fc.nat(), (condition, sent, seed) => {
      const { rows } = courseOf(condition, sent, 20_000, seed);
      const end = rows.findIndex(([, what]) => what.startsWith("ended by "));
      const instants = new Set(sent.map(([at]) => at));
      for (const [at, what] of end < 0 ? rows : rows.slice(0, end)) {
        expect(what).toContain(" gets ");
        expect(instants).toContain(at);
      }
    }),
  );
});
