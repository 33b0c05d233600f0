import { MappingType } from "@grafana/grafana-foundation-sdk/dashboard";
import { board, type Row } from "./board.ts";
import { figure, heatMap, lines } from "./panels.ts";
import { failureShareOf, gaugeOf, increaseOf, quantileOf, rangesOf, ratioOf } from "./queries.ts";
import { UNITS } from "./units.ts";

/** Shares of failed requests from which on a person should look, and hurry: choices of this project. */
const FAILURE_THRESHOLDS = [
  { value: null, color: "green" },
  { value: 0.05, color: "orange" },
  { value: 0.2, color: "red" },
];

/**
 * Exchange's alert: raised at a mean of 540 s or less.
 * Source: KB 905013; event 1040 of MSExchange ActiveSync.
 */
const ALERT_THRESHOLDS = [
  { value: null, color: "red" },
  { value: 540, color: "green" },
];

const PROFILES = '{instance=~"$instance",profile=~"$profile"}';
const TIME_OUTS = `min by (profile, hop) (idlewall_profile_idle_timeout_seconds${PROFILES})`;

const summary: Row = [
  "Do intervals hold?",
  [
    figure({
      title: "Failure share",
      about:
        "Of the requests that asked to wait, those that the path failed: expired, cut or lost, or answered and not heard.",
      unit: UNITS.ratio,
      queries: [[failureShareOf(), "failed"]],
      thresholds: FAILURE_THRESHOLDS,
      columns: 4,
    }),
    figure({
      title: "Mean interval",
      about:
        "Of the latest intervals asked, up to 200, by command; of several instances the least. Exchange complains at 540 s and less.",
      unit: UNITS.seconds,
      queries: [[gaugeOf("min", "idlewall_alert_mean_seconds", "command"), "{{command}}"]],
      thresholds: ALERT_THRESHOLDS,
      columns: 4,
    }),
    figure({
      title: "Exchange's alert",
      about:
        "Whether Exchange would log event 1040: 200 samples with a mean of 540 s or less. A start value of 480 s raises it, too, with no fault in the path.",
      unit: UNITS.count,
      queries: [[gaugeOf("max", "idlewall_alert_raised", "command"), "{{command}}"]],
      thresholds: [
        { value: null, color: "green" },
        { value: 1, color: "red" },
      ],
      mappings: [{ type: MappingType.ValueToText, options: { "0": { text: "quiet" }, "1": { text: "raised" } } }],
      columns: 4,
    }),
    figure({
      title: "Samples of the alert",
      about: "How many intervals the mean is of; the alert needs 200.",
      unit: UNITS.count,
      queries: [[gaugeOf("min", "idlewall_alert_samples", "command"), "{{command}}"]],
      columns: 4,
    }),
    figure({
      title: "Collapsed devices",
      about:
        "Devices that failed twice at the least interval they ask, with no answer between: they have nowhere to go.",
      unit: UNITS.count,
      queries: [[`sum(idlewall_devices{instance=~"$instance",command=~"$command",state="collapsed"})`, "collapsed"]],
      thresholds: [
        { value: null, color: "green" },
        { value: 1, color: "orange" },
      ],
      columns: 4,
    }),
    figure({
      title: "Walls in front",
      about: "Networks whose path has a time-out that idlewall did not make.",
      unit: UNITS.count,
      queries: [[`sum(idlewall_networks{instance=~"$instance",state="wall"})`, "walls"]],
      thresholds: [
        { value: null, color: "green" },
        { value: 1, color: "orange" },
      ],
      columns: 4,
    }),
  ],
];

const course: Row = [
  "Course",
  [
    lines({
      title: "Failure share by command",
      about:
        "Failed requests and unheard answers for each one asked. Above the line somebody should look where they fail.",
      unit: UNITS.ratio,
      queries: [[failureShareOf("command"), "{{command}}"]],
      thresholds: FAILURE_THRESHOLDS,
      max: 1,
      columns: 8,
    }),
    lines({
      title: "Mean interval against 540 s",
      about: "The mean of the window, and that of Exchange's alert (the latest 200), beside the alert's threshold.",
      unit: UNITS.seconds,
      queries: [
        [
          ratioOf("idlewall_heartbeat_asked_seconds_sum", "idlewall_heartbeat_asked_seconds_count", "command"),
          "{{command}}, window",
        ],
        [gaugeOf("min", "idlewall_alert_mean_seconds", "command"), "{{command}}, latest 200"],
      ],
      thresholds: ALERT_THRESHOLDS,
      columns: 8,
    }),
    lines({
      title: "Outcomes",
      about: "How requests ended, counted when they end: a request that waits an hour shows an hour later.",
      unit: UNITS.count,
      queries: [[increaseOf("idlewall_exchanges_total", "outcome"), "{{outcome}}"]],
      stacked: true,
      columns: 8,
    }),
  ],
];

