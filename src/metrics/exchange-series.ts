import {
  type Exchange,
  type ExchangeEnd,
  type HeartbeatEvent,
  pathFailed,
  type WaitingCommand,
} from "../heartbeat/events.ts";
import { heldSeconds, isAskable } from "../heartbeat/exchange-wait.ts";
import type { TrackerEvent } from "../heartbeat/tracker-events.ts";
import type { Family } from "./exposition.ts";
import { Spread, Tally } from "./tally.ts";
import { TIMEOUT_BOUNDS_SECONDS } from "./timeout-bounds.ts";

/**
 * What exchanges are counted in. Every request that waits passes here twice, so its figures are plain numbers that are
 * written at a scrape; each carries the exchange that was counted last, for OpenMetrics.
 */
export class ExchangeSeries {
  readonly #now: () => number;
  readonly #asked = byCommand(() => new Tally());
  readonly #ended = byCommand(() => byOutcome(() => new Tally()));
  readonly #failed = byCommand(() => new Tally());
  readonly #limited = byCommand(() => new Tally());
  readonly #late = byCommand(() => new Tally());
  readonly #parked = byCommand(() => ({ value: 0 }));
  readonly #askedSeconds = byCommand(newSpread);
  readonly #heldSeconds = byCommand(newSpread);
  readonly #failedSeconds = byCommand(newSpread);

  /** @param now real ms since 1970, for the instants of exemplars */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Every series, with each combination of labels from the start. */
  families(): readonly Family[] {
    return [
      counter("exchanges_asked_total", "Requests asked to wait, by command.", this.#asked),
      {
        name: "idlewall_exchanges_total",
        kind: "counter",
        help: "Exchanges ended, by command and outcome.",
        samples: () =>
          perCommand(this.#ended).flatMap(([labels, outcomes]) =>
            Object.entries(outcomes).map(([outcome, tally]) => sample(`${labels},outcome="${outcome}"`, tally)),
          ),
      },
      counter(
        "exchanges_failed_total",
        "Exchanges that the path failed: expired, cut or lost; not those answered and not heard.",
        this.#failed,
      ),
      counter(
        "limit_rejections_total",
        "Intervals that the server refused: Ping Status 5, Sync Status 14.",
        this.#limited,
      ),
      counter("late_answers_total", "Answers that the server gave after the path was dead.", this.#late),
      {
        name: "idlewall_parked_requests",
        kind: "gauge",
        help: "Requests that wait now, by command.",
        samples: () => perCommand(this.#parked).map(([labels, { value }]) => ({ labels, value })),
      },
      histogram("heartbeat_asked_seconds", "Intervals asked.", this.#askedSeconds),
      histogram(
        "heartbeat_held_seconds",
        "Silences of exchanges that were answered as held, not necessarily heard.",
        this.#heldSeconds,
      ),
      histogram(
        "heartbeat_failed_seconds",
        "Intervals asked by exchanges that the path failed, or whose answer was not heard.",
        this.#failedSeconds,
      ),
    ];
  }

  observe(event: Exclude<HeartbeatEvent, { readonly kind: "decodeFailed" }>): void {
    switch (event.kind) {
      case "asked":
        return this.#onAsked(event.exchange);
      case "ended":
        return this.#onEnded(event.exchange, event.end);
      case "lateAnswer":
        return this.#late[event.exchange.command].count(event.exchange.id, this.#now());
    }
  }

  /** The path failed an exchange after all, though its answer had left. */
  observeUnheard({ command, exchange, heartbeatIntervalSeconds }: UnheardEvent): void {
    this.#failedSeconds[command].observe(heartbeatIntervalSeconds, exchange, this.#now());
  }

  #onAsked({ id, command, heartbeatIntervalSeconds }: Exchange): void {
    const at = this.#now();
    this.#asked[command].count(id, at);
    this.#parked[command].value += 1;
    if (heartbeatIntervalSeconds !== undefined && isAskable(heartbeatIntervalSeconds))
      this.#askedSeconds[command].observe(heartbeatIntervalSeconds, id, at);
  }

  #onEnded(exchange: Exchange, end: ExchangeEnd): void {
    const { id, command, heartbeatIntervalSeconds } = exchange;
    const { outcome, status } = end;
    const at = this.#now();
    this.#parked[command].value -= 1;
    this.#ended[command][outcome].count(id, at);
    if (outcome === "held") this.#heldSeconds[command].observe(heldSeconds(exchange, end), id, at);
    if (outcome === "rejected" && status === LIMIT_STATUSES[command]) this.#limited[command].count(id, at);
    if (!pathFailed(outcome)) return;
    this.#failed[command].count(id, at);
    this.#failedSeconds[command].observe(heartbeatIntervalSeconds, id, at);
  }
}

type UnheardEvent = Extract<TrackerEvent, { readonly kind: "unheard" }>;

/** The Status with which a server refuses an interval. Source: MS-ASCMD, "Status (Ping)" and "Status (Sync)". */
const LIMIT_STATUSES = { Ping: 5, Sync: 14 } as const;

type ByCommand<Value> = Readonly<Record<WaitingCommand, Value>>;

function byCommand<Value>(make: () => Value): ByCommand<Value> {
  return { Ping: make(), Sync: make() };
}

function byOutcome<Value>(make: () => Value): Readonly<Record<ExchangeEnd["outcome"], Value>> {
  return {
    held: make(),
    changes: make(),
    rejected: make(),
    expired: make(),
    cut: make(),
    lost: make(),
    withdrawn: make(),
    serverFailed: make(),
  };
}

function newSpread(): Spread {
  return new Spread(TIMEOUT_BOUNDS_SECONDS);
}

function perCommand<Value>(values: ByCommand<Value>): readonly (readonly [string, Value])[] {
  return Object.entries(values).map(([command, value]) => [`command="${command}"`, value]);
}

function sample(labels: string, { value, exemplar }: Tally) {
  return { labels, value, exemplar };
}

function counter(name: string, help: string, tallies: ByCommand<Tally>): Family {
  const samples = () => perCommand(tallies).map(([labels, tally]) => sample(labels, tally));
  return { name: `idlewall_${name}`, kind: "counter", help, samples };
}

function histogram(name: string, help: string, spreads: ByCommand<Spread>): Family {
  const buckets = () =>
    perCommand(spreads).map(([labels, { distribution, exemplars }]) => ({ labels, distribution, exemplars }));
  return { name: `idlewall_${name}`, kind: "histogram", help, buckets };
}
