import { expect, test } from "vitest";
import { type CurvePoint, lineChart } from "../../../src/report/svg/line-chart.ts";
import { figureOf } from "../../../src/report/svg/picture.ts";
import { pictureOf, textsOf } from "../../support/pictures.ts";

function drawn(...curves: readonly (readonly CurvePoint[])[]) {
  const panel = lineChart({
    title: "Failed Pings",
    unit: "a day",
    description: "told",
    xName: "time-out",
    xDomain: [300, 600],
    curves: curves.map((points, index) => ({ name: `curve ${index}`, points })),
    marks: [{ at: 300, text: "recommended 5 min", kind: "recommended" }],
    shade: "from low to high",
  });
  return pictureOf(figureOf(panel, "a").markup);
}

function count(picture: ReturnType<typeof drawn>, className: string): number {
  return [...picture.getElementsByTagName("*")].filter((each) => each.getAttribute("class") === className).length;
}

test("a curve has a gap where nothing is known, and a dot for a point that stands alone", () => {
  const picture = drawn([
    { x: 300, y: null },
    { x: 400, y: 1 },
    { x: 500, y: null },
    { x: 550, y: 2 },
    { x: 600, y: 3 },
  ]);
  expect([count(picture, "curve"), count(picture, "dot"), count(picture, "knee")]).toEqual([2, 3, 0]);
});

test("many points are a line without dots, but for one that stands alone", () => {
  const points = Array.from({ length: 40 }, (_, index) => ({ x: 300 + index, y: index === 1 ? null : index }));
  expect(count(drawn(points), "dot")).toBe(1);
});

test("a ring marks the point of the recommended value", () => {
  expect(count(drawn([{ x: 300, y: 1 }]), "knee")).toBe(1);
  expect(count(drawn([{ x: 301, y: 1 }]), "knee")).toBe(0);
  expect(count(drawn(), "knee")).toBe(0);
});

test("an uncertainty is shaded and said, where there is one", () => {
  const certain = { x: 300, y: 1, low: 1, high: 1 };
  const without = drawn([certain, { x: 400, y: null }]);
  const shaded = drawn([certain, { x: 400, y: null }, { x: 500, y: 2, low: -1, high: 3 }]);
  expect([count(without, "band first"), count(shaded, "band first")]).toEqual([0, 1]);
  const says = (picture: ReturnType<typeof drawn>) => textsOf(picture).some(({ text }) => text.startsWith("shaded"));
  expect([says(without), says(shaded)]).toEqual([false, true]);
});

test("several curves have a legend, dots and dashes of their own", () => {
  const point = [{ x: 300, y: 0 }];
  const picture = drawn(point, point, point);
  expect(textsOf(picture).map(({ text }) => text)).toEqual(expect.arrayContaining(["curve 0", "curve 1", "curve 2"]));
  expect(["first", "second", "third"].map((kind) => count(picture, kind))).toEqual([2, 2, 2]);
});
