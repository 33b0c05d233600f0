import type {
  CarrierShare,
  CostConstant,
  CostModel,
  DeviceShare,
  SizeResult,
  SizeRow,
} from "../../sizing/size-result.ts";
import { minutes } from "../ladder.ts";
import { element, type Markup, together } from "../markup.ts";
import { figure, shareWords, timeOutWords } from "../numbers.ts";
import type { Ladders, SizeReport } from "../report.ts";
import { sizeCharts } from "../size-charts.ts";
import { SIZE_COLUMNS, type SizeColumn } from "../size-columns.ts";
import { NOT_MODELLED } from "../summary.ts";
import { ladderCharts, ladderLegend } from "../svg/ladder-chart.ts";
import { pictures, section, sentences } from "./section.ts";
import { dataTable, type TableRow } from "./table.ts";

/** Everything a page tells of what `size` found. */
export function sizeSections({ result, ladders }: SizeReport): readonly (Markup | undefined)[] {
  return [
    reasons(result),
    commands(result),
    curves(result),
    ladderSection(ladders),
    rowsTable(result),
    assumptions(result),
    section("not-modelled", "What was not modelled", sentences(NOT_MODELLED)),
  ];
}

function reasons({ recommendation: { reasons: why, today, order } }: SizeResult): Markup {
  const rows = order.map(({ hop, idleTimeoutSeconds, reason }): TableRow => {
    return { cells: [hop, timeOutWords(idleTimeoutSeconds), reason] };
  });
  return section(
    "reasons",
    "Why",
    sentences(why),
    today === null ? undefined : element("p", {}, `Today's value, ${timeOutWords(today.idleTimeoutSeconds)}:`),
    sentences(today?.reasons ?? []),
    rows.length === 0
      ? undefined
      : dataTable({
          caption: "Time-outs of the hops, outside first",
          columns: [{ title: "Hop" }, { title: "Idle time-out" }, { title: "Why" }],
          rows,
        }),
  );
}

function commands({ recommendation }: SizeResult): Markup | undefined {
  if (recommendation.commands.length === 0) return undefined;
  return section(
    "commands",
    "What to type",
    recommendation.commands.map(({ product, lines, reason }) => [
      element("h3", {}, product),
      reason === undefined ? element("pre", {}, element("code", {}, lines.join("\n"))) : element("p", {}, reason),
    ]),
  );
}

function curves(result: SizeResult): Markup | undefined {
  if (result.rows.length === 0) return undefined;
  const told = "Each curve is over the firewall's idle time-out. A ring marks the recommended value.";
  return section(
    "curves",
    "What each time-out comes to",
    element("p", {}, told),
    pictures("curve", sizeCharts(result)),
  );
}

function ladderSection(ladders: Ladders): Markup {
  const title = "A typical device, step by step";
  if (ladders.kind === "none") return section("ladder", title, element("p", {}, `Not shown: ${ladders.reason}.`));
  const { device, carrier, runs } = ladders;
  const forgets = carrier.idleTimeoutSeconds;
  const behind =
    forgets === null
      ? "with no carrier that forgets"
      : `behind the carrier "${carrier.name}", which forgets after ${minutes(forgets)}`;
  const told = `One ${device} ${behind}, under each value of the firewall, with the same mail at the same instants.`;
  return section(
    "ladder",
    title,
    element("p", {}, told),
    element("div", { class: "legend" }, pictures("ladder-legend", [ladderLegend()])),
    pictures("ladder", ladderCharts(runs, carrier)),
  );
}

function rowsTable({ rows, recommendation, settings: { firewall } }: SizeResult): Markup | undefined {
  if (rows.length === 0) return undefined;
  return section(
    "table",
    "Every figure",
    dataTable({
      caption: "What each idle time-out of the firewall comes to",
      columns: SIZE_COLUMNS,
      rows: rows.map((row): TableRow => {
        const seconds = row.idleTimeoutSeconds;
        const [first, ...rest] = SIZE_COLUMNS.map((column) => cellOf(column, row));
        const marks = [
          ...(seconds === recommendation.advisedSeconds ? ["recommended"] : []),
          ...(seconds === firewall.todaySeconds ? ["today"] : []),
        ];
        return { cells: [first, ...rest], mark: marks.length === 0 ? undefined : marks.join(", ") };
      }),
      wide: true,
    }),
  );
}

