import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Distribution } from "../../src/core/distribution.ts";
import { endingOf } from "../../src/heartbeat/ending.ts";
import type { Exchange, ExchangeEnd, WaitingCommand } from "../../src/heartbeat/events.ts";
import { Metrics } from "../../src/metrics/metrics.ts";
import type { Ending } from "../../src/path/condition.ts";
import type { Hop, Profile } from "../../src/path/hop.ts";
import { table } from "../support/markdown.ts";

const DOCS = new URL("../../docs/metrics.md", import.meta.url);

function hop(name: string, ...idleTimeoutsMs: readonly number[]): Hop {
  const atExpiry = { toDevice: "drop", toServer: "drop" } as const;
  const conditions = idleTimeoutsMs.map(
    (idleTimeoutMs) => ({ type: "idle-timeout", idleTimeoutMs, atExpiry, refreshedBy: "either" }) as const,
  );
  return { name, kind: "nat", conditions };
}

function profile(name: string, ...hops: readonly Hop[]): Profile {
  return { name, title: name, source: "a test", hops };
}

const CARRIER = profile("carrier-13min", hop("carrier", 780_000));

const NOW = 1_779_872_400_123;
const SETTINGS = { version: "1.2.3", listeners: ["front"], profiles: [CARRIER], processMetrics: false, now: () => NOW };

function started(processMetrics = false): Metrics {
  return new Metrics({ ...SETTINGS, processMetrics });
}

async function pageOf(metrics: Metrics): Promise<string> {
  return (await metrics.expose()).body;
}

function exchange(command: WaitingCommand, heartbeatIntervalSeconds: number | undefined): Exchange {
  const device = { deviceId: "secret-device", user: "secret-user", deviceType: "SP" };
  return { id: 1, flowId: 1, device, command, heartbeatIntervalSeconds, askedAt: 1000 };
}

function end(outcome: ExchangeEnd["outcome"], endedAt: number): ExchangeEnd {
  const ending = endingOf(outcome, "waiting");
  return { outcome, hop: undefined, action: undefined, ending, httpStatus: undefined, status: undefined, endedAt };
}

/** The samples of a page that match, by name with labels. */
async function samples(metrics: Metrics, matching: string): Promise<Readonly<Record<string, number>>> {
  const lines = (await pageOf(metrics)).split("\n").filter((line) => line.startsWith(`idlewall_${matching}`));
  return Object.fromEntries(
    lines.map((line) => {
      const space = line.lastIndexOf(" ");
      return [line.slice("idlewall_".length, space), Number(line.slice(space + 1))];
    }),
  );
}

test("shows every known combination at 0 from the start", async () => {
  const metrics = started();
  const zeros = { ...(await samples(metrics, "exchanges")), ...(await samples(metrics, "expiries")) };
  expect(Object.keys(zeros)).toHaveLength(2 + 2 * 8 + 2 + 2 + 5);
  expect(new Set(Object.values(zeros))).toEqual(new Set([0]));
  expect(zeros).toHaveProperty([`exchanges_total{command="Sync",outcome="serverFailed"}`]);
  expect(zeros).toHaveProperty([`expiries_total{hop="carrier",action="respond"}`]);
  expect(await samples(metrics, "heartbeat_asked_seconds_count")).toEqual({
    'heartbeat_asked_seconds_count{command="Ping"}': 0,
    'heartbeat_asked_seconds_count{command="Sync"}': 0,
  });
});

test("counts an exchange when it is asked and when it ends", async () => {
  const metrics = started();
  const asked = exchange("Ping", 900);
  metrics.observeHeartbeat({ kind: "asked", exchange: asked });
  expect(await samples(metrics, 'parked_requests{command="Ping"}')).toEqual({ 'parked_requests{command="Ping"}': 1 });
  metrics.observeHeartbeat({ kind: "ended", exchange: asked, end: end("expired", 781_000) });
  metrics.observeHeartbeat({ kind: "lateAnswer", exchange: asked, at: 901_000 });
  const all = await samples(metrics, "");
  expect(all).toMatchObject({
    'exchanges_asked_total{command="Ping"}': 1,
    'exchanges_total{command="Ping",outcome="expired"}': 1,
    'exchanges_failed_total{command="Ping"}': 1,
    'late_answers_total{command="Ping"}': 1,
    'parked_requests{command="Ping"}': 0,
    'heartbeat_asked_seconds_sum{command="Ping"}': 900,
    'heartbeat_asked_seconds_bucket{le="900",command="Ping"}': 1,
    'heartbeat_asked_seconds_bucket{le="840",command="Ping"}': 0,
    'heartbeat_failed_seconds_sum{command="Ping"}': 900,
    'heartbeat_held_seconds_count{command="Ping"}': 0,
  });
});

