import { MappingType } from "@grafana/grafana-foundation-sdk/dashboard";
import { board, type Row } from "./board.ts";
import { figure, lines } from "./panels.ts";
import { gaugeOf, increaseOf, quantileOf, rateOf, ratioOf } from "./queries.ts";
import { UNITS } from "./units.ts";

/** More than this late, an expiry is no longer the one that the profile sets: choices of this project, in s. */
const LATENESS_THRESHOLDS = [
  { value: null, color: "green" },
  { value: 0.1, color: "orange" },
  { value: 1, color: "red" },
];

/** From 80 % of the files that may be open on, new devices are soon refused. */
const FILES_THRESHOLDS = [
  { value: null, color: "green" },
  { value: 0.8, color: "red" },
];

const FLAWLESS_THRESHOLDS = [
  { value: null, color: "green" },
  { value: 1, color: "red" },
];

const flows: Row = [
  "Flows",
  [
    lines({
      title: "Connections and parked requests",
      about: "Connections of devices that are open, by listener, and requests that wait.",
      unit: UNITS.count,
      queries: [
        [gaugeOf("sum", "idlewall_open_connections", "listener"), "{{listener}}"],
        [`sum by (command) (idlewall_parked_requests{instance=~"$instance"})`, "parked {{command}}"],
      ],
      columns: 6,
    }),
    lines({
      title: "New connections",
      about: "A device that holds its connection makes few; each failure makes one more.",
      unit: UNITS.rate,
      queries: [[rateOf("idlewall_connections_total", "listener"), "{{listener}}"]],
      columns: 6,
    }),
    lines({
      title: "How long connections lasted",
      about: "Counted when nothing is left of them.",
      unit: UNITS.seconds,
      queries: [
        [quantileOf(0.5, "idlewall_connection_duration_seconds"), "median"],
        [quantileOf(0.9, "idlewall_connection_duration_seconds"), "90 %"],
      ],
      columns: 6,
    }),
    lines({
      title: "Bytes",
      about: "On the wire, in and out, of each leg.",
      unit: UNITS.byteRate,
      queries: [
        [rateOf("idlewall_received_bytes_total", "leg"), "from {{leg}}"],
        [rateOf("idlewall_sent_bytes_total", "leg"), "to {{leg}}"],
      ],
      columns: 6,
    }),
  ],
];

const machine: Row = [
  "Lateness and memory",
  [
    lines({
      title: "Lateness of timers",
      about: "How much later than due our own timers ran: what the machine is too slow for. In real time.",
      unit: UNITS.seconds,
      queries: [
        [quantileOf(0.5, "idlewall_timer_lateness_seconds"), "median"],
        [quantileOf(0.99, "idlewall_timer_lateness_seconds"), "99 %"],
      ],
      thresholds: LATENESS_THRESHOLDS,
      columns: 6,
    }),
    lines({
      title: "Delay of the event loop",
      about: "How long Node needs to come back to what waits, measured at each scrape, in real time.",
      unit: UNITS.seconds,
      queries: [[gaugeOf("max", "nodejs_eventloop_lag_seconds", "instance"), "{{instance}}"]],
      columns: 6,
    }),
    lines({
      title: "Memory",
      about: "Of the process, and what of it Node's heap uses.",
      unit: UNITS.bytes,
      queries: [
        [gaugeOf("sum", "process_resident_memory_bytes", "instance"), "{{instance}}, resident"],
        [gaugeOf("sum", "nodejs_heap_size_used_bytes", "instance"), "{{instance}}, heap used"],
      ],
      columns: 6,
    }),
    lines({
      title: "Processor",
      about: "1 is one core; idlewall uses little more than that.",
      unit: UNITS.ratio,
      queries: [[rateOf("process_cpu_seconds_total", "instance"), "{{instance}}"]],
      columns: 6,
    }),
    lines({
      title: "Open files",
      about: "Each connection takes two. Above the line new devices are soon refused.",
      unit: UNITS.ratio,
      queries: [
        [
          `max by (instance) (process_open_fds{instance=~"$instance"} / process_max_fds{instance=~"$instance"})`,
          "{{instance}}",
        ],
      ],
      thresholds: FILES_THRESHOLDS,
      max: 1,
      columns: 6,
    }),
    lines({
      title: "Devices and networks followed",
      about: "And those forgotten in the window because there was room for no more.",
      unit: UNITS.count,
      queries: [
        [`sum(idlewall_devices{instance=~"$instance"})`, "devices"],
        [`sum(idlewall_networks{instance=~"$instance"})`, "networks"],
        [increaseOf("idlewall_devices_forgotten_total", "instance"), "{{instance}}, devices forgotten"],
        [increaseOf("idlewall_intervals_forgotten_total", "instance"), "{{instance}}, intervals forgotten"],
        [increaseOf("idlewall_networks_forgotten_total", "instance"), "{{instance}}, networks forgotten"],
      ],
      columns: 6,
    }),
    lines({
      title: "Time of a scrape",
      about: "How long Prometheus waits for the metrics; it gives up after 10 s.",
      unit: UNITS.seconds,
      queries: [[`max by (instance) (scrape_duration_seconds{instance=~"$instance"})`, "{{instance}}"]],
      columns: 6,
    }),
    lines({
      title: "Emulated seconds in a real one",
      about: "1 with real devices.",
      unit: UNITS.count,
      queries: [[gaugeOf("max", "idlewall_time_scale", "instance"), "{{instance}}"]],
      columns: 6,
    }),
  ],
];

