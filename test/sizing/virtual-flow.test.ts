import { describe, expect, test } from "vitest";
import type { Millis } from "../../src/core/machine.ts";
import { Random } from "../../src/core/random.ts";
import { VirtualScheduler } from "../../src/core/virtual-scheduler.ts";
import type { Condition, Endings } from "../../src/path/condition.ts";
import type { PathFlow, PathHop } from "../../src/path/path-hop.ts";
import type { Answer, Request } from "../../src/sizing/message.ts";
import { type FlowWorld, VirtualFlow } from "../../src/sizing/virtual-flow.ts";
import { both, dueAt, hopOf, idlePath, judging, RESPOND } from "../path/flows.ts";
import { hopThat, MINUTE } from "./scenarios.ts";

const PING: Request = {
  command: "Ping",
  body: { heartbeatIntervalSeconds: 900, folders: [{ id: "5", class: "Email" }] },
};
const SYNC: Request = { command: "Sync", body: {} };
const PING_ANSWER: Answer = { command: "Ping", httpStatus: 200, body: { status: 1 } };
const USER = { deviceId: "d1", user: "ann", deviceType: "PocketPC", protocolVersion: "12.1" };

/** One flow between a device and a server that the test plays, and what both and the proxy were told, in words. */
class Played {
  readonly told: string[] = [];
  readonly #scheduler = new VirtualScheduler();
  readonly flow: VirtualFlow;
  #requests = 0;

  constructor(hops: readonly PathHop[] = []) {
    const world: FlowWorld = {
      scheduler: this.#scheduler,
      random: new Random(0),
      nextRequestId: () => (this.#requests += 1),
      serve: (id, _flow, { user }, request) => this.#tell(`server gets ${request.command} ${id} of ${user}`),
      abandon: (id) => this.#tell(`server loses ${id}`),
      exchange: (event) => this.#tell(`proxy: ${event.kind}`),
      flow: (event) =>
        this.#tell(
          `flow ${event.kind}${event.kind === "closed" ? ` ${event.toServerBytes}/${event.toDeviceBytes} bytes` : ""}`,
        ),
    };
    this.flow = new VirtualFlow(1, hops, world, USER, {
      connected: () => this.#tell("device is connected"),
      answered: ({ command, httpStatus }, last) =>
        this.#tell(`device gets ${command} ${httpStatus}${last ? ", last" : ""}`),
      ended: (how) => this.#tell(`device: ${how}`),
    });
  }

  get pending(): number {
    return this.#scheduler.pending;
  }

  until(at: Millis): this {
    this.#scheduler.runUntil(at);
    return this;
  }

  /** What was told since the last look. */
  news(): readonly string[] {
    return this.told.splice(0);
  }

  #tell(what: string): void {
    this.told.push(what);
  }
}

function connected(hops: readonly PathHop[] = []): Played {
  const played = new Played(hops);
  played.flow.connect();
  expect(played.news()).toEqual(["flow opened", "device is connected"]);
  return played;
}

function parked(hops: readonly PathHop[] = []): Played {
  const played = connected(hops);
  played.flow.send(PING);
  expect(played.news()).toEqual(["proxy: requested", "server gets Ping 1 of ann"]);
  return played;
}