test("observes the interval of an answer that was not heard as one that the path failed", async () => {
  const metrics = started();
  const found = { exchange: 7, device: exchange("Ping", 900).device, command: "Ping", at: 0 } as const;
  metrics.observeFound({ kind: "unheard", heartbeatIntervalSeconds: 900, silenceSeconds: 700, ...found });
  metrics.observeFound({ kind: "unheard", heartbeatIntervalSeconds: undefined, silenceSeconds: 700, ...found });
  metrics.observeFound({ kind: "collided", ...found });
  expect(await samples(metrics, "heartbeat_failed")).toMatchObject({
    'heartbeat_failed_seconds_bucket{le="840",command="Ping"}': 0,
    'heartbeat_failed_seconds_bucket{le="900",command="Ping"}': 1,
    'heartbeat_failed_seconds_count{command="Ping"}': 1,
    'heartbeat_failed_seconds_count{command="Sync"}': 0,
  });
});

test("observes the silence that a held exchange bore, apart by command", async () => {
  const metrics = started();
  const asked = exchange("Sync", 900);
  metrics.observeHeartbeat({ kind: "asked", exchange: asked });
  metrics.observeHeartbeat({ kind: "ended", exchange: asked, end: end("held", 901_030) });
  metrics.observeHeartbeat({ kind: "asked", exchange: asked });
  metrics.observeHeartbeat({ kind: "ended", exchange: asked, end: end("held", 31_000) });
  expect(await samples(metrics, "")).toMatchObject({
    'heartbeat_held_seconds_sum{command="Sync"}': 930,
    'heartbeat_held_seconds_count{command="Sync"}': 2,
    'heartbeat_held_seconds_count{command="Ping"}': 0,
    'exchanges_failed_total{command="Sync"}': 0,
  });
});

test.each([undefined, -100])(
  "counts an exchange whose interval is %s without observing the interval",
  async (seconds) => {
    const metrics = started();
    const asked = exchange("Ping", seconds);
    metrics.observeHeartbeat({ kind: "asked", exchange: asked });
    metrics.observeHeartbeat({ kind: "ended", exchange: asked, end: end("lost", 2000) });
    expect(await samples(metrics, "")).toMatchObject({
      'exchanges_failed_total{command="Ping"}': 1,
      'heartbeat_asked_seconds_count{command="Ping"}': 0,
      'heartbeat_failed_seconds_count{command="Ping"}': 0,
    });
  },
);

test("has its borders exactly where real time-outs, limits and alerts stand", async () => {
  const buckets = Object.keys(await samples(started(), "heartbeat_held_seconds_bucket"));
  const borders = buckets.filter((name) => name.includes("Ping")).map((name) => /le="([^"]+)"/u.exec(name)?.[1]);
  const text = readFileSync(DOCS, "utf8").replaceAll("\n", " ");
  const documented = /stand: ([\d, and]+) seconds/u.exec(text)?.[1]?.match(/\d+/gu);
  expect(borders).toEqual([
    ...[
      60, 120, 240, 300, 350, 480, 540, 600, 660, 720, 780, 840, 900, 960, 1020, 1200, 1500, 1800, 2700, 3540, 3600,
    ].map(String),
    "+Inf",
  ]);
  expect(borders).toEqual([...(documented ?? []), "+Inf"]);
});