/** A figure, and how far it spreads below it. */
function cellOf({ show, spread }: SizeColumn, row: SizeRow): Markup {
  const words = spread?.(row) ?? "";
  return together(show(row), words === "" ? undefined : element("small", {}, words));
}

function assumptions({ settings }: SizeResult): Markup {
  const { server, mail, firewall } = settings;
  const run = [
    `${figure(settings.deviceCount)} devices, ${figure(settings.days)} days, ${settings.repeats} repeats from seed ${settings.seed}.`,
    `${figure(mail.perDay)} messages for each mailbox and day.`,
    `The firewall ends a silent flow with ${firewall.atExpiry}.`,
    `The server takes intervals from ${minutes(server.minimumHeartbeatSeconds)} to ${minutes(server.maximumHeartbeatSeconds)}.`,
    `An improvement counts from ${shareWords(settings.gain)} on.`,
    ...(settings.logs.length === 0 ? [] : [`Devices, intervals and mail are those of ${settings.logs.join(", ")}.`]),
  ];
  return section(
    "assumptions",
    "What it rests on",
    sentences(run),
    mailTable(mail.hours),
    carrierTable(settings.carriers),
    deviceTable(settings.devices),
    costTable(settings.cost),
  );
}

/** Only a day that is not even is worth a table. */
function mailTable(hours: readonly number[]): Markup | undefined {
  if (hours.every((share) => share === hours[0])) return undefined;
  const quarters = [0, 6, 12, 18].map((from) => hours.slice(from, from + 6).reduce((sum, share) => sum + share, 0));
  const names = ["0 to 6 h", "6 to 12 h", "12 to 18 h", "18 to 24 h"];
  return dataTable({
    caption: "Mail over the day",
    columns: [{ title: "Part of the day" }, ...names.map((title) => ({ title }))],
    rows: [{ cells: ["Share of the mail", ...quarters.map(shareWords)] }],
  });
}

function carrierTable(carriers: readonly CarrierShare[]): Markup {
  const rows = carriers.map(({ name, idleTimeoutSeconds, atExpiry, share, source }): TableRow => {
    const [forgets, ending] = idleTimeoutSeconds === null ? ["never", "–"] : [minutes(idleTimeoutSeconds), atExpiry];
    return { cells: [name, shareWords(share), forgets, ending, source] };
  });
  const titles = ["Carrier", "Share of the devices", "Forgets after", "With", "Source"];
  return dataTable({ caption: "Carriers in front of the firewall", columns: titles.map((title) => ({ title })), rows });
}

function deviceTable(devices: readonly DeviceShare[]): Markup {
  const rows = devices.map((device): TableRow => {
    const { initialSeconds, minimumSeconds, maximumSeconds, incrementSeconds } = device;
    const values = [initialSeconds, minimumSeconds, maximumSeconds, incrementSeconds].map(minutes);
    return { cells: [device.model, shareWords(device.share), ...values] };
  });
  const titles = ["Device model", "Share", "Asks first", "Minimum", "Maximum", "Step"];
  return dataTable({ caption: "Device models", columns: titles.map((title) => ({ title })), rows });
}

function costTable(cost: CostModel): Markup {
  const entries: readonly (readonly [string, CostConstant])[] = [
    ["A Ping with its answer", cost.heartbeat],
    ["Another command with its answer, mail not counted", cost.command],
    ["A full TLS handshake", cost.fullHandshake],
    ["A resumed TLS handshake", cost.resumedHandshake],
    ["Share of handshakes that are resumed", cost.resumedShare],
    ["One waking of the radio", cost.wakeUp],
    ["How long the radio stays awake", cost.tail],
  ];
  const rows = entries.map(([name, { value, low, high, unit, source }]): TableRow => {
    return { cells: [name, figure(value), figure(low), figure(high), unit === "" ? "–" : unit, source] };
  });
  const titles = ["Constant", "Counted with", "Low end", "High end", "Unit", "Source"];
  const caption = "Costs, with both ends where sources disagree";
  return dataTable({ caption, columns: titles.map((title) => ({ title })), rows });
}
