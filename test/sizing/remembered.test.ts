import { describe, expect, test } from "vitest";
import { deviceCase } from "../../src/sizing/device-case.ts";
import type { Moment } from "../../src/sizing/moment.ts";
import { Remembered, State } from "../../src/sizing/remembered.ts";
import type { Trial } from "../../src/sizing/steps.ts";
import { MINUTE, SECOND } from "./scenarios.ts";
import { carrierOf, firewallOf, kindOf, sizeSettings } from "./settings.ts";

function rememberedOf(model: Parameters<typeof kindOf>[0], firewallSeconds: number, minimumHeartbeatSeconds = 60) {
  const server = { minimumHeartbeatSeconds, maximumHeartbeatSeconds: 3540 };
  const settings = sizeSettings({ firewall: firewallOf(firewallSeconds), server });
  return new Remembered(deviceCase(settings, firewallSeconds, carrierOf(null), kindOf(model)));
}

describe("of the machines", () => {
  test("the steps of a device that has settled lead from a state to itself", () => {
    let state = rememberedOf("fixed", 1800).beginning?.next;
    for (let count = 0; count < 3; count += 1) state = state?.undisturbed?.next;
    expect(state?.undisturbed).toMatchObject({ end: { after: "start", ms: 15 * MINUTE }, next: state });
    expect(state?.undisturbed).toBe(state?.undisturbed);
  });

  test("a message is answered when it comes, whenever that is, and the step is remembered", () => {
    const state = rememberedOf("fixed", 1800).beginning?.next;
    expect(state?.undisturbed).toBeDefined();
    const step = state?.stepWith(5 * MINUTE, 1);
    expect(step?.end).toEqual({ after: "mail", ms: 0 });
    expect(step?.moments.map(({ when, moment }) => [when, moment.heard])).toEqual([[{ after: "mail", ms: 0 }, 1]]);
    expect(state?.stepWith(9 * MINUTE, 1)).toBe(step);
  });

  test("on a path that is dead it waits for the device to find out, as those behind it do", () => {
    const state = rememberedOf("fixed", 600).beginning?.next;
    expect(state?.undisturbed?.end).toEqual({ after: "start", ms: 15 * MINUTE + 5 * SECOND });
    for (const [at, messages] of [
      [11 * MINUTE, 1],
      [12 * MINUTE, 3],
    ] as const) {
      const step = state?.stepWith(at, messages);
      expect(step?.end).toEqual({ after: "start", ms: 15 * MINUTE + 5 * SECOND });
      expect(step?.moments.find(({ moment }) => moment.heard > 0)).toMatchObject({
        when: { after: "start", ms: 15 * MINUTE + 5 * SECOND },
        moment: { heard: messages },
      });
    }
  });

  test("a device that the server never lets wait has no first state", () => {
    expect(rememberedOf("android-2009", 1800, 300).beginning).toBeUndefined();
  });

  test("neither has one whose patience ends with the path", () => {
    expect(rememberedOf("fixed", 905).beginning).toBeUndefined();
  });
});

const SEARCH = { settled: true, heartbeatIntervalSeconds: 480 };

/** What a made-up machine does: it answers mail at once, and says in `failed` what else came of it. */
function trialOf(mailAt: readonly number[], failed: number): Trial {
  const [first = 1000] = mailAt;
  const counts = { requests: 1, connections: 0, heard: mailAt.length, parked: 0, entries: 0 };
  const moment: Moment = { at: first, asked: [480], radio: true, search: SEARCH, failed, ...counts };
  const past = { mail: [], worldSteps: 1, at: 0 };
  return { mailAt: mailAt[0], moments: [moment], dueAt: [400, 1000], lastsMs: first, fingerprint: "a", past };
}

describe("of made-up machines", () => {
  test("a piece is cut at the very millisecond from which a message does something else", () => {
    const tried: number[] = [];
    const state: State = new State(
      (mailAt) => {
        tried.push(...mailAt);
        return trialOf(mailAt, Number((mailAt[0] ?? 0) >= 123));
      },
      () => state,
    );
    expect(state.undisturbed).toBeDefined();
    const failedAt = (at: number) => state.stepWith(at, 1)?.moments[0]?.moment.failed;
    expect([failedAt(0), failedAt(122), failedAt(123), failedAt(399), failedAt(400)]).toEqual([0, 0, 1, 1, 1]);
    const count = tried.length;
    expect([failedAt(7), failedAt(200), failedAt(999)]).toEqual([0, 1, 1]);
    expect(tried).toHaveLength(count);
  });

  test("a millisecond that can't be known is cut off like one that does something else", () => {
    const state: State = new State(
      ([at]) => (at !== undefined && at >= 399 ? undefined : trialOf(at === undefined ? [] : [at], Number(at === 398))),
      () => state,
    );
    expect(state.undisturbed).toBeDefined();
    expect(state.stepWith(5, 1)).toBeUndefined();
  });

  test("several messages that are not of one step can't be known", () => {
    const state: State = new State(
      (mailAt) => trialOf(mailAt, mailAt.length > 1 ? (mailAt[0] ?? 0) : 0),
      () => state,
    );
    expect(state.undisturbed).toBeDefined();
    expect(state.stepWith(5, 1)).toBeDefined();
    expect(state.stepWith(5, 2)).toBeUndefined();
  });

  test("nothing is known of a message before what comes without one, or behind its end", () => {
    const state: State = new State(
      (mailAt) => trialOf(mailAt, 0),
      () => state,
    );
    expect(state.stepWith(5, 1)).toBeUndefined();
    expect(state.undisturbed).toBeDefined();
    expect(state.stepWith(1000, 1)).toBeUndefined();
  });

  test("nothing is known where there would be too many states", () => {
    const nowhere = new State(
      (mailAt) => trialOf(mailAt, 0),
      () => undefined,
    );
    expect(nowhere.undisturbed).toBeUndefined();
    const full: State = new State(
      (mailAt) => trialOf(mailAt, 0),
      ({ mailAt }) => (mailAt === undefined ? full : undefined),
    );
    expect(full.undisturbed).toBeDefined();
    expect(full.stepWith(5, 1)).toBeUndefined();
  });

  test("a step that comes to no end can't be known, with mail or without", () => {
    const state: State = new State(
      (mailAt) => (mailAt.length === 0 ? trialOf(mailAt, 0) : undefined),
      () => state,
    );
    expect(state.undisturbed).toBeDefined();
    expect(state.stepWith(5, 1)).toBeUndefined();
    expect(
      new State(
        () => undefined,
        () => state,
      ).undisturbed,
    ).toBeUndefined();
  });
});
