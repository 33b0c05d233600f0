import { describe, expect, test } from "vitest";
import type { AskedExchange, DeviceExchange } from "../../src/heartbeat/device-events.ts";
import { endingOf } from "../../src/heartbeat/ending.ts";
import type { Exchange, ExchangeEnd } from "../../src/heartbeat/events.ts";
import type { DeviceEnding } from "../../src/heartbeat/negotiators/negotiator.ts";
import { Trace, type TraceRow } from "../../src/heartbeat/trace.ts";
import { MINUTE } from "./wire.ts";

/** A trace of devices that ask 15 min each, request by request a quarter of an hour apart. */
class Told {
  readonly rows: TraceRow[] = [];
  readonly trace = new Trace((row) => this.rows.push(row));

  /** The device asks, for the proxy not to see. */
  asks(device: string, number: number): AskedExchange {
    const askedAt = (number - 1) * 15 * MINUTE;
    const exchange = { number, askedAt, command: "Ping", heartbeatIntervalSeconds: 900 } as const;
    this.trace.asked(device, exchange);
    return exchange;
  }

  /** The device asks, and its request comes out of the path. */
  parks(device: string, number: number, flowId = 1, id = number): Exchange {
    const { askedAt, command, heartbeatIntervalSeconds } = this.asks(device, number);
    const identity = { deviceId: device, user: "ann", deviceType: "SP" };
    const exchange = { id, flowId, device: identity, command, heartbeatIntervalSeconds, askedAt };
    this.trace.heartbeat({ kind: "asked", exchange });
    return exchange;
  }

  ends(exchange: Exchange, outcome: ExchangeEnd["outcome"], hop?: string, action?: string): void {
    const ending = endingOf(outcome, "waiting");
    const common = { ending, httpStatus: undefined, status: undefined, endedAt: exchange.askedAt + 900_000 };
    this.trace.heartbeat({ kind: "ended", exchange, end: { outcome, hop, action, ...common } });
  }

  concludes(device: string, number: number, kind: Exclude<DeviceEnding["kind"], "rejected" | "httpError">): void {
    this.#concludes(device, number, { kind });
  }

  isAnswered(device: string, number: number, httpStatus: number): void {
    this.#concludes(device, number, { kind: "httpError", httpStatus });
  }

  #concludes(device: string, number: number, ending: DeviceEnding): void {
    const move = {
      kind: "repeat",
      heartbeatIntervalSeconds: 900,
      reason: "",
      settled: true,
      askAgain: "atOnce",
    } as const;
    const asked = {
      number,
      askedAt: (number - 1) * 15 * MINUTE,
      command: "Ping",
      heartbeatIntervalSeconds: 900,
    } as const;
    const record: DeviceExchange = {
      ...asked,
      durationMs: 900_000.4,
      ending,
      move,
      pauseMs: 0,
      conclusion: "so be it",
    };
    this.trace.concluded(device, record);
  }
}

describe("a row is told once both have spoken", () => {
  test("the proxy first, then the device", () => {
    const told = new Told();
    told.ends(told.parks("a", 1), "held");
    expect(told.rows).toEqual([]);
    told.concludes("a", 1, "held");
    expect(told.rows).toEqual([
      {
        atSeconds: 0,
        device: "a",
        command: "Ping",
        heartbeatIntervalSeconds: 900,
        outcome: "held",
        durationSeconds: 900,
        hop: null,
        action: null,
        ending: "held",
        move: "repeat",
        nextHeartbeatIntervalSeconds: 900,
        settled: true,
        conclusion: "so be it",
      },
    ]);
  });

  test("the device first, then the proxy", () => {
    const told = new Told();
    const exchange = told.parks("a", 1);
    told.concludes("a", 1, "closed");
    expect(told.rows).toEqual([]);
    told.ends(exchange, "cut", "wifi", "close");
    expect(told.rows).toMatchObject([{ outcome: "cut", hop: "wifi", action: "close", ending: "closed" }]);
  });
});

test("a device's rows keep the order in which it asked, other devices' do not wait for them", () => {
  const told = new Told();
  const first = told.parks("a", 1);
  told.concludes("a", 1, "silence");
  told.ends(told.parks("a", 2, 2), "held");
  told.concludes("a", 2, "held");
  told.ends(told.parks("b", 1, 3, 3), "held");
  told.concludes("b", 1, "held");
  expect(told.rows.map(({ device }) => device)).toEqual(["b"]);
  told.ends(first, "lost");
  expect(told.rows.map(({ device, outcome }) => [device, outcome])).toEqual([
    ["b", "held"],
    ["a", "lost"],
    ["a", "held"],
  ]);
});

