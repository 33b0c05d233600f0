import { minutes } from "../report/ladder.ts";
import type { SizeResult, SizeRow, SizeSettings } from "../sizing/size-result.ts";
import { table } from "./table.ts";

const HEADER = [
  "",
  "TIME-OUT",
  "SETTLED",
  "P5..P95",
  "NEVER",
  "FAILED",
  "REQUESTS",
  "KB",
  "JOULES",
  "LATE",
  "P50",
  "P95",
  "P99",
  "ALERT",
  "PARKED",
  "FLOWS",
];

/** A result for people: the answer, the reasons, then the figures, by device and day where nothing else is said. */
export function sizeLines({ settings, rows, recommendation }: SizeResult): string {
  const { advisedSeconds, reasons, today, order, commands } = recommendation;
  return [
    headline(recommendation),
    ...reasons.map((reason) => `  - ${reason}`),
    ...(today === null
      ? []
      : ["", `Today's ${minutes(today.idleTimeoutSeconds)}:`, ...today.reasons.map((reason) => `  - ${reason}`)]),
    "",
    "The time-outs on the path, outside first:",
    ...order.map(({ hop, idleTimeoutSeconds: seconds, reason }) => `  - ${hop}: ${minutes(seconds)} (${reason})`),
    ...commands.flatMap(({ product, lines, reason }) =>
      reason === undefined
        ? ["", `For ${product}:`, ...lines.map((line) => `  ${line}`)]
        : ["", `For ${product} there is nothing to type: ${reason}`],
    ),
    "",
    settingsLine(settings),
    table(
      HEADER,
      rows.map((row) => cells(row, settings, advisedSeconds)),
    ),
    "Failed, requests, KB and joules by device and day; late is mail that came while a dead Ping was believed alive, and by how much.",
    "--json has both ends of what costs are not agreed on; docs/sizing.md says what each column and figure is.",
  ].join("\n");
}

/** The answer, in a sentence: to change nothing where that gains nothing. */
function headline({ idleTimeoutSeconds, advisedSeconds, today }: SizeResult["recommendation"]): string {
  const [best, advised] = [minutes(idleTimeoutSeconds), minutes(advisedSeconds)];
  if (advisedSeconds !== today?.idleTimeoutSeconds) return `Set the firewall's idle time-out to ${best}.`;
  if (advisedSeconds === idleTimeoutSeconds) return `Leave the firewall's idle time-out at ${advised}.`;
  return `Leave the firewall's idle time-out at ${advised}: ${best}, the shortest that does as well, gains nothing that matters.`;
}

/** What was run, in a line. */
function settingsLine({ carriers, devices, deviceCount, days, mail, seed, repeats }: SizeSettings): string {
  const models = mixed(devices.map(({ model, share }) => ({ name: model, share })));
  const mails = `${Number(mail.perDay.toPrecision(3))} mails a day`;
  const who = `${count(deviceCount, "device")} (${models}), carrier ${mixed(carriers)}, ${mails}`;
  return `${who}, ${count(days, "day")}, seed ${seed}, ${count(repeats, "time")}`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

function mixed(parts: readonly { readonly name: string; readonly share: number }[]): string {
  return parts
    .map(({ name, share }) => (share === 1 ? name : `${name} ${Number((100 * share).toPrecision(3))} %`))
    .join(", ");
}

function cells(row: SizeRow, { firewall }: SizeSettings, advised: number): readonly string[] {
  const { settledIntervalSpread: spread, notificationDelaySeconds: delay } = row;
  const marks = `${row.idleTimeoutSeconds === advised ? ">" : ""}${row.idleTimeoutSeconds === firewall.todaySeconds ? "today" : ""}`;
  return [
    marks,
    minutes(row.idleTimeoutSeconds),
    row.settledIntervalSeconds === null ? "-" : minutes(row.settledIntervalSeconds),
    spread === null ? "-" : `${minutes(spread.p5)}..${minutes(spread.p95)}`,
    `${Math.round(100 * row.neverSettledShare)}%`,
    figures(row.failedPingsPerDevicePerDay),
    figures(row.requestsPerDevicePerDay),
    figures(row.bytesPerDevicePerDay / 1000),
    figures(row.joulesPerDevicePerDay),
    row.lateMailShare === null ? "-" : `${figures(100 * row.lateMailShare)}%`,
    ...(delay === null ? ["-", "-", "-"] : [delay.p50, delay.p95, delay.p99].map((each) => `${Math.round(each)}s`)),
    row.alert ? "yes" : "no",
    String(row.peakParkedRequests),
    String(row.peakFlowTableEntries),
  ];
}

function figures(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