const intervals: Row = [
  "Intervals asked against held",
  [
    heatMap({
      title: "Intervals asked",
      about:
        "How many asked for which interval. Rows reach up to the border they name; the published time-outs stand at borders. The line of the time-out is in the panel below: Grafana draws none over a heat map (grafana/grafana issue 11772).",
      unit: UNITS.seconds,
      queries: [[rangesOf("idlewall_heartbeat_asked_seconds"), "{{le}}"]],
      columns: 8,
    }),
    heatMap({
      title: "Silences answered",
      about:
        "Silences that an answer ended, heard or not: a silent wall in front loses some. Where this map ends below the one beside it, a time-out lies between.",
      unit: UNITS.seconds,
      queries: [[rangesOf("idlewall_heartbeat_held_seconds"), "{{le}}"]],
      columns: 8,
    }),
    heatMap({
      title: "Intervals failed",
      about:
        "The intervals that were asked where the path failed. Where an idle time-out fails them, the lowest row is just above it; what was cut or lost may lie below, for its interval is not how long it lived.",
      unit: UNITS.seconds,
      queries: [[rangesOf("idlewall_heartbeat_failed_seconds"), "{{le}}"]],
      columns: 8,
    }),
    lines({
      title: "Asked and answered against the time-out",
      about:
        "What most devices ask and what is answered, heard or not, between the time-outs of the profiles (dashed) and the shortest wall in front of each instance.",
      unit: UNITS.seconds,
      queries: [
        [quantileOf(0.5, "idlewall_heartbeat_asked_seconds"), "asked, median"],
        [quantileOf(0.95, "idlewall_heartbeat_asked_seconds"), "asked, 95 %"],
        [quantileOf(0.95, "idlewall_heartbeat_held_seconds"), "answered, 95 %"],
        [quantileOf(0.05, "idlewall_heartbeat_failed_seconds"), "failed, 5 %"],
        [TIME_OUTS, "time-out of {{hop}}, {{profile}}"],
        [
          gaugeOf("min", "idlewall_shortest_wall_failed_seconds", "instance"),
          "time-out in front of {{instance}}, at most",
        ],
      ],
      dashed: "/time-out/",
      columns: 24,
    }),
  ],
];

const path: Row = [
  "Where the path fails",
  [
    lines({
      title: "Expiries by hop and action",
      about: "Idle time-outs reached in the window: which hop, and what it did to the device.",
      unit: UNITS.count,
      queries: [[increaseOf("idlewall_expiries_total", "hop, action"), "{{hop}}, {{action}}"]],
      stacked: true,
      columns: 8,
    }),
    lines({
      title: "Cuts by hop and condition",
      about: "What ended flows otherwise: lifetimes, flow tables, resets, an operator.",
      unit: UNITS.count,
      queries: [[increaseOf("idlewall_cuts_total", "hop, condition"), "{{hop}}, {{condition}}"]],
      stacked: true,
      columns: 8,
    }),
    lines({
      title: "Late and unheard answers",
      about: "Answers given after the path was dead, and answers that left in time and never arrived: mail that waits.",
      unit: UNITS.count,
      queries: [
        [increaseOf("idlewall_late_answers_total", "command"), "{{command}}, late"],
        [increaseOf("idlewall_unheard_answers_total", "command"), "{{command}}, unheard"],
      ],
      columns: 8,
    }),
  ],
];

const devices: Row = [
  "Devices and bounds",
  [
    lines({
      title: "State of devices",
      about: "Where negotiations stand: searching, settled, collapsed.",
      unit: UNITS.count,
      queries: [[gaugeOf("sum", "idlewall_devices", "state"), "{{state}}"]],
      stacked: true,
      columns: 6,
    }),
    lines({
      title: "Collisions, storms and refused intervals",
      about: "Devices that ask twice at once, that ask without pause, and intervals outside the server's limits.",
      unit: UNITS.count,
      queries: [
        [increaseOf("idlewall_collisions_total", "command"), "{{command}}, collisions"],
        [increaseOf("idlewall_storms_total", "command"), "{{command}}, storms"],
        [gaugeOf("sum", "idlewall_storming_devices", "command"), "{{command}}, storming now"],
        [increaseOf("idlewall_limit_rejections_total", "command"), "{{command}}, refused"],
      ],
      columns: 6,
    }),
    lines({
      title: "Bounds of the real path",
      about: "Longest held < time-out <= shortest failed, at the shortest wall of all networks of an instance.",
      unit: UNITS.seconds,
      queries: [
        [gaugeOf("min", "idlewall_shortest_wall_held_seconds", "instance"), "{{instance}}, longest held"],
        [gaugeOf("min", "idlewall_shortest_wall_failed_seconds", "instance"), "{{instance}}, shortest failed"],
      ],
      columns: 6,
    }),
    lines({
      title: "Confidence in the wall",
      about: "How sure it is that the shortest wall of an instance is one, and not a device's bad luck.",
      unit: UNITS.ratio,
      queries: [[gaugeOf("min", "idlewall_shortest_wall_confidence_ratio", "instance"), "{{instance}}"]],
      max: 1,
      columns: 3,
    }),
    lines({
      title: "Networks",
      about: "What is known of the real path in front of each.",
      unit: UNITS.count,
      queries: [[gaugeOf("sum", "idlewall_networks", "state"), "{{state}}"]],
      stacked: true,
      columns: 3,
    }),
  ],
];

/** What a person asks first: do heartbeats live, and if not, where do they die? */
export const OVERVIEW = board({
  uid: "idlewall-overview",
  title: "idlewall / Overview",
  about: "Which intervals devices ask, which ones hold, and which hop fails the others.",
  labels: { command: "idlewall_exchanges_asked_total", profile: "idlewall_profile_idle_timeout_seconds" },
  rows: [summary, course, intervals, path, devices],
});
