import { describe, expect, test } from "vitest";
import { deviceCase } from "../../src/sizing/device-case.ts";
import { DeviceCourse } from "../../src/sizing/device-course.ts";
import type { Moment } from "../../src/sizing/moment.ts";
import { HOUR, MINUTE, SECOND } from "./scenarios.ts";
import { carrierOf, firewallOf, kindOf, sizeSettings } from "./settings.ts";

interface Setup {
  readonly model?: Parameters<typeof kindOf>[0];
  readonly carrierSeconds?: number;
  readonly firewallSeconds?: number;
  readonly atExpiry?: string;
  readonly minimumHeartbeatSeconds?: number;
  readonly mail?: readonly number[];
}

function courseOf({
  model = "windows-mobile",
  carrierSeconds,
  firewallSeconds = 3600,
  atExpiry = "drop",
  minimumHeartbeatSeconds = 60,
  mail = [],
}: Setup): DeviceCourse {
  const settings = sizeSettings({
    firewall: firewallOf(firewallSeconds, atExpiry),
    server: { minimumHeartbeatSeconds, maximumHeartbeatSeconds: 3540 },
  });
  return new DeviceCourse(
    deviceCase(settings, firewallSeconds, carrierOf(carrierSeconds ?? null, atExpiry), kindOf(model)),
    mail,
  );
}

function momentsOf(setup: Setup, untilMs: number): readonly Moment[] {
  return [...courseOf(setup).until(untilMs)].flat();
}

/** What the device goes on from after each step in which something happened. */
function textsOf(course: DeviceCourse, untilMs: number): readonly (string | undefined)[] {
  const texts: (string | undefined)[] = [];
  for (const moments of course.until(untilMs)) if (moments.length > 0) texts.push(course.fingerprint());
  return texts;
}

function sumOf(moments: readonly Moment[], of: (moment: Moment) => number): number {
  return moments.reduce((sum, moment) => sum + of(moment), 0);
}

test("a device connects, fetches what it lacks and waits, all at once", () => {
  expect(momentsOf({}, 0)).toEqual([
    {
      at: 0,
      asked: [900],
      requests: 7,
      connections: 1,
      failed: 0,
      radio: true,
      search: undefined,
      heard: 0,
      parked: 1,
      entries: 1,
    },
  ]);
});

test("an answer at the interval's end is one moment, in which the device asks for more", () => {
  const [, held] = momentsOf({}, 15 * MINUTE);
  expect(held).toMatchObject({ at: 15 * MINUTE, asked: [1140], requests: 1, radio: true, parked: 0, entries: 0 });
  expect(held?.search).toEqual({ settled: false, heartbeatIntervalSeconds: 1140 });
});

test("mail is heard of at once, and fetched", () => {
  const [, mail] = momentsOf({ mail: [MINUTE] }, MINUTE);
  expect(mail).toMatchObject({ at: MINUTE, heard: 1, requests: 2, asked: [900], parked: 0 });
});

describe("on a path that forgets in silence", () => {
  const silent: Setup = { carrierSeconds: 780, firewallSeconds: 1800 };

  test("the exchange fails when the path forgets, and the device finds out behind its interval", () => {
    const moments = momentsOf(silent, 16 * MINUTE);
    expect(moments.map(({ at, failed }) => [at, failed])).toEqual([
      [0, 0],
      [13 * MINUTE, 1],
      [15 * MINUTE, 0],
      [15 * MINUTE + 5 * SECOND, 0],
      [45 * MINUTE, 0],
    ]);
    expect(moments[2]).toMatchObject({ parked: -1, radio: false });
    expect(moments[3]).toMatchObject({ asked: [480], connections: 1, parked: 1, entries: 1 });
  });

  test("the firewall keeps the entry of the dead flow until its own time-out, from the late answer on", () => {
    const later = momentsOf(silent, 16 * MINUTE).filter(({ at }) => at > 16 * MINUTE);
    expect(later).toMatchObject([{ at: 45 * MINUTE, entries: -1 }]);
  });

  test("mail that comes meanwhile is heard of by the next connection", () => {
    const moments = momentsOf({ ...silent, mail: [14 * MINUTE, 14.5 * MINUTE] }, 16 * MINUTE);
    expect(moments.filter(({ heard }) => heard > 0)).toMatchObject([{ at: 15 * MINUTE + 5 * SECOND, heard: 2 }]);
  });

  test("its levels come back to where a device stands", () => {
    const moments = momentsOf(silent, 6 * HOUR).filter(({ at }) => at <= 6 * HOUR);
    expect([sumOf(moments, ({ parked }) => parked), sumOf(moments, ({ entries }) => entries)]).toEqual([1, 1]);
  });
});

test("a Sync that waits tells of mail by bringing it", () => {
  const [, mail] = momentsOf({ model: "windows-mobile-6.1", mail: [MINUTE] }, MINUTE);
  expect(mail).toMatchObject({ heard: 1, requests: 1, asked: [900] });
});

describe("what a device goes on from", () => {
  test("is the same again after a message as after another", () => {
    const texts = textsOf(courseOf({ mail: [MINUTE, 2 * MINUTE, 3 * MINUTE] }), 3 * MINUTE);
    expect(texts).toHaveLength(4);
    expect(texts[2]).toBe(texts[3]);
    expect(texts[2]).not.toBe(texts[0]);
  });

  test("is another one with another interval", () => {
    const texts = textsOf(courseOf({}), HOUR);
    expect(texts).toHaveLength(4);
    expect(new Set(texts).size).toBe(4);
  });

  test("is not told while its request is dead, or refused", () => {
    const texts = textsOf(courseOf({ carrierSeconds: 780 }), 13 * MINUTE);
    expect(texts.map((text) => text === undefined)).toEqual([false, true]);
    const refused = courseOf({ model: "android-2009", minimumHeartbeatSeconds: 300 });
    refused.step();
    expect([refused.held, refused.fingerprint()]).toEqual([0, undefined]);
  });

  test.each(["reset", "drop"])("is not told when the path ends at the instant of its patience: %s", (atExpiry) => {
    const course = courseOf({ firewallSeconds: 905, atExpiry });
    course.step();
    expect([course.held, course.fingerprint()]).toEqual([1, undefined]);
  });
});

test("messages are counted as they come, and steps go on however late the next one is", () => {
  const course = courseOf({ mail: [MINUTE] });
  course.step();
  expect([course.now, course.arrived]).toEqual([0, 0]);
  course.step();
  expect([course.now, course.arrived]).toEqual([MINUTE, 1]);
});
