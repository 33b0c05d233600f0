import type { SizeResult, SizeRow } from "../sizing/size-result.ts";
import { minutes } from "./ladder.ts";
import { figure } from "./numbers.ts";
import { type Curve, type CurvePoint, lineChart } from "./svg/line-chart.ts";
import type { Mark } from "./svg/marks.ts";
import type { Panel } from "./svg/picture.ts";
import type { Interval } from "./svg/scale.ts";

/** What a chart shows of each row. */
interface Subject {
  readonly title: string;
  readonly unit: string;
  /** What the shaded area means, where there is one. */
  readonly shade?: string;
  readonly curves: readonly { readonly name: string; readonly of: (row: SizeRow) => Omit<CurvePoint, "x"> }[];
}

const SUBJECTS: readonly Subject[] = [
  {
    title: "Failed Pings",
    unit: "per device and day",
    shade: "95 % confidence over the repeats",
    curves: [
      {
        name: "failed Pings",
        of: (row) => around(row.failedPingsPerDevicePerDay, row.confidence?.failedPingsPerDevicePerDay),
      },
    ],
  },
  {
    title: "Requests",
    unit: "per device and day",
    shade: "95 % confidence over the repeats",
    curves: [
      { name: "requests", of: (row) => around(row.requestsPerDevicePerDay, row.confidence?.requestsPerDevicePerDay) },
    ],
  },
  {
    title: "Energy of the radio",
    unit: "joules per device and day",
    shade: "low to high end of every cost constant",
    curves: [{ name: "energy", of: (row) => ({ y: row.joulesPerDevicePerDay, ...row.joulesRange }) }],
  },
  {
    title: "Notification delay",
    unit: "seconds from a late message's arrival to its device",
    curves: [
      { name: "median", of: (row) => ({ y: row.notificationDelaySeconds?.p50 ?? null }) },
      { name: "95 %", of: (row) => ({ y: row.notificationDelaySeconds?.p95 ?? null }) },
      { name: "99 %", of: (row) => ({ y: row.notificationDelaySeconds?.p99 ?? null }) },
    ],
  },
  {
    title: "Interval settled on",
    unit: "minutes, median of the devices that settled",
    shade: "5 to 95 % of the devices",
    curves: [{ name: "interval", of: settled }],
  },
  {
    title: "What it costs others",
    unit: "at the peak",
    curves: [
      { name: "parked at the server", of: (row) => ({ y: row.peakParkedRequests }) },
      { name: "flows in the firewall", of: (row) => ({ y: row.peakFlowTableEntries }) },
    ],
  },
];

/** The curves of a result over the firewall's time-out, a panel each. */
export function sizeCharts(result: SizeResult): readonly Panel[] {
  const marks = marksOf(result);
  const xDomain = domainOf(result);
  return SUBJECTS.map((subject) => {
    const { title, unit, shade } = subject;
    const curves = subject.curves.map(({ name, of }): Curve => {
      return { name, points: result.rows.map((row) => ({ x: row.idleTimeoutSeconds, ...of(row) })) };
    });
    return lineChart({
      title,
      unit,
      description: descriptionOf(subject, curves, marks),
      xName: "idle time-out of the firewall",
      xDomain,
      curves,
      marks,
      ...(shade !== undefined && { shade }),
    });
  });
}

/** Today's value and the recommended one, where they are known. */
export function marksOf({ settings, recommendation }: SizeResult): readonly Mark[] {
  const recommended = recommendation.advisedSeconds;
  const today = settings.firewall.todaySeconds;
  if (today === recommended)
    return [{ at: recommended, text: `today and recommended ${minutes(recommended)}`, kind: "recommended" }];
  return [
    ...(today === null ? [] : [{ at: today, text: `today ${minutes(today)}`, kind: "today" } as const]),
    { at: recommended, text: `recommended ${minutes(recommended)}`, kind: "recommended" },
  ];
}

function domainOf(result: SizeResult): Interval {
  const all = [...result.rows.map((row) => row.idleTimeoutSeconds), ...marksOf(result).map(({ at }) => at)];
  return [Math.min(...all), Math.max(...all)];
}

function around(value: number, halfWidth: number | undefined): Omit<CurvePoint, "x"> {
  return halfWidth === undefined ? { y: value } : { y: value, low: value - halfWidth, high: value + halfWidth };
}

function settled({ settledIntervalSeconds: interval, settledIntervalSpread: spread }: SizeRow): Omit<CurvePoint, "x"> {
  if (interval === null) return { y: null };
  return { y: interval / 60, ...(spread !== null && { low: spread.p5 / 60, high: spread.p95 / 60 }) };
}

/** The ends of each curve and what it has at the marks, in words. */
function descriptionOf({ title, unit, shade }: Subject, curves: readonly Curve[], marks: readonly Mark[]): string {
  const parts = curves.map(({ name, points }) => {
    const told = points.filter((point, index) => {
      return index === 0 || index === points.length - 1 || marks.some(({ at }) => at === point.x);
    });
    return `${name}: ${told.map(({ x, y }) => `${y === null ? "unknown" : figure(y)} at ${minutes(x)}`).join(", ")}`;
  });
  const shaded = shade === undefined ? "" : ` Shaded: ${shade}.`;
  return `${title}, ${unit}, over the firewall's idle time-out; ${parts.join("; ")}.${shaded}`;
}