describe("flows", () => {
  test("are counted when they open and are gone when they close", async () => {
    const metrics = started();
    metrics.observeFlow({ kind: "opened", flowId: 1, listener: "front", at: 0 });
    metrics.observeFlow({ kind: "opened", flowId: 2, listener: "front", at: 0 });
    const bytes = { toServerBytes: 1, toDeviceBytes: 1, durationMs: 5 };
    metrics.observeFlow({ kind: "closed", flowId: 1, listener: "front", ...bytes, at: 5 });
    expect(await samples(metrics, "connections")).toEqual({ 'connections_total{listener="front"}': 2 });
    expect(await samples(metrics, "open_connections")).toEqual({ 'open_connections{listener="front"}': 1 });
  });

  test.each<[Ending, string]>([
    ["drop", "drop"],
    ["reset-on-next", "reset-on-next"],
    [{ respond: 504 }, "respond"],
  ])("that an idle time-out ends with %j count at their hop as %s", async (toDevice, action) => {
    const metrics = started();
    const endings = { toDevice, toServer: "reset" } as const;
    metrics.observeFlow({
      kind: "ended",
      flowId: 1,
      listener: "https",
      hop: "carrier",
      condition: "idle-timeout",
      endings,
      at: 1,
    });
    const counted = Object.entries(await samples(metrics, "expiries")).filter(([, count]) => count > 0);
    expect(counted).toEqual([[`expiries_total{hop="carrier",action="${action}"}`, 1]]);
  });

  test.each([
    ["carrier", "lifetime"],
    ["operator", "operator"],
  ] as const)("that %s ends by %s count there, and not as expiries", async (name, condition) => {
    const metrics = started();
    const endings = { toDevice: "reset", toServer: "drop" } as const;
    metrics.observeFlow({ kind: "ended", flowId: 1, listener: "https", hop: name, condition, endings, at: 1 });
    const figures = { ...(await samples(metrics, "cuts")), ...(await samples(metrics, "expiries")) };
    const counted = Object.entries(figures).filter(([, count]) => count > 0);
    expect(counted).toEqual([[`cuts_total{hop="${name}",condition="${condition}",action="reset"}`, 1]]);
  });

  test("that conditions of a profile in force may cut are there at 0, and those that an operator ends", async () => {
    const metrics = started();
    const conditions = [
      { type: "refuse" },
      { type: "refuse", name: "again" },
      { type: "slow-accept", delayMs: 10 },
      ...hop("a", 1000).conditions,
    ] as const;
    metrics.useProfiles([profile("busy", { name: "gate", kind: "firewall", conditions })]);
    const figures = await samples(metrics, "cuts");
    const actions = ["drop", "reset", "close", "reset-on-next", "respond"];
    expect(figures).toEqual(
      Object.fromEntries(
        [
          ["operator", "operator"],
          ["gate", "refuse"],
        ].flatMap(([name, type]) =>
          actions.map((action) => [`cuts_total{hop="${name}",condition="${type}",action="${action}"}`, 0]),
        ),
      ),
    );
  });

  test("are counted at hops of the profiles in force, which keep their counts, and at those gone no more", async () => {
    const metrics = started();
    const endings = { toDevice: "reset", toServer: "drop" } as const;
    const ended = { kind: "ended", flowId: 1, listener: "front", endings, at: 1 } as const;
    const refuse = { type: "refuse" } as const;
    const gate = { name: "gate", kind: "firewall", conditions: [refuse, ...hop("", 1000).conditions] } as const;
    metrics.useProfiles([CARRIER, profile("gated", gate)]);
    metrics.observeFlow({ ...ended, hop: "carrier", condition: "idle-timeout" });
    metrics.observeFlow({ ...ended, hop: "gate", condition: "idle-timeout" });
    metrics.observeFlow({ ...ended, hop: "gate", condition: "refuse" });
    metrics.observeFlow({ ...ended, hop: "operator", condition: "operator" });
    metrics.useProfiles([CARRIER, profile("narrower", { ...gate, conditions: [refuse] })]);
    const counted = async () => {
      const figures = { ...(await samples(metrics, "expiries")), ...(await samples(metrics, "cuts")) };
      return Object.entries(figures).filter(([name]) => name.includes('action="reset"'));
    };
    expect(await counted()).toEqual([
      ['expiries_total{hop="carrier",action="reset"}', 1],
      ['cuts_total{hop="operator",condition="operator",action="reset"}', 1],
      ['cuts_total{hop="gate",condition="refuse",action="reset"}', 1],
    ]);
    metrics.useProfiles([CARRIER]);
    metrics.observeFlow({ ...ended, hop: "gate", condition: "refuse" });
    expect(await counted()).toHaveLength(3);
    metrics.useProfiles([CARRIER]);
    expect(await counted()).toEqual([
      ['expiries_total{hop="carrier",action="reset"}', 1],
      ['cuts_total{hop="operator",condition="operator",action="reset"}', 1],
    ]);
  });

  test("count their bytes while they flow, by leg and direction", async () => {
    const metrics = started();
    metrics.addBytes("device", "received", 10);
    metrics.addBytes("device", "received", 5);
    metrics.addBytes("server", "sent", 14);
    expect({ ...(await samples(metrics, "received")), ...(await samples(metrics, "sent")) }).toEqual({
      'received_bytes_total{leg="device"}': 15,
      'received_bytes_total{leg="server"}': 0,
      'sent_bytes_total{leg="device"}': 0,
      'sent_bytes_total{leg="server"}': 14,
    });
  });
});

