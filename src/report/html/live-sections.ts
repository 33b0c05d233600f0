import { minutes } from "../ladder.ts";
import type { LiveBounds, LiveDevice, LiveState } from "../live-state.ts";
import { endedByInterval } from "../live-failures.ts";
import { failureChart } from "../live-charts.ts";
import { element, type Markup } from "../markup.ts";
import { figure, shareWords } from "../numbers.ts";
import { pictures, section, sentences } from "./section.ts";
import { dataTable, type TableRow } from "./table.ts";

/** Rows of a table at most: what is beyond is counted. */
const MOST_ROWS = 100;

/** Everything a page tells of a running idlewall. */
export function liveSections(live: LiveState): readonly Markup[] {
  const told = `Asked at ${live.askedAt} of idlewall ${live.version} at ${live.url}. Durations are emulated time.`;
  return [
    section("live", "A running idlewall", element("p", {}, told)),
    recommendationSection(live),
    boundsSection(live.bounds),
    failuresSection(live),
    alertsSection(live),
    devicesSection(live.devices),
  ];
}

function recommendationSection({ recommendation, networks }: LiveState): Markup {
  const { text, reasons, wontHelp, hops } = recommendation;
  const rows = hops.map((advice): TableRow => {
    const { listener, hop, idleTimeoutSeconds, recommendedSeconds, action, reason, source } = advice;
    const times = [idleTimeoutSeconds, recommendedSeconds].map(minutes);
    return { cells: [hop, listener, ...times, action, reason, source] };
  });
  const titles = ["Hop", "Listener", "Today", "Recommended", "Do", "Why", "Source"];
  return section(
    "recommended",
    "What it recommends",
    element("p", { class: "lead" }, text),
    sentences(reasons),
    wontHelp.length === 0 ? undefined : element("h3", {}, "What would not help"),
    sentences(wontHelp),
    rows.length === 0 ? undefined : limitedTable("Time-outs of its hops, outside first", titles, rows),
    networks.length === 0 ? undefined : networksTable(networks),
  );
}

function networksTable(networks: LiveState["networks"]): Markup {
  const titles = ["Network", "Listener", "Devices", "Heartbeats", "Failed", "Sure", "What bounds them, and what to do"];
  const rows = networks.map(({ network, listener, devices, heartbeats, failed, confidence, text }): TableRow => {
    const sure = confidence === undefined ? "–" : shareWords(confidence);
    return { cells: [network, listener, figure(devices), figure(heartbeats), figure(failed), sure, text] };
  });
  return limitedTable("The same by network and listener", titles, rows);
}

function boundsSection(bounds: readonly LiveBounds[]): Markup {
  const title = "The real path in front of it";
  if (bounds.length === 0) return section("bounds", title, element("p", {}, "No network has been seen yet."));
  const titles = [
    "Network",
    "Path",
    "Longest held",
    "Times",
    "Shortest failed",
    "Times",
    "Sure",
    "Ended by our own hops",
  ];
  return section(
    "bounds",
    title,
    element("p", {}, "The time-out of the path is longer than what was held, and no longer than what failed."),
    limitedTable("Bounds of the path's time-out, by network", titles, bounds.map(boundsRow)),
  );
}

function boundsRow(bounds: LiveBounds): TableRow {
  const { network, state, longestHeldSeconds: held, shortestFailedSeconds: failed, confidence } = bounds;
  return {
    cells: [
      network,
      state,
      ...(held === undefined ? ["–", "–"] : [minutes(held), figure(bounds.heldSamples)]),
      ...(failed === undefined
        ? ["–", "–", "–"]
        : [minutes(failed), figure(bounds.failedSamples), shareWords(confidence)]),
      figure(bounds.endedByHopsCount),
    ],
  };
}

function failuresSection(live: LiveState): Markup {
  const title = "Requests by interval and outcome";
  const { outcomes, intervals } = endedByInterval(live.ended);
  const forgotten =
    live.forgottenEvents === 0
      ? undefined
      : element("p", {}, `${live.forgottenEvents} earlier events are no longer kept there, and not counted here.`);
  if (intervals.length === 0)
    return section("failures", title, forgotten, element("p", {}, "No request has ended yet."));
  const rows = intervals.map(({ intervalSeconds, counts }): TableRow => {
    const asked = intervalSeconds === undefined ? "not told" : minutes(intervalSeconds);
    return { cells: [asked, ...outcomes.map((outcome) => figure(counts.get(outcome) ?? 0))] };
  });
  return section(
    "failures",
    title,
    forgotten,
    pictures("failures", [failureChart(intervals)]),
    limitedTable("Requests that have ended, by the interval asked", ["Interval asked", ...outcomes], rows),
  );
}

function alertsSection({ alerts }: LiveState): Markup {
  const rows = alerts.map(({ command, raised, meanSeconds: mean, samples, thresholdSeconds }): TableRow => {
    const average = mean === undefined ? "–" : `${figure(mean)} s`;
    return { cells: [command, raised ? "raised" : "no", average, figure(samples), `${figure(thresholdSeconds)} s`] };
  });
  const titles = ["Command", "Alert", "Mean interval", "Intervals", "Raised at or below"];
  return section(
    "alerts",
    "Exchange's alert of short intervals (event 1040)",
    limitedTable("The alert, by command", titles, rows),
    sentences(alerts.flatMap(({ text }) => (text === undefined ? [] : [text]))),
  );
}

function devicesSection(devices: readonly LiveDevice[]): Markup {
  const title = "Devices";
  if (devices.length === 0) return section("devices", title, element("p", {}, "No device has been seen yet."));
  const failing = devices.toSorted((one, other) => failuresOf(other) - failuresOf(one));
  const titles = ["Device", "Type", "Asks", "Longest held", "Shortest failed", "State", "Failed", "Other endings"];
  return section("devices", title, limitedTable("Devices, those that fail most first", titles, failing.map(deviceRow)));
}

function deviceRow(device: LiveDevice): TableRow {
  const { id, deviceType, command, heartbeatIntervalSeconds: asks, longestHeldSeconds, shortestFailedSeconds } = device;
  const failed = failuresOf(device);
  const all = Object.entries(device.outcomes).reduce((sum, [outcome, count]) => {
    return outcome === "open" ? sum : sum + count;
  }, 0);
  return {
    cells: [
      id,
      deviceType,
      asks === undefined ? command : `${command} ${minutes(asks)}`,
      durationOf(longestHeldSeconds),
      durationOf(shortestFailedSeconds),
      device.state,
      figure(failed),
      figure(all - failed),
    ],
  };
}

function failuresOf({ outcomes: { expired = 0, cut = 0, lost = 0 } }: LiveDevice): number {
  return expired + cut + lost;
}

function durationOf(seconds: number | undefined): string {
  return seconds === undefined ? "–" : minutes(seconds);
}

function limitedTable(caption: string, titles: readonly string[], rows: readonly TableRow[]): Markup {
  const more = rows.length - MOST_ROWS;
  const told = more > 0 ? `${caption}; ${more} more are not shown` : caption;
  return dataTable({ caption: told, columns: titles.map((title) => ({ title })), rows: rows.slice(0, MOST_ROWS) });
}