describe("on a path that holds", () => {
  test("a request is answered, and the proxy sees the answer begin and end before the device has it", () => {
    const played = parked();
    played.flow.answer(1, PING_ANSWER);
    expect(played.news()).toEqual([
      "proxy: answerBegan",
      "proxy: answered",
      "proxy: answerPassed",
      "device gets Ping 200",
    ]);
  });

  test.each<readonly [Request, Answer, readonly string[]]>([
    [
      SYNC,
      { command: "Sync", httpStatus: 200 },
      ["proxy: requested", "proxy: answerBegan", "proxy: answered", "proxy: answerPassed"],
    ],
    [{ command: "OPTIONS" }, { command: "OPTIONS", httpStatus: 200 }, []],
    [
      { command: "FolderSync", body: { syncKey: "0" } },
      { command: "FolderSync", httpStatus: 500 },
      ["proxy: requested"],
    ],
  ])("of %j the proxy tells what concerns exchanges", (request, answer, expected) => {
    const played = connected();
    played.flow.send(request);
    played.flow.answer(1, answer);
    expect(played.news().filter((what) => what.startsWith("proxy"))).toEqual(expected);
  });

  test("an answer to a request that the flow does not have goes nowhere", () => {
    const played = parked();
    played.flow.answer(2, PING_ANSWER);
    expect(played.news()).toEqual([]);
    played.flow.answer(1, PING_ANSWER);
    played.news();
    played.flow.answer(1, PING_ANSWER);
    expect(played.news()).toEqual([]);
  });

  test("a device that leaves is seen to leave, takes its request along, and is done with once", () => {
    const played = parked();
    played.flow.leave();
    expect(played.news()).toEqual([
      "proxy: deviceLeft",
      "server loses 1",
      "proxy: closed",
      "flow closed 787/800 bytes",
    ]);
    played.flow.leave();
    played.flow.answer(1, PING_ANSWER);
    expect(played.news()).toEqual([]);
    expect(played.pending).toBe(0);
  });

  test("of two requests on a flow, the answer to one leaves the other waiting", () => {
    const played = parked();
    played.flow.send(SYNC);
    played.news();
    played.flow.answer(2, { command: "Sync", httpStatus: 200 });
    expect(played.until(60 * MINUTE).news()).toEqual([
      "proxy: answerBegan",
      "proxy: answered",
      "proxy: answerPassed",
      "device gets Sync 200",
    ]);
  });
});

describe("after an idle time-out of 13 minutes", () => {
  const died = (endings: Endings): Played => parked(idlePath(hopThat("hop", 13 * MINUTE, endings))).until(13 * MINUTE);
  const ended = ["flow ended", "proxy: pathEnded"];

  test("drop: nobody hears anything, and the flow lives until the server has answered and the device has left", () => {
    const played = died(both("drop"));
    expect(played.news()).toEqual(ended);
    played.flow.leave();
    expect(played.news()).toEqual([]);
    played.flow.answer(1, PING_ANSWER);
    expect(played.news()).toEqual([
      "proxy: answerBegan",
      "proxy: answered",
      "proxy: closed",
      "flow closed 787/1094 bytes",
    ]);
    expect(played.pending).toBe(0);
  });

  test.each(["reset", "close"] as const)("%s: device and server hear it at once, and nothing is left", (ending) => {
    const played = died(both(ending));
    const [device, ...rest] = [ending === "reset" ? "device: reset" : "device: closed", "server loses 1"];
    const news = played.news();
    expect(news.slice(0, 2)).toEqual(ended);
    expect(news.slice(2, 4).toSorted()).toEqual([device, ...rest].toSorted());
    expect(news.slice(4)).toEqual(["proxy: closed", "flow closed 787/800 bytes"]);
    expect(played.pending).toBe(0);
  });

  test("reset-on-next: the device hears it when it sends, the server when it answers", () => {
    const played = died(both("reset-on-next"));
    expect(played.news()).toEqual(ended);
    played.flow.send(SYNC);
    expect(played.news()).toEqual(["device: reset"]);
    played.flow.answer(1, PING_ANSWER);
    expect(played.news()).toEqual([
      "proxy: answerBegan",
      "proxy: answered",
      "proxy: closed",
      "flow closed 1224/1094 bytes",
    ]);
  });

  test("respond: the device gets the hop's answer as the last of its connection, the server a reset", () => {
    const played = died(RESPOND);
    expect(played.news()).toEqual([
      ...ended,
      "server loses 1",
      "device gets Ping 504, last",
      "device: closed",
      "proxy: closed",
      "flow closed 787/1094 bytes",
    ]);
  });

  test("respond: what a server that heard nothing answers later does not follow the hop's answer", () => {
    const played = died({ toDevice: { respond: 504 }, toServer: "drop" });
    expect(played.news()).toEqual([...ended, "device gets Ping 504, last", "device: closed"]);
    played.flow.answer(1, PING_ANSWER);
    expect(played.news()).toEqual([
      "proxy: answerBegan",
      "proxy: answered",
      "proxy: closed",
      "flow closed 787/1094 bytes",
    ]);
  });

  test("respond: nor does what it answers to a request that is no heartbeat", () => {
    const played = connected(idlePath(hopThat("hop", MINUTE, { toDevice: { respond: 504 }, toServer: "drop" })));
    played.flow.send({ command: "OPTIONS" });
    expect(played.until(MINUTE).news().slice(1)).toEqual([...ended, "device gets OPTIONS 504, last", "device: closed"]);
    played.flow.answer(1, { command: "OPTIONS", httpStatus: 200 });
    expect(played.news()).toEqual(["proxy: closed", "flow closed 787/1094 bytes"]);
  });

  test("respond: a connection on which nothing was asked is closed without an answer", () => {
    const played = connected(idlePath(hopThat("hop", MINUTE, RESPOND)));
    expect(played.until(MINUTE).news()).toEqual([
      ...ended,
      "device: closed",
      "proxy: closed",
      "flow closed 350/800 bytes",
    ]);
  });
});

