import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Alert, alertText } from "../../src/heartbeat/alert.ts";

function asked(...intervals: readonly number[]): Alert {
  const alert = new Alert("Ping");
  for (const seconds of intervals) alert.ask(seconds);
  return alert;
}

function times(count: number, seconds: number): readonly number[] {
  return Array.from({ length: count }, () => seconds);
}

describe("the alert", () => {
  test("an interval that the server refused is taken back, and a device that asks it anew clears nothing in between", () => {
    const alert = asked(...times(199, 480));
    expect(alert.ask(480, 7)).toBe("raised");
    alert.takeBack(7);
    alert.takeBack(8);
    expect(alert.view).toEqual({ command: "Ping", raised: true, meanSeconds: 480, samples: 199 });
    expect(alert.ask(480, 9)).toBeUndefined();
    expect(alert.view).toEqual({ command: "Ping", raised: true, meanSeconds: 480, samples: 200 });
  });

  test("several that are refused at once clear nothing, nor do those they pushed out count less", () => {
    const alert = asked(...times(200, 480));
    const changes = [1, 2, 3].map((exchange) => alert.ask(480, exchange));
    for (const exchange of [1, 2, 3]) alert.takeBack(exchange);
    expect(alert.view).toEqual({ command: "Ping", raised: true, meanSeconds: 480, samples: 200 });
    expect([...changes, alert.ask(480, 4), alert.ask(480, 5)]).toEqual(times(5, 0).map(() => undefined));
    const early = asked(...times(198, 480));
    const raised = [early.ask(480, 1), early.ask(480, 2)];
    for (const exchange of [1, 2]) early.takeBack(exchange);
    expect([...raised, early.ask(3540, 3), early.ask(480, 4), early.view.samples]).toEqual([
      undefined,
      "raised",
      undefined,
      undefined,
      200,
    ]);
  });

  test("of many that are refused at once the latest that were not still count", () => {
    const alert = asked(...times(250, 480));
    for (const exchange of times(150, 0).keys()) alert.ask(900, exchange);
    for (const exchange of times(150, 0).keys()) alert.takeBack(exchange);
    expect(alert.view).toMatchObject({ meanSeconds: 480, samples: 200 });
  });

  test("200 that were refused raise nothing", () => {
    const alert = asked();
    const changes = times(400, 480).map((seconds, exchange) => {
      const change = alert.ask(seconds, exchange);
      alert.takeBack(exchange);
      return change;
    });
    expect(new Set(changes)).toEqual(new Set([undefined]));
    expect(alert.view).toEqual({ command: "Ping", raised: false, meanSeconds: undefined, samples: 0 });
  });

  test("is raised by the 200th interval, not by the 199th", () => {
    const alert = asked(...times(199, 480));
    expect(alert.view).toEqual({ command: "Ping", raised: false, meanSeconds: 480, samples: 199 });
    expect(alert.ask(480)).toBe("raised");
    expect(alert.view).toEqual({ command: "Ping", raised: true, meanSeconds: 480, samples: 200 });
  });

  test.each([
    [539, true],
    [540, true],
    [541, false],
  ])("with a mean of %i s is raised: %s", (seconds, raised) => {
    expect(asked(...times(200, seconds)).raised).toBe(raised);
  });

  test("is cleared once the mean of the latest 200 is above 540 s, and raised anew when it falls to that", () => {
    const alert = asked(...times(200, 480));
    const changes = (count: number, seconds: number): readonly unknown[] =>
      times(count, seconds).map((each) => alert.ask(each));
    expect(changes(14, 1380)).toEqual([...times(13, 0).map(() => undefined), "cleared"]);
    expect(changes(186, 480).every((change) => change === undefined)).toBe(true);
    expect(changes(1, 480)).toEqual(["raised"]);
    expect(alert.view.meanSeconds).toBe(538.5);
  });

  test("has no mean before the first interval, and none with what no server waits for", () => {
    expect(asked().view).toEqual({ command: "Ping", raised: false, meanSeconds: undefined, samples: 0 });
    expect(asked(-100, 0).view.samples).toBe(0);
    expect(asked(7081, 2_147_483_641).view.samples).toBe(0);
    expect(asked(7080).view.samples).toBe(1);
    expect(asked(-100, 60).view).toMatchObject({ meanSeconds: 60, samples: 1 });
  });
});

test("the text of event 1040 has its figures in brackets", () => {
  const view = { command: "Ping", raised: true, meanSeconds: 513.4, samples: 200 } as const;
  expect(alertText(view)).toMatch(/\[513\].*request \[Ping\].*\[540\].*firewall/u);
  expect(alertText({ ...view, meanSeconds: undefined })).toContain("[0] s");
});

test("whatever is asked, the mean is that of the latest 200", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 3540 }), { minLength: 1, maxLength: 500 }), (intervals) => {
      const latest = intervals.slice(-200);
      const mean = latest.reduce((sum, each) => sum + each, 0) / latest.length;
      const { view } = asked(...intervals);
      expect(view.meanSeconds).toBeCloseTo(mean, 9);
      expect(view.raised).toBe(latest.length === 200 && mean <= 540);
    }),
  );
});
