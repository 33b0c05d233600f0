import { describe, expect, test } from "vitest";
import { recommend } from "../../src/sizing/recommendation.ts";
import { NETPICULET_CARRIERS } from "../../src/sizing/carriers.ts";
import { rowAt } from "./rows.ts";
import { carrierOf, kindOf, sizeSettings } from "./settings.ts";

const BEHIND_13_MIN = sizeSettings({ carriers: [carrierOf(780)] });
const WORSE = { requestsPerDevicePerDay: 240, joulesPerDevicePerDay: 2100, settledIntervalSeconds: 480 };

test("the shortest time-out is recommended beyond which nothing improves by more than was asked for", () => {
  const rows = [rowAt(600, WORSE), rowAt(780), rowAt(1800, { requestsPerDevicePerDay: 172 }), rowAt(3600)];
  expect(recommend(BEHIND_13_MIN, rows).idleTimeoutSeconds).toBe(780);
  expect(recommend({ ...BEHIND_13_MIN, gain: 0.01 }, rows).idleTimeoutSeconds).toBe(1800);
});

test("a longer time-out that gains only together with a still longer one is not passed over", () => {
  const rows = [1000, 1, 0.97, 0.5].map((parts, index) =>
    rowAt(600 * (index + 1), { joulesPerDevicePerDay: 1000 * parts }),
  );
  expect(recommend(sizeSettings(), rows).idleTimeoutSeconds).toBe(2400);
});

test("without a row nothing can be recommended", () => {
  expect(() => recommend(sizeSettings(), [])).toThrow("found no row to recommend, expected one or more");
});

