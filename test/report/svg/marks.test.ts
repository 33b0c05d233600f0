import fc from "fast-check";
import { expect, test } from "vitest";
import { element } from "../../../src/report/markup.ts";
import { drawMarks, type Mark, type MarkKind } from "../../../src/report/svg/marks.ts";
import { linearScale } from "../../../src/report/svg/scale.ts";
import { overlapsIn, pictureOf, textsOf } from "../../support/pictures.ts";

const WIDTH = 350;

function drawn(...marks: readonly Mark[]) {
  const frame = { width: WIDTH, scale: linearScale([0, 100], [50, 336]), textY: 60, bottom: 200 };
  return pictureOf(element("svg", {}, drawMarks(marks, frame)).markup);
}

function mark(at: number, kind: MarkKind): Mark {
  return { at, kind, text: kind === "today" ? "today 5 min 30 s" : "recommended 14 min" };
}

test("without a mark nothing is drawn", () => expect(textsOf(drawn())).toEqual([]));

test("a single mark has its text in the lower row, on the side where there is room", () => {
  const [left] = textsOf(drawn(mark(0, "today")));
  const [right] = textsOf(drawn(mark(100, "today")));
  expect(left?.left).toBe(54);
  expect(right?.right).toBe(332);
  expect(left?.top).toBe(right?.top);
});

test.each([
  ["far apart", 30, 60],
  ["close together on the left", 0, 1],
  ["close together on the right", 98, 99],
  ["close together in the middle", 50, 51],
  ["at both ends", 0, 100],
])("texts of two marks %s keep apart", (_, today, recommended) => {
  for (const picture of [
    drawn(mark(today, "today"), mark(recommended, "recommended")),
    drawn(mark(recommended, "today"), mark(today, "recommended")),
  ])
    expect([overlapsIn(picture), crossingsIn(picture)]).toEqual([[], []]);
});

test("texts of any two marks stay in the picture and meet neither each other nor a line", () => {
  const at = fc.double({ min: 0, max: 100, noNaN: true });
  fc.assert(
    fc.property(at, at, (today, recommended) => {
      fc.pre(Math.abs(today - recommended) > 0.5);
      const picture = drawn(mark(today, "today"), mark(recommended, "recommended"));
      expect([overlapsIn(picture), crossingsIn(picture)]).toEqual([[], []]);
      for (const { left, right } of textsOf(picture)) {
        expect(left).toBeGreaterThanOrEqual(0);
        expect(right).toBeLessThanOrEqual(WIDTH);
      }
    }),
  );
});

/** Lines that run through a text. */
function crossingsIn(picture: ReturnType<typeof drawn>): readonly string[] {
  return [...picture.getElementsByTagName("line")].flatMap((line) => {
    const [x, from] = ["x1", "y1"].map((name) => Number(line.getAttribute(name)));
    return textsOf(picture).flatMap(({ text, left, right, bottom }) =>
      x !== undefined && from !== undefined && x > left && x < right && from < bottom ? [`${x} through "${text}"`] : [],
    );
  });
}