describe("a request that never came out of the path is the device's word", () => {
  test("on a flow that a hop has ended, it ended as the flow did", () => {
    const told = new Told();
    told.ends(told.parks("a", 1), "held");
    told.concludes("a", 1, "held");
    told.trace.flowEnded(1, "carrier", "reset-on-next", true);
    told.asks("a", 2);
    told.concludes("a", 2, "reset");
    expect(told.rows[1]).toMatchObject({ outcome: "expired", hop: "carrier", action: "reset-on-next" });
  });

  test("a condition that is no idle time-out cuts", () => {
    const told = new Told();
    told.ends(told.parks("a", 1), "held");
    told.concludes("a", 1, "held");
    told.trace.flowEnded(1, "wifi", "close", false);
    told.asks("a", 2);
    told.concludes("a", 2, "closed");
    expect(told.rows[1]).toMatchObject({ outcome: "cut", hop: "wifi", action: "close" });
  });

  test("the end of an earlier flow says nothing of a request that used a later one", () => {
    const told = new Told();
    told.ends(told.parks("a", 1), "expired", "carrier", "drop");
    told.trace.flowEnded(1, "carrier", "drop", true);
    told.concludes("a", 1, "silence");
    told.ends(told.parks("a", 2, 2), "held");
    told.concludes("a", 2, "held");
    told.asks("a", 3);
    told.concludes("a", 3, "reset");
    expect(told.rows[2]).toMatchObject({ outcome: "lost", hop: null, action: null });
  });

  test("what happens to a flow that is gone, or that nobody of ours used, concerns nobody", () => {
    const told = new Told();
    told.ends(told.parks("a", 1), "held");
    told.concludes("a", 1, "held");
    told.trace.flowClosed(1);
    told.trace.flowEnded(1, "carrier", "drop", true);
    told.trace.flowEnded(9, "carrier", "drop", true);
    told.asks("a", 2);
    told.concludes("a", 2, "closed");
    expect(told.rows[1]).toMatchObject({ outcome: "lost", hop: null });
  });

  test.each(["silence", "reset", "closed"] as const)("without such an end, %s is lost", (ending) => {
    const told = new Told();
    told.asks("a", 1);
    told.concludes("a", 1, ending);
    expect(told.rows).toMatchObject([{ outcome: "lost", hop: null, ending }]);
  });

  test("no connection, or an HTTP error, is the server's failure", () => {
    const told = new Told();
    told.asks("a", 1);
    told.concludes("a", 1, "unreachable");
    told.asks("a", 2);
    told.isAnswered("a", 2, 502);
    expect(told.rows.map(({ outcome }) => outcome)).toEqual(["serverFailed", "serverFailed"]);
  });
});

test("what is open is what no device has concluded, with what the proxy alone knows of an end", () => {
  const told = new Told();
  told.ends(told.parks("a", 1), "expired", "carrier", "drop");
  told.parks("b", 1, 2, 2);
  expect(told.trace.open()).toEqual([
    { device: "a", exchange: { number: 1, askedAt: 0, command: "Ping", heartbeatIntervalSeconds: 900 } },
    { device: "b", exchange: { number: 1, askedAt: 0, command: "Ping", heartbeatIntervalSeconds: 900 } },
  ]);
  told.concludes("a", 1, "silence");
  expect(told.trace.open().map(({ device }) => device)).toEqual(["b"]);
});

test("what belongs to no request of a device that is followed is passed over", () => {
  const told = new Told();
  told.concludes("a", 1, "held");
  const exchange = told.parks("a", 1);
  told.ends({ ...exchange, id: 99 }, "held");
  told.trace.heartbeat({ kind: "lateAnswer", exchange, at: 0 });
  told.trace.heartbeat({ kind: "decodeFailed", flowId: 1, reason: "gzip", at: 0 });
  const stranger = { ...exchange, id: 7, device: { ...exchange.device, deviceId: "stranger" } };
  told.trace.heartbeat({ kind: "asked", exchange: stranger });
  told.ends(stranger, "held");
  expect(told.rows).toEqual([]);
  told.ends(exchange, "held");
  told.concludes("a", 1, "held");
  expect(told.rows).toHaveLength(1);
});