describe("the reasons", () => {
  test("tell what it gives, what ends the gain, how little lies beyond, what a shorter one costs, what it asks", () => {
    expect(recommend(BEHIND_13_MIN, [rowAt(600, WORSE), rowAt(780), rowAt(1800)]).reasons).toEqual([
      "With 13 min devices settle on 12 min (median); a device makes 180 requests a day, 0.5 of its Pings fail, " +
        "and 0.2 % of the mail is late, half of that by 1 min or more.",
      "Of the devices 100 % are behind a carrier that forgets after 13 min: a longer time-out on the firewall changes nothing for them.",
      "Longer time-outs, up to 30 min, improve nothing that matters.",
      "One step shorter, 10 min: energy of 2,100 J a device and day, in place of 1,500.",
      "Its search costs a device 2 failed Pings, once.",
      "With 13 min a device costs 110 KB and 1,500 J a day; sources disagree on what an exchange costs and allow 90 to 150 KB " +
        "and 1,500 to 1,700 J.",
      "With 13 min the server holds up to 500 requests and the firewall up to 500 flows at once; Exchange's alert on short heartbeats " +
        "(540 s) stays quiet (the mean of the intervals asked is 720 s).",
    ]);
  });

  test("tell the largest gain that lies beyond", () => {
    const rows = [rowAt(780), rowAt(1800, { joulesPerDevicePerDay: 1470 })];
    expect(recommend(BEHIND_13_MIN, rows).reasons).toContain(
      "Longer time-outs, up to 30 min, improve nothing by more than 5 %: at most energy by 2 %, with 30 min.",
    );
  });

  test("tell the largest of several gains, whichever comes first", () => {
    const told = (...joules: readonly number[]) =>
      recommend(BEHIND_13_MIN, [
        rowAt(780),
        ...joules.map((joulesPerDevicePerDay, index) => rowAt(1800 + 600 * index, { joulesPerDevicePerDay })),
      ]).reasons;
    expect(told(1470, 1455, 1485)).toContain(
      "Longer time-outs, up to 50 min, improve nothing by more than 5 %: at most energy by 3 %, with 40 min.",
    );
  });

  test("tell how much mail is late, and by how much", () => {
    const row = rowAt(780, { lateMailShare: 0.04, notificationDelaySeconds: { p50: 118, p95: 150, p99: 150 } });
    expect(recommend(BEHIND_13_MIN, [row]).reasons[0]).toContain(
      "and 4 % of the mail is late, half of that by 1 min 58 s or more.",
    );
    const none = rowAt(780, { lateMailShare: 0, notificationDelaySeconds: { p50: 0, p95: 0, p99: 0 } });
    expect(recommend(BEHIND_13_MIN, [none]).reasons[0]).toContain("of its Pings fail, and no mail is late.");
    const untold = rowAt(780, { lateMailShare: 0.04, notificationDelaySeconds: null });
    expect(recommend(BEHIND_13_MIN, [untold]).reasons[0]).toMatch(/of its Pings fail\.$/u);
  });

  test("say nothing of a search that costs next to nothing", () => {
    const { reasons } = recommend(BEHIND_13_MIN, [rowAt(780, { failedPingsPerDeviceInSearch: 0.09 })]);
    expect(reasons.filter((reason) => reason.includes("search costs"))).toEqual([]);
  });

  test("tell whom no device stands for, and what measured carriers leave open", () => {
    const devices = [
      { ...kindOf("windows-mobile"), share: 0.9 },
      { ...kindOf("fixed"), share: 0.1 },
    ];
    const told = recommend(sizeSettings({ devices, carriers: NETPICULET_CARRIERS, deviceCount: 3 }), [rowAt(780)]);
    expect(told.reasons).toEqual(
      expect.arrayContaining([
        "None of 3 devices comes to: carrier RST at 255 s, carrier up to 5 min, carrier 5 to 10 min, fixed. More devices show them.",
        "How the carriers above 10 min spread is not known: they count as if they never forgot.",
      ]),
    );
    const all = recommend(sizeSettings({ devices, deviceCount: 500 }), [rowAt(780)]);
    expect(all.reasons.filter((reason) => /None of|not known/u.test(reason))).toEqual([]);
  });

  test("tell what the search costs those that settle, and percentages as such", () => {
    const shorter = rowAt(600, { lateMailShare: 0.08 });
    const { reasons } = recommend(BEHIND_13_MIN, [shorter, rowAt(780, { neverSettledShare: 0.5 })]);
    expect(reasons).toContain("Its search costs a device that settles 2 failed Pings, once.");
    expect(reasons).toContain("One step shorter, 10 min: late mail of 8 %, in place of 0.2 %.");
  });

  test("tell how many never settle where others do", () => {
    const [first] = recommend(BEHIND_13_MIN, [rowAt(780, { neverSettledShare: 0.5 })]).reasons;
    expect(first).toContain("devices settle on 12 min (median), 50 % of them never settle; a device makes");
    const devices = [kindOf("windows-mobile", { share: 0.5 }), kindOf("android-2013", { share: 0.5 })];
    const neverSettledModels = [{ model: "android-2013", share: 0.5 }];
    const row = rowAt(780, { neverSettledShare: 0.5, neverSettledModels });
    const [mixed] = recommend(sizeSettings({ devices }), [row]).reasons;
    expect(mixed).toContain("50 % of them never settle (android-2013 50 %); a device makes");
  });

  test("say what is not known or did not come about", () => {
    const row = rowAt(45, {
      settledIntervalSeconds: null,
      lateMailShare: null,
      notificationDelaySeconds: null,
      alert: true,
      alertMeanSeconds: null,
    });
    expect(recommend(sizeSettings(), [row]).reasons).toEqual([
      "With 45 s no device settles; a device makes 180 requests a day, 0.5 of its Pings fail.",
      "45 s is the longest time-out that was tried, and devices would ask for more: try longer ones.",
      "Its search costs a device 2 failed Pings, once.",
      expect.stringContaining("With 45 s a device costs"),
      "With 45 s the server holds up to 500 requests and the firewall up to 500 flows at once; Exchange's alert on short heartbeats " +
        "(540 s) would stand.",
    ]);
  });

  test("say nothing of a shorter one that costs nothing", () => {
    const { reasons } = recommend({ ...BEHIND_13_MIN, gain: 0.01 }, [
      rowAt(780, { requestsPerDevicePerDay: 182 }),
      rowAt(1800),
      rowAt(3600, { requestsPerDevicePerDay: 170 }),
    ]);
    expect(reasons.filter((reason) => reason.startsWith("One step shorter"))).toEqual([
      "One step shorter, 30 min: requests of 180 a device and day, in place of 170.",
    ]);
    const repeats = [240, 150, 60].map((requestsPerDevicePerDay) => ({
      failedPingsPerDevicePerDay: 1,
      requestsPerDevicePerDay,
      bytesPerDevicePerDay: 1,
      joulesPerDevicePerDay: 1,
      lateMailShare: 0,
    }));
    const unsure = recommend(sizeSettings(), [
      rowAt(780, { requestsPerDevicePerDay: 240, repeats: repeats.toReversed() }),
      rowAt(1800, { repeats }),
      rowAt(3600),
    ]);
    expect(unsure.idleTimeoutSeconds).toBe(1800);
    expect(unsure.reasons.some((reason) => reason.startsWith("One step shorter"))).toBe(false);
  });

  test.each([
    [
      "the devices' own maximum",
      { devices: [kindOf("android-2013")] },
      2400,
      "Of the devices 100 % never ask for more than 28 min, their own maximum.",
    ],
    [
      "maxima that differ",
      { devices: [kindOf("android-2013", { share: 0.5 }), kindOf("fixed", { maximumSeconds: 900, share: 0.5 })] },
      2400,
      "Of the devices 100 % never ask for more than 15 min to 28 min, their own maximum.",
    ],
    [
      "the server's maximum",
      { server: { minimumHeartbeatSeconds: 60, maximumHeartbeatSeconds: 900 } },
      1800,
      "The server takes no interval above 15 min, which is what 100 % of the devices would reach.",
    ],
  ])("name %s", (_, over, idleTimeoutSeconds, sentence) => {
    expect(recommend(sizeSettings(over), [rowAt(idleTimeoutSeconds)]).reasons).toContain(sentence);
  });

  test("name nobody where nothing is known to end the gain", () => {
    const { boundBy, reasons } = recommend(sizeSettings(), [rowAt(1800), rowAt(2400)]);
    expect([boundBy, reasons.length]).toEqual(["nothing", 6]);
  });
});