test("counts bodies not decoded, requests refused, and handshakes tried and failed", async () => {
  const metrics = started();
  metrics.observeHeartbeat({ kind: "decodeFailed", flowId: 1, reason: "gzip", at: 0 });
  metrics.countRefusedRequest(431);
  metrics.countTlsHandshake("device");
  metrics.countTlsHandshake("device", "version");
  metrics.countServerFailure("untrusted");
  metrics.countAcceptFailure();
  expect(await samples(metrics, "")).toMatchObject({
    'decode_failures_total{reason="gzip"}': 1,
    'decode_failures_total{reason="wbxml"}': 0,
    'refused_requests_total{status="431"}': 1,
    'refused_requests_total{status="400"}': 0,
    'tls_handshakes_total{leg="device"}': 2,
    'tls_handshake_failures_total{leg="device",reason="version"}': 1,
    'tls_handshake_failures_total{leg="device",reason="other"}': 0,
    'tls_handshake_failures_total{leg="server",reason="version"}': 0,
    'server_failures_total{reason="untrusted"}': 1,
    'server_failures_total{reason="unreachable"}': 0,
    accept_failures_total: 1,
  });
});

test("shows the idle time-outs of the profiles in force, the shortest of a hop, and no former ones", async () => {
  const metrics = started();
  expect(await samples(metrics, "profile")).toEqual({
    'profile_idle_timeout_seconds{profile="carrier-13min",hop="carrier"}': 780,
  });
  metrics.useProfiles([profile("two", hop("open"), hop("firewall", 1_800_000, 480_500))]);
  expect(await samples(metrics, "profile")).toEqual({
    'profile_idle_timeout_seconds{profile="two",hop="firewall"}': 480.5,
  });
  expect(await samples(metrics, 'expiries_total{hop="firewall",action="drop"}')).not.toEqual({});
});