const faults: Row = [
  "Failures",
  [
    lines({
      title: "Decode failures",
      about: "Bodies of Ping and Sync that could not be read, and were passed on all the same.",
      unit: UNITS.count,
      queries: [[increaseOf("idlewall_decode_failures_total", "reason"), "{{reason}}"]],
      stacked: true,
      columns: 6,
    }),
    lines({
      title: "Refused requests",
      about: "Requests that can't be framed without doubt, or are too large or slow, by the status of the answer.",
      unit: UNITS.count,
      queries: [[increaseOf("idlewall_refused_requests_total", "status"), "{{status}}"]],
      stacked: true,
      columns: 6,
    }),
    lines({
      title: "Failed TLS handshakes",
      about: "Of all that were tried, by leg: an untrusted certificate, a version or cipher that one side lacks.",
      unit: UNITS.ratio,
      queries: [[ratioOf("idlewall_tls_handshake_failures_total", "idlewall_tls_handshakes_total", "leg"), "{{leg}}"]],
      max: 1,
      columns: 6,
    }),
    lines({
      title: "Failures of server and machine",
      about: "The server out of reach or breaking off, devices that could not be accepted, nft that refused.",
      unit: UNITS.count,
      queries: [
        [increaseOf("idlewall_server_failures_total", "reason"), "server {{reason}}"],
        [increaseOf("idlewall_accept_failures_total", "instance"), "{{instance}}, not accepted"],
        [increaseOf("idlewall_enforcement_failures_total", "instance"), "{{instance}}, not enforced"],
      ],
      stacked: true,
      columns: 6,
    }),
  ],
];

const configuration: Row = [
  "Configuration",
  [
    figure({
      title: "Last reload",
      about: "Whether the last attempt to read the configuration again, or the start, succeeded.",
      unit: UNITS.count,
      queries: [[gaugeOf("min", "idlewall_config_last_reload_successful", "instance"), "{{instance}}"]],
      thresholds: [
        { value: null, color: "red" },
        { value: 1, color: "green" },
      ],
      mappings: [{ type: MappingType.ValueToText, options: { "0": { text: "failed" }, "1": { text: "in force" } } }],
      columns: 5,
    }),
    figure({
      title: "Configuration in force since",
      about: "When the configuration in force was read.",
      unit: UNITS.instant,
      queries: [
        [
          `${gaugeOf("max", "idlewall_config_last_reload_success_timestamp_seconds", "instance")} * 1000`,
          "{{instance}}",
        ],
      ],
      columns: 5,
    }),
    figure({
      title: "Failed reloads",
      about: "Attempts of the window that found a fault and changed nothing; the log says which.",
      unit: UNITS.count,
      queries: [[increaseOf("idlewall_config_reload_failures_total", "instance"), "{{instance}}"]],
      thresholds: FLAWLESS_THRESHOLDS,
      columns: 5,
    }),
    figure({
      title: "Reloads",
      about: "Attempts of the window.",
      unit: UNITS.count,
      queries: [[increaseOf("idlewall_config_reloads_total", "instance"), "{{instance}}"]],
      columns: 4,
    }),
    figure({
      title: "Version",
      about: "What runs, on which Node.",
      unit: UNITS.count,
      queries: [[gaugeOf("max", "idlewall_build_info", "version, node_version"), "{{version}}, Node {{node_version}}"]],
      named: true,
      columns: 5,
    }),
  ],
];

/** How idlewall itself is: load, lateness, memory, failures, configuration. */
export const OPERATIONS = board({
  uid: "idlewall-operations",
  title: "idlewall / Operations",
  about: "What idlewall itself carries, and whether its machine keeps up.",
  rows: [flows, machine, faults, configuration],
});