describe("today's time-out", () => {
  const told = (todaySeconds: number | null) =>
    sizeSettings({ firewall: { idleTimeoutSeconds: [600, 1800], atExpiry: "drop", todaySeconds } });
  const rows = [rowAt(600, { ...WORSE, lateMailShare: null }), rowAt(1800)];

  test("is compared figure by figure", () => {
    expect(recommend(told(600), rows).today).toEqual({
      idleTimeoutSeconds: 600,
      suffices: false,
      reasons: [
        "requests, a device and day: 240 today, 180 with 30 min.",
        "energy, J a device and day: 2,100 today, 1,500 with 30 min.",
      ],
    });
  });

  test("can stay where nothing that matters is better by more than was asked for", () => {
    const near = [rowAt(600, { requestsPerDevicePerDay: 188 }), rowAt(1800), rowAt(2400)];
    const sufficesAt = (todaySeconds: number, gain: number) =>
      recommend({ ...told(todaySeconds), gain }, near).today?.suffices;
    expect([sufficesAt(600, 0.04), sufficesAt(600, 0.05), sufficesAt(2400, 0.04)]).toEqual([false, true, true]);
    expect(sufficesAt(700, 0.05)).toBe(false);
  });

  test("can't stay where it raises Exchange's alert, and what is recommended does not", () => {
    const grid = [rowAt(600, WORSE), rowAt(1800), rowAt(2400, { alert: true })];
    const at = (todaySeconds: number) => recommend({ ...told(todaySeconds), gain: 0.04 }, grid).today?.suffices;
    expect([at(1800), at(2400)]).toEqual([true, false]);
  });

  test("can't stay where it is shorter than what is recommended, though it is hardly worse than that", () => {
    const joules = [1000, 800, 610];
    const grid = [600, 1200, 1800].map((seconds, index) =>
      rowAt(seconds, { joulesPerDevicePerDay: Number(joules[index]) }),
    );
    const { idleTimeoutSeconds, advisedSeconds, today } = recommend({ ...told(600), gain: 0.25 }, grid);
    expect([idleTimeoutSeconds, advisedSeconds, today?.suffices]).toEqual([1200, 1200, false]);
  });

  test("has its own flows told, where it can stay", () => {
    const { reasons } = recommend(told(2400), [rowAt(1800), rowAt(2400, { peakFlowTableEntries: 900 })]);
    expect(reasons.find((sentence) => sentence.includes("firewall up to"))).toMatch(/^With 40 min .* up to 900 flows/u);
  });

  test("is what is advised where it can stay, and the order of the hops keeps to it", () => {
    const near = [rowAt(600, { requestsPerDevicePerDay: 188 }), rowAt(1800), rowAt(2400)];
    const advice = (todaySeconds: number | null) => {
      const { idleTimeoutSeconds, advisedSeconds, order } = recommend({ ...told(todaySeconds), gain: 0.04 }, near);
      return [idleTimeoutSeconds, advisedSeconds, ...order.filter(({ hop }) => hop === "firewall")];
    };
    const firewall = (idleTimeoutSeconds: number, reason: string) => ({ hop: "firewall", idleTimeoutSeconds, reason });
    expect(advice(2400)).toEqual([1800, 2400, firewall(2400, "as it is today")]);
    expect(advice(1800)).toEqual([1800, 1800, firewall(1800, "as it is today")]);
    expect(advice(600)).toEqual([1800, 1800, firewall(1800, "what is recommended here")]);
    expect(advice(null)).toEqual([1800, 1800, firewall(1800, "what is recommended here")]);
  });

  test("is told by Exchange's alert, too, where that ends or begins", () => {
    const alertOf = (alert: boolean) => {
      const told600 = [rowAt(600, { ...WORSE, alert }), rowAt(1800, { alert: !alert })];
      return recommend(told(600), told600).today?.reasons.at(-1);
    };
    expect([true, false].map(alertOf)).toEqual([
      "Exchange's alert on short heartbeats (540 s): stands today, is quiet with 30 min.",
      "Exchange's alert on short heartbeats (540 s): is quiet today, stands with 30 min.",
    ]);
  });

  test("may be what is recommended, make no difference, not have been tried, or not have been told", () => {
    expect(recommend(told(1800), rows).today?.reasons).toEqual(["It is what is recommended."]);
    expect(recommend(told(2400), [...rows, rowAt(2400)]).today?.reasons).toEqual([
      "Nothing that matters would change.",
    ]);
    expect(recommend(told(700), rows).today?.reasons).toEqual(["It is not among the time-outs that were tried."]);
    expect(recommend(told(null), rows).today).toBeNull();
  });
});

