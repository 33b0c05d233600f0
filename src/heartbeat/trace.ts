import type { AskedExchange, DeviceExchange } from "./device-events.ts";
import type { ExchangeEnd, HeartbeatEvent, WaitingCommand } from "./events.ts";

/** One exchange as device and proxy saw it, for ladders and JSON lines. */
export interface TraceRow {
  /** When the device asked, in seconds from the start. */
  readonly atSeconds: number;
  readonly device: string;
  readonly command: WaitingCommand;
  readonly heartbeatIntervalSeconds: number;
  readonly outcome: ExchangeEnd["outcome"];
  /** How long the device waited, in seconds. */
  readonly durationSeconds: number;
  /** The hop that ended it, for `expired` and `cut`; JSON says `null` for none. */
  readonly hop: string | null;
  /** What the hop did to the device's leg, for `expired` and `cut`. */
  readonly action: string | null;
  /** How the exchange ended for the device. */
  readonly ending: DeviceExchange["ending"]["kind"];
  readonly move: DeviceExchange["move"]["kind"];
  readonly nextHeartbeatIntervalSeconds: number;
  readonly settled: boolean;
  /** What the device concluded, as a sentence. */
  readonly conclusion: string;
}

/**
 * Joins what devices conclude with what the proxy knows, row by row.
 * A row is told when both are there, the rows of one device in the order in which it asked. Requests that never came
 * out of the path are known to the device alone: theirs is the end of the flow that the device last used.
 */
export class Trace {
  readonly #devices = new Map<string, Device>();
  readonly #byExchange = new Map<number, Asked>();
  readonly #deviceOfFlow = new Map<number, Device>();
  readonly #tell: (row: TraceRow) => void;

  constructor(tell: (row: TraceRow) => void) {
    this.#tell = tell;
  }

  /** A device is about to ask. */
  asked(device: string, exchange: AskedExchange): void {
    this.#device(device).rows.push({ exchange, arrived: false, end: undefined, record: undefined });
  }

  /** A device has drawn its conclusion. */
  concluded(name: string, record: DeviceExchange): void {
    const device = this.#device(name);
    const asked = device.rows.find((row) => row.exchange.number === record.number);
    if (asked === undefined) return;
    asked.record = record;
    if (!asked.arrived) asked.end = device.flowEnd ?? neverArrived(record);
    this.#tellReady(device);
  }

  /** The proxy has learnt something. */
  heartbeat(event: HeartbeatEvent): void {
    switch (event.kind) {
      case "asked":
        return this.#arrived(event.exchange.id, event.exchange.flowId, event.exchange.device.deviceId);
      case "ended":
        return this.#ended(event.exchange.id, event.exchange.device.deviceId, event.end);
      case "lateAnswer":
      case "decodeFailed":
        return undefined;
    }
  }

  /** A condition has ended a flow, whether or not a request was parked on it. */
  flowEnded(flowId: number, hop: string, action: string, byIdleTimeout: boolean): void {
    const device = this.#deviceOfFlow.get(flowId);
    if (device !== undefined) device.flowEnd = { outcome: byIdleTimeout ? "expired" : "cut", hop, action };
  }

  /** Nothing is left of a flow. */
  flowClosed(flowId: number): void {
    this.#deviceOfFlow.delete(flowId);
  }

  /** What is still parked, device by device. */
  open(): readonly OpenRow[] {
    return [...this.#devices.values()].flatMap(({ name, rows }) =>
      rows.filter((row) => row.record === undefined).map((row) => ({ device: name, exchange: row.exchange })),
    );
  }

  #device(name: string): Device {
    const known = this.#devices.get(name);
    if (known !== undefined) return known;
    const fresh: Device = { name, rows: [], flowEnd: undefined };
    this.#devices.set(name, fresh);
    return fresh;
  }

  #arrived(exchangeId: number, flowId: number, name: string): void {
    const device = this.#device(name);
    if (this.#deviceOfFlow.get(flowId) !== device) device.flowEnd = undefined;
    this.#deviceOfFlow.set(flowId, device);
    const asked = device.rows.at(-1);
    if (asked === undefined) return;
    asked.arrived = true;
    this.#byExchange.set(exchangeId, asked);
  }

  #ended(exchangeId: number, name: string, end: ExchangeEnd): void {
    const asked = this.#byExchange.get(exchangeId);
    this.#byExchange.delete(exchangeId);
    if (asked === undefined) return;
    asked.end = { outcome: end.outcome, hop: end.hop, action: end.action };
    this.#tellReady(this.#device(name));
  }

  #tellReady(device: Device): void {
    for (let first = device.rows[0]; first?.end !== undefined && first.record !== undefined; first = device.rows[0]) {
      device.rows.shift();
      this.#tell(rowOf(device.name, first.record, first.end));
    }
  }
}

/** A waiting request that has not ended for its device. */
export interface OpenRow {
  readonly device: string;
  readonly exchange: AskedExchange;
}

interface FlowEnd {
  readonly outcome: ExchangeEnd["outcome"];
  readonly hop: string | undefined;
  readonly action: string | undefined;
}

interface Device {
  readonly name: string;
  readonly rows: Asked[];
  /** How the flow that the device used last was ended by a hop, if it was. */
  flowEnd: FlowEnd | undefined;
}

interface Asked {
  readonly exchange: AskedExchange;
  arrived: boolean;
  end: FlowEnd | undefined;
  record: DeviceExchange | undefined;
}

/** No hop of ours took it: the server could not be reached, or the network in front of us lost it. */
function neverArrived(record: DeviceExchange): FlowEnd {
  const outcome = record.ending.kind === "unreachable" || record.ending.kind === "httpError" ? "serverFailed" : "lost";
  return { outcome, hop: undefined, action: undefined };
}

function rowOf(device: string, record: DeviceExchange, end: FlowEnd): TraceRow {
  return {
    atSeconds: seconds(record.askedAt),
    device,
    command: record.command,
    heartbeatIntervalSeconds: record.heartbeatIntervalSeconds,
    outcome: end.outcome,
    durationSeconds: seconds(record.durationMs),
    hop: end.hop ?? null,
    action: end.action ?? null,
    ending: record.ending.kind,
    move: record.move.kind,
    nextHeartbeatIntervalSeconds: record.move.heartbeatIntervalSeconds,
    settled: record.move.settled,
    conclusion: record.conclusion,
  };
}

/** Seconds to the millisecond: what is finer is the machine's, not the path's. */
function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}