test("says what runs, and keeps the figures of the process beside ours unless told not to", async () => {
  const page = await pageOf(started(true));
  expect(page).toContain(`idlewall_build_info{version="1.2.3",node_version="${process.version}"} 1`);
  expect(page).toContain("process_resident_memory_bytes");
  expect(await pageOf(started(false))).not.toMatch(/^(?!idlewall_|#|$)/mu);
});

test("takes the count of open files that it is given, and shows the one before while there is none", async () => {
  const counts = [17, undefined];
  const metrics = new Metrics({ ...SETTINGS, processMetrics: true, openFiles: () => counts.shift() });
  for (const _scrape of [1, 2]) expect(await pageOf(metrics)).toMatch(/^process_open_fds 17$/mu);
});

test("counts for itself: two in one process share nothing", async () => {
  const [one, two] = [started(), started()];
  one.countRefusedRequest(400);
  expect(await samples(two, 'refused_requests_total{status="400"}')).toEqual({
    'refused_requests_total{status="400"}': 0,
  });
});

test("names no user and no device, whatever happened", async () => {
  const metrics = started();
  metrics.observeHeartbeat({ kind: "asked", exchange: exchange("Ping", 900) });
  const { contentType, body } = await metrics.expose();
  expect(body).not.toContain("secret");
  expect(contentType).toBe("text/plain; version=0.0.4; charset=utf-8");
});

/** A series as docs/metrics.md has it: name, kind, and the values of each label, but of those that come and go. */
type Documented = Readonly<{ name: string; kind: string; labels: Readonly<Record<string, readonly string[]>> }>;

/** Labels whose values are those of what runs. */
const OPEN_LABELS: ReadonlySet<string> = new Set([
  "listener",
  "hop",
  "condition",
  "profile",
  "version",
  "node_version",
]);

function shownOn(page: string): readonly Documented[] {
  return [...page.matchAll(/^# TYPE (idlewall_\w+) (\w+)$/gmu)].map(([, name = "", kind = ""]) => {
    const labels = new Map<string, Set<string>>();
    for (const [, text = ""] of page.matchAll(new RegExp(`^${name}(?:_bucket)?\\{([^}]*)\\}`, "gmu")))
      for (const [, label = "", value = ""] of text.matchAll(/(\w+)="([^"]*)"/gu))
        if (label !== "le")
          labels.set(label, (labels.get(label) ?? new Set()).add(OPEN_LABELS.has(label) ? "open" : value));
    return { name, kind, labels: Object.fromEntries([...labels].map(([label, values]) => [label, [...values]])) };
  });
}

const ROWS = table(readFileSync(DOCS, "utf8"), "series|type|labels and their values|unit|meaning|example");

function seriesOfDocs(): readonly Documented[] {
  return ROWS.map(([name = "", kind = "", labels = ""]) => {
    const each = [...labels.matchAll(/`(\w+)` \(([^)]*)\)/gu)].map(([, label = "", values = ""]) => [
      label,
      /^[*_]/u.test(values) ? ["open"] : values.split(", "),
    ]);
    return { name: name.replaceAll("`", ""), kind, labels: Object.fromEntries(each) };
  });
}

function byName(series: readonly Documented[]): readonly Documented[] {
  return series.toSorted((left, right) => left.name.localeCompare(right.name));
}

test("shows the series that docs/metrics.md lists: the same names, kinds, labels and values, both ways", async () => {
  const page = await pageOf(started());
  expect(byName(seriesOfDocs())).toEqual(byName(shownOn(page)));
});

test.each(ROWS)(
  "docs/metrics.md says of %s its unit, what it means and how to ask for it",
  (name, _kind, _labels, unit, meaning, query) => {
    const series = name?.replaceAll("`", "") ?? "";
    expect(query).toMatch(new RegExp(`\\b${series}(?:_bucket|_sum|_count)?\\b`, "u"));
    expect(meaning).toMatch(/\.$/u);
    const isTime = series.endsWith("_seconds");
    expect(unit?.startsWith("seconds")).toBe(isTime);
    expect(unit === "bytes").toBe(series.endsWith("_bytes_total"));
  },
);

describe("OpenMetrics", () => {
  test("names counters by their family, has no empty line, and ends with EOF", async () => {
    const { body, contentType } = await started().expose("openmetrics");
    expect(contentType).toBe("application/openmetrics-text; version=1.0.0; charset=utf-8");
    expect(body).toMatch(/\n# TYPE idlewall_exchanges counter\nidlewall_exchanges_total\{/u);
    expect(body).toMatch(/\n# TYPE idlewall_connections counter\nidlewall_connections_total\{/u);
    expect(body).toMatch(/\n# TYPE idlewall_open_connections gauge\n/u);
    const families = [...body.matchAll(/^# TYPE (\w+) /gmu)].map(([, family]) => family);
    expect(families).toEqual([...new Set(families)]);
    expect(body).not.toMatch(/^# TYPE \w+_total counter$/mu);
    expect(body).not.toContain("\n\n");
    expect(body.endsWith("\n# EOF\n")).toBe(true);
  });

  test("has the same figures as the text format, whichever is asked for first", async () => {
    const metrics = started();
    const [first, openMetrics, again] = [
      await pageOf(metrics),
      await metrics.expose("openmetrics"),
      await pageOf(metrics),
    ];
    expect(again).toBe(first);
    const figures = (page: string) => page.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    expect(figures(openMetrics.body)).toEqual(figures(first));
  });

  test("carries the number of the exchange that was counted last, where it was counted and nowhere else", async () => {
    const metrics = started();
    const asked = exchange("Ping", 900);
    metrics.observeHeartbeat({ kind: "asked", exchange: { ...asked, id: 16 } });
    metrics.observeHeartbeat({ kind: "asked", exchange: { ...asked, id: 17 } });
    metrics.observeHeartbeat({ kind: "ended", exchange: { ...asked, id: 17 }, end: end("expired", 781_000) });
    metrics.observeHeartbeat({ kind: "lateAnswer", exchange: { ...asked, id: 17 }, at: 901_000 });
    const { body } = await metrics.expose("openmetrics");
    const at = NOW / 1000;
    expect(body.split("\n").filter((line) => line.includes(" # {"))).toEqual([
      `idlewall_exchanges_asked_total{command="Ping"} 2 # {exchange="17"} 1 ${at}`,
      `idlewall_exchanges_total{command="Ping",outcome="expired"} 1 # {exchange="17"} 1 ${at}`,
      `idlewall_exchanges_failed_total{command="Ping"} 1 # {exchange="17"} 1 ${at}`,
      `idlewall_late_answers_total{command="Ping"} 1 # {exchange="17"} 1 ${at}`,
      `idlewall_heartbeat_asked_seconds_bucket{le="900",command="Ping"} 2 # {exchange="17"} 900 ${at}`,
      `idlewall_heartbeat_failed_seconds_bucket{le="900",command="Ping"} 1 # {exchange="17"} 900 ${at}`,
    ]);
    expect(await pageOf(metrics)).not.toContain(" # {");
  });

  test("carries an exemplar above the last border, too", async () => {
    const metrics = started();
    metrics.observeHeartbeat({ kind: "asked", exchange: exchange("Sync", 4000) });
    expect((await metrics.expose("openmetrics")).body).toContain(
      `idlewall_heartbeat_asked_seconds_bucket{le="+Inf",command="Sync"} 1 # {exchange="1"} 4000 ${NOW / 1000}`,
    );
  });
});

test.each([
  ["Ping", 5, 1],
  ["Ping", 4, 0],
  ["Sync", 14, 1],
  ["Sync", 5, 0],
] as const)(
  "a %s rejected with Status %i counts %i times as an interval that the server refuses",
  async (command, status, count) => {
    const metrics = started();
    metrics.observeHeartbeat({
      kind: "ended",
      exchange: exchange(command, 900),
      end: { ...end("rejected", 1000), status },
    });
    const counted = await samples(metrics, "limit_rejections_total");
    expect(counted).toMatchObject({ [`limit_rejections_total{command="${command}"}`]: count });
    expect(Object.values(counted).reduce((sum, each) => sum + each, 0)).toBe(count);
  },
);

test("shows how late the timers of what is measured run, and how its time runs", async () => {
  const timerLateness = new Distribution([0.001, 0.5]);
  const metrics = new Metrics({ ...SETTINGS, timeScale: 60, timerLateness });
  for (const seconds of [0.0005, 0.25, 0.75]) timerLateness.add(seconds);
  expect({ ...(await samples(metrics, "timer_lateness")), ...(await samples(metrics, "time_scale")) }).toEqual({
    'timer_lateness_seconds_bucket{le="0.001"}': 1,
    'timer_lateness_seconds_bucket{le="0.5"}': 2,
    'timer_lateness_seconds_bucket{le="+Inf"}': 3,
    timer_lateness_seconds_sum: 1.0005,
    timer_lateness_seconds_count: 3,
    time_scale: 60,
  });
});

test("shows listeners that come at 0, keeps those that stay, and forgets those that go", async () => {
  const metrics = started();
  metrics.observeFlow({ kind: "opened", flowId: 1, listener: "front", at: 0 });
  metrics.observeFlow({
    kind: "closed",
    flowId: 1,
    listener: "front",
    toServerBytes: 0,
    toDeviceBytes: 0,
    durationMs: 700_000,
    at: 700_000,
  });
  metrics.useListeners(["front", "db"]);
  expect(await samples(metrics, "connection")).toMatchObject({
    'connections_total{listener="front"}': 1,
    'connections_total{listener="db"}': 0,
    'connection_duration_seconds_bucket{le="660",listener="front"}': 0,
    'connection_duration_seconds_bucket{le="720",listener="front"}': 1,
    'connection_duration_seconds_count{listener="db"}': 0,
  });
  metrics.useListeners(["db"]);
  expect(Object.keys(await samples(metrics, "connection")).filter((name) => name.includes("front"))).toEqual([]);
});

test("a listener that is gone is shown until its last connection is closed, and never below none", async () => {
  const metrics = started();
  const closing = {
    kind: "closed",
    listener: "front",
    toServerBytes: 0,
    toDeviceBytes: 0,
    durationMs: 0,
    at: 0,
  } as const;
  for (const flowId of [1, 2]) metrics.observeFlow({ kind: "opened", flowId, listener: "front", at: 0 });
  metrics.observeFlow({ ...closing, flowId: 1 });
  metrics.useListeners([]);
  expect(await samples(metrics, "open_connections")).toEqual({ 'open_connections{listener="front"}': 1 });
  metrics.observeFlow({ ...closing, flowId: 2 });
  expect(await samples(metrics, "open_connections")).toEqual({ 'open_connections{listener="front"}': 0 });
  metrics.useListeners([]);
  expect(await samples(metrics, "connection")).toEqual({});
});