describe("the order of time-outs", () => {
  test("goes from outside to inside, and ends above the longest interval that devices settle on", () => {
    const carriers = [
      { ...carrierOf(300), name: "a" },
      { ...carrierOf(780), name: "b" },
      { ...carrierOf(null), name: "c" },
    ];
    expect(
      recommend(sizeSettings({ carriers }), [rowAt(1800)]).order.map((each) => [each.hop, each.idleTimeoutSeconds]),
    ).toEqual([
      ["carrier b", 780],
      ["carrier a", 300],
      ["firewall", 1800],
      ["load balancer or reverse proxy behind it", 780],
    ]);
  });

  test("says of a carrier that forgets first that no firewall mends it", () => {
    const reasonAt = (seconds: number) => recommend(BEHIND_13_MIN, [rowAt(seconds)]).order[0]?.reason;
    expect([780, 900].map(reasonAt)).toEqual(["as it was given", "as it was given; no firewall can lengthen it"]);
  });

  test("has what is inside last longer than what any device settles on, however few do", () => {
    const row = rowAt(3600, { settledIntervalSpread: { p5: 720, p95: 720, longest: 1680 } });
    expect(recommend(sizeSettings(), [row]).order.at(-1)).toMatchObject({
      idleTimeoutSeconds: 1740,
      reason: "a little above 28 min, the longest interval that a device settles on",
    });
  });

  test("never has what is inside outlast the firewall, and says so", () => {
    const row = rowAt(1800, { settledIntervalSpread: { p5: 720, p95: 720, longest: 1790 } });
    expect(recommend(sizeSettings(), [row]).order.at(-1)).toMatchObject({
      idleTimeoutSeconds: 1800,
      reason: "as the firewall, which is hardly above 29 min 50 s, the longest interval that a device settles on",
    });
  });

  test("has what is inside last as long as the firewall where no device settles", () => {
    const row = rowAt(480, { settledIntervalSpread: null });
    expect(recommend(sizeSettings(), [row]).order.at(-1)).toMatchObject({
      idleTimeoutSeconds: 480,
      reason: "as the firewall: no device settles on an interval that it could be above",
    });
  });
});