describe("on a path that lets an answer wait", () => {
  const HOUR_LATE = [hopOf("tunnel", delayingToDevice(60 * MINUTE))];

  test("the proxy is told which hop holds it, and that it has passed before the device has it", () => {
    const played = new Played(HOUR_LATE);
    played.flow.connect();
    played.until(60 * MINUTE).flow.send(PING);
    played.news();
    played.flow.answer(1, PING_ANSWER);
    expect(played.news()).toEqual(["proxy: answerBegan", "proxy: answered", "proxy: answersHeld"]);
    expect(played.until(120 * MINUTE).news()).toEqual([
      "proxy: answerPassed",
      "device gets Ping 200",
      "proxy: answersHeld",
    ]);
  });

  test("a device that leaves meanwhile has missed it", () => {
    const played = new Played(HOUR_LATE);
    played.flow.connect();
    played.until(60 * MINUTE).flow.send(PING);
    played.flow.answer(1, PING_ANSWER);
    played.news();
    played.flow.leave();
    expect(played.news().slice(0, 2)).toEqual(["proxy: answersMissed", "proxy: deviceLeft"]);
  });
});

test("a flow that a hop ends while it is being made is ended when its device connects", () => {
  const hop = hopOf("nat", dueAt(0, { kind: "reset", legs: ["device", "server"] }));
  const conditions = hop.conditions.map((each) => ({
    ...each,
    open: (flow: PathFlow) => {
      flow.wake?.();
      return each.open(flow);
    },
  }));
  const played = new Played([{ ...hop, conditions }]);
  expect(played.news()).toEqual(["flow opened"]);
  played.flow.connect();
  expect(played.news().slice(0, 3)).toEqual(["flow ended", "proxy: pathEnded", "device: reset"]);
});

describe("on a path that an answer ends", () => {
  test("the proxy hears of the end before it sees that the answer is whole, and the answer passes nowhere", () => {
    const played = parked([hopOf("proxy", endingAnswers())]);
    played.flow.answer(1, PING_ANSWER);
    expect(played.news()).toEqual([
      "proxy: answerBegan",
      "flow ended",
      "proxy: pathEnded",
      "proxy: answered",
      "device: closed",
      "proxy: closed",
      "flow closed 787/1094 bytes",
    ]);
  });
});

/** A condition that closes a flow for the first answer to a request: what is smaller or larger is none. */
function endingAnswers(): () => Condition {
  return judging((segment) =>
    segment.kind === "data" && segment.direction === "toDevice" && segment.sizeBytes < 300
      ? { kind: "close", legs: ["device", "server"] }
      : { kind: "pass" },
  );
}

/** A condition that holds back for as long what goes to the device. */
function delayingToDevice(delayMs: Millis): () => Condition {
  return judging(({ direction }, now) =>
    direction === "toDevice" ? { kind: "delay", until: now + delayMs } : { kind: "pass" },
  );
}
