import { Counter, Gauge, type Registry } from "prom-client";
import type { CommandFigures, TrackerFigures } from "../heartbeat/tracker-events.ts";
import { Tracker } from "../heartbeat/tracker.ts";

/** What is read at a scrape; `undefined` as long as nothing is followed. */
export type ReadFigures = () => Figures | undefined;

/** Figures of a tracker and of what is kept beside it. */
interface Figures extends TrackerFigures {
  /** Devices so far of which is forgotten what they asked last, because others were seen later. */
  readonly forgottenIntervals: number;
}

/**
 * Registers the series of the tracker. They are read at a scrape, from figures that are there already: how long that
 * takes does not hang on how many devices are followed. `docs/metrics.md` lists the same.
 */
export function createTrackerSeries(registry: Registry, read: ReadFigures): void {
  const series = new TrackerSeries(registry, () => read() ?? NO_FIGURES);
  perCommand(series);
  series.gauge("alert_raised", "Whether Exchange's alert of short intervals is raised.", ["command"], (figures) =>
    eachCommand(figures, ({ alert }) => [[{}, Number(alert.raised)]]),
  );
  series.gauge("alert_mean_seconds", "Mean of the latest intervals asked, up to 200.", ["command"], (figures) =>
    eachCommand(figures, ({ alert }) => known(alert.meanSeconds)),
  );
  series.gauge("alert_samples", "Intervals that the mean is of; 200 are needed.", ["command"], (figures) =>
    eachCommand(figures, ({ alert }) => [[{}, alert.samples]]),
  );
  boundsOf(series);
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];
type Samples = (figures: Figures) => readonly Sample[];

/** Makes series whose values are read when they are asked for. */
class TrackerSeries {
  readonly #registry: Registry;
  readonly #figures: () => Figures;

  constructor(registry: Registry, figures: () => Figures) {
    this.#registry = registry;
    this.#figures = figures;
  }

  gauge(name: string, help: string, labelNames: readonly string[], samples: Samples): void {
    const figures = this.#figures;
    const gauge: Gauge = new Gauge({
      ...described(name, help, labelNames),
      registers: [this.#registry],
      collect: () => {
        gauge.reset();
        for (const [labels, value] of samples(figures())) gauge.set(labels, value);
      },
    });
  }

  counter(name: string, help: string, labelNames: readonly string[], samples: Samples): void {
    const figures = this.#figures;
    const counter: Counter = new Counter({
      ...described(name, help, labelNames),
      registers: [this.#registry],
      collect: () => {
        counter.reset();
        for (const [labels, value] of samples(figures())) counter.inc(labels, value);
      },
    });
  }
}

function perCommand(series: TrackerSeries): void {
  series.gauge(
    "devices",
    "Devices that are followed, by where their negotiation stands.",
    ["command", "state"],
    (figures) => eachCommand(figures, ({ devices }) => samplesOf("state", devices)),
  );
  series.counter("devices_forgotten_total", "Devices that made room for others, seen later.", [], (figures) => [
    [{}, figures.forgottenDevices],
  ]);
  series.counter(
    "intervals_forgotten_total",
    "Devices whose last interval asked made room for that of others, seen later.",
    [],
    (figures) => [[{}, figures.forgottenIntervals]],
  );
  series.counter(
    "exchanges_refused_total",
    "Requests that the server refused at once: no attempts at an interval.",
    ["command"],
    (figures) => eachCommand(figures, ({ refused }) => [[{}, refused]]),
  );
  series.counter(
    "unheard_answers_total",
    "Answers that left in time and never reached their device.",
    ["command"],
    (figures) => eachCommand(figures, ({ unheard }) => [[{}, unheard]]),
  );
  series.counter(
    "collisions_total",
    "Requests asked while another one of the same device waited.",
    ["command"],
    (figures) => eachCommand(figures, ({ collisions }) => [[{}, collisions]]),
  );
  series.counter("storms_total", "Storms that began: devices that asked without pause.", ["command"], (figures) =>
    eachCommand(figures, ({ storms }) => [[{}, storms]]),
  );
  series.gauge("storming_devices", "Devices that ask without pause now.", ["command"], (figures) =>
    eachCommand(figures, ({ storming }) => [[{}, storming]]),
  );
}

function boundsOf(series: TrackerSeries): void {
  series.gauge(
    "networks",
    "Networks that are followed, by what is known of the path in front of them.",
    ["state"],
    (figures) => samplesOf("state", figures.networks),
  );
  series.gauge(
    "shortest_wall_held_seconds",
    "Longest silence borne below the shortest wall of all networks.",
    [],
    (figures) => known(figures.shortestWall?.longestHeldSeconds),
  );
  series.gauge(
    "shortest_wall_failed_seconds",
    "Shortest silence that fails at the shortest wall of all networks.",
    [],
    (figures) => known(figures.shortestWall?.shortestFailedSeconds),
  );
  series.gauge(
    "shortest_wall_confidence_ratio",
    "How sure it is that the shortest wall is one, 0 to 1.",
    [],
    (figures) => known(figures.shortestWall?.confidence),
  );
  series.counter("networks_forgotten_total", "Networks that made room for others, seen later.", [], (figures) => [
    [{}, figures.forgottenNetworks],
  ]);
}

function described(name: string, help: string, labelNames: readonly string[]) {
  return { name: `idlewall_${name}`, help, labelNames: [...labelNames] };
}

function eachCommand(
  { commands }: Figures,
  samples: (figures: CommandFigures) => readonly Sample[],
): readonly Sample[] {
  return Object.entries(commands).flatMap(([command, figures]) =>
    samples(figures).map(([labels, value]): Sample => [{ command, ...labels }, value]),
  );
}

function samplesOf(label: string, counts: Readonly<Record<string, number>>): readonly Sample[] {
  return Object.entries(counts).map(([word, count]): Sample => [{ [label]: word }, count]);
}

/** What is not known is shown as no number, which no panel draws and no comparison holds for. */
function known(value: number | undefined): readonly Sample[] {
  return [[{}, value ?? Number.NaN]];
}

/** What is known of a tracker that has seen nothing. */
const NO_FIGURES: Figures = { ...new Tracker().figures(), forgottenIntervals: 0 };
