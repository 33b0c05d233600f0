import { Driver } from "../core/driver.ts";
import type { Millis } from "../core/machine.ts";
import type { Random } from "../core/random.ts";
import type { Scheduler } from "../core/scheduler.ts";
import type { ConnectionFailure } from "../heartbeat/device-events.ts";
import type { DeviceIdentity } from "../heartbeat/events.ts";
import type { ExchangeEvent } from "../heartbeat/exchange-events.ts";
import { endingName } from "../path/condition.ts";
import type { FlowEvent } from "../path/flow-event.ts";
import { HoldingPath } from "../path/holding-path.ts";
import type { PathEffect, PathEvent } from "../path/path-effect.ts";
import type { PathFlow, PathHop } from "../path/path-hop.ts";
import { Path } from "../path/path.ts";
import type { Direction, Segment } from "../path/segment.ts";
import { AnswerJudging, type VirtualEffect } from "./answer-judging.ts";
import {
  type Answer,
  type HeartbeatAnswer,
  type Message,
  PART,
  type Request,
  SIZES,
  type WholeMessage,
} from "./message.ts";

/** What the device's end of a flow hears. */
export interface FlowDevice {
  /** The connection is there, TLS included. */
  connected(): void;
  /** `last` says that the answer ends the connection (`Connection: close`). */
  answered(answer: Answer, last: boolean): void;
  /** The connection has ended. */
  ended(how: Extract<ConnectionFailure, "reset" | "closed">): void;
}

/** What a flow needs of the world around it. */
export interface FlowWorld {
  readonly scheduler: Scheduler;
  /** What the chances of all flows hang on. */
  readonly random: Random;
  nextRequestId(): number;
  /** Takes a request to the server; its answer comes back through `answer`, perhaps before this returns. */
  serve(requestId: number, flow: VirtualFlow, device: FlowUser, request: Request): void;
  /** The connection of a request is gone. */
  abandon(requestId: number): void;
  exchange(event: ExchangeEvent): void;
  flow(event: FlowEvent): void;
}

/** Who uses a flow. */
export interface FlowUser extends DeviceIdentity {
  readonly protocolVersion: string;
}

/**
 * One connection of a virtual world: device, path, relay and the server's side of it, as they stand live.
 *
 * open -> dead, when a condition ends it; either -> finished, when device and server are both done with it.
 * A dead flow keeps what is parked at the server until its answer, which nobody hears, unless the server heard the end.
 */
export class VirtualFlow {
  readonly #id: number;
  readonly #world: FlowWorld;
  readonly #user: FlowUser;
  readonly #device: FlowDevice;
  readonly #path: Path<Message>;
  readonly #driver: Driver<PathEvent<Message>, VirtualEffect>;
  readonly #openedAt: Millis;
  readonly #outstanding: Outstanding[] = [];
  readonly #sizes = { toServer: 0, toDevice: 0 };
  #requestCount = 0;
  #dead = false;
  #answering = false;
  #deviceDone = false;
  #serverDone = false;
  #finished = false;

  constructor(id: number, hops: readonly PathHop[], world: FlowWorld, user: FlowUser, device: FlowDevice) {
    this.#id = id;
    this.#world = world;
    this.#user = user;
    this.#device = device;
    this.#openedAt = world.scheduler.now();
    let driver: Driver<PathEvent<Message>, VirtualEffect> | undefined;
    const start: PathFlow = {
      createdAt: this.#openedAt,
      source: SOURCE,
      http: true,
      /** Only a condition that draws asks for it. */
      get random() {
        return world.random.fork(`flow ${id}`);
      },
      wake: () => driver?.settle(),
    };
    this.#path = new Path<Message>(hops, start, (message) => [PART, message]);
    this.#driver = new Driver(new AnswerJudging(new HoldingPath(this.#path)), world.scheduler, (effect) =>
      this.#perform(effect),
    );
    driver = this.#driver;
    world.flow({ kind: "opened", flowId: id, listener: LISTENER, at: this.#openedAt });
  }

  /** The device connects; `connected` tells when it is through. A hop may refuse the flow at once. */
  connect(): void {
    this.#driver.settle();
    this.#enter("toServer", { kind: "hello" });
  }

  /** The device sends a request. */
  send(request: Request): void {
    this.#enter("toServer", { kind: "request", request });
  }

  /** The device gives up the connection, with a FIN, and hears nothing more of it. */
  leave(): void {
    if (this.#deviceDone) return;
    this.#deviceDone = true;
    if (!this.#dead && this.#path.holder("toDevice") !== undefined) {
      this.#world.exchange({ kind: "answersMissed", flowId: this.#id });
    }
    this.#driver.dispatch({ kind: "segment", segment: { kind: "fin", direction: "toServer" } });
    this.#settle();
  }

  /** The server answers a request of this flow. */
  answer(requestId: number, answer: Answer): void {
    const index = this.#outstanding.findIndex((request) => request.id === requestId);
    const [request] = index < 0 ? [] : this.#outstanding.splice(index, 1);
    if (request === undefined) return;
    const heartbeat = heartbeatOf(request.number, answer);
    if (heartbeat !== undefined) this.#tellBegan(heartbeat);
    if (!this.#answering) this.#enter("toDevice", { kind: "answer", answer, heartbeat, last: false });
    else if (heartbeat !== undefined) this.#tellAnswered(heartbeat);
    this.#settle();
  }

  /** What it goes on from, as a text, instants counted from now; fit for paths that hold nothing back. */
  fingerprint(now: Millis): string {
    return JSON.stringify([this.#dead, this.#outstanding.length, this.#path.inspect(now)]);
  }

  /** When a condition of its path is due. */
  nextDeadline(): Millis | undefined {
    return this.#path.nextDeadline();
  }

  #enter(direction: Direction, payload: WholeMessage): void {
    const sizeBytes = SIZES[payload.kind];
    this.#sizes[direction] += sizeBytes;
    this.#driver.dispatch({ kind: "segment", segment: { kind: "data", direction, sizeBytes, payload } });
  }

  #perform(effect: VirtualEffect): void {
    switch (effect.kind) {
      case "forward":
        return effect.segment.direction === "toServer"
          ? this.#toServer(effect.segment)
          : this.#toDevice(effect.segment);
      case "swallowed":
        return undefined;
      case "ended":
        return this.#pathEnded(effect);
      case "respond":
        return this.#respond(effect.status);
      case "held":
        return this.#world.exchange({ kind: "answersHeld", flowId: this.#id, hop: effect.hop });
      case "answered":
        return this.#tellAnswered(effect);
    }
  }

  #toServer(segment: Segment<Message>): void {
    if (segment.kind !== "data") return this.#serverHearsEnd(segment.kind);
    if (segment.payload.kind === "part") return undefined;
    if (segment.payload.kind === "request") return this.#arrive(segment.payload.request);
    return this.#enter("toDevice", { kind: "welcome" });
  }

  #toDevice(segment: Segment<Message>): void {
    if (segment.kind === "data" && segment.payload.kind === "answer") this.#tellPassed(segment.payload.heartbeat);
    if (this.#deviceDone) return;
    if (segment.kind === "data") {
      const { payload } = segment;
      if (payload.kind === "part") return undefined;
      return payload.kind === "answer" ? this.#device.answered(payload.answer, payload.last) : this.#device.connected();
    }
    this.#deviceDone = true;
    this.#device.ended(segment.kind === "rst" ? "reset" : "closed");
    this.#settle();
  }

  #arrive(request: Request): void {
    this.#requestCount += 1;
    const number = this.#requestCount;
    const { deviceId, deviceType, user } = this.#user;
    const { command } = request;
    this.#driver.dispatch({
      kind: "reviewed",
      facts: { deviceId, deviceType, user, command, path: PATH, requests: number },
    });
    this.#tellRequested(number, request);
    const id = this.#world.nextRequestId();
    this.#outstanding.push({ id, number, command: request.command });
    this.#world.serve(id, this, this.#user, request);
  }

  /** A FIN or RST has come out at the server's end: the server lets go of what it held for this flow. */
  #serverHearsEnd(kind: "fin" | "rst"): void {
    if (!this.#dead) this.#world.exchange({ kind: "deviceLeft", flowId: this.#id, byReset: kind === "rst" });
    this.#serverDone = true;
    for (const { id } of this.#outstanding.splice(0)) this.#world.abandon(id);
    if (kind === "fin") this.#driver.dispatch({ kind: "segment", segment: { kind: "fin", direction: "toDevice" } });
    this.#settle();
  }

  #pathEnded({ hop, condition, endings }: Extract<PathEffect, { kind: "ended" }>): void {
    this.#dead = true;
    const at = this.#world.scheduler.now();
    this.#world.flow({ kind: "ended", flowId: this.#id, listener: LISTENER, hop, condition, endings, at });
    const byIdleTimeout = condition === "idle-timeout";
    const action = endingName(endings.toDevice);
    this.#world.exchange({ kind: "pathEnded", flowId: this.#id, hop, byIdleTimeout, action });
  }

  /** A hop answers in place of the server, and closes. */
  #respond(httpStatus: number): void {
    const [first] = this.#outstanding;
    this.#answering = true;
    if (first !== undefined)
      this.#enter("toDevice", {
        kind: "answer",
        answer: { command: first.command, httpStatus },
        heartbeat: undefined,
        last: true,
      });
    this.#driver.dispatch({ kind: "segment", segment: { kind: "fin", direction: "toDevice" } });
  }

  #tellRequested(requestNumber: number, request: Request): void {
    const { deviceId, user, deviceType } = this.#user;
    const common = {
      kind: "requested",
      flowId: this.#id,
      requestNumber,
      device: { deviceId, user, deviceType },
    } as const;
    if (request.command === "OPTIONS") return;
    if (request.command === "Ping") this.#world.exchange({ ...common, command: "Ping", body: request.body });
    else if (request.command === "Sync") this.#world.exchange({ ...common, command: "Sync", body: request.body });
    else this.#world.exchange({ ...common, command: "other" });
  }

  #tellBegan({ number: requestNumber, answer: { httpStatus } }: HeartbeatAnswer): void {
    this.#world.exchange({ kind: "answerBegan", flowId: this.#id, requestNumber, httpStatus });
  }

  #tellAnswered({ number: requestNumber, answer }: HeartbeatAnswer): void {
    const { httpStatus } = answer;
    const common = { flowId: this.#id, requestNumber, httpStatus, crossing: true } as const;
    if (answer.command === "Ping") {
      this.#world.exchange({ kind: "answered", ...common, command: "Ping", body: answer.body });
    } else {
      this.#world.exchange({ kind: "answered", ...common, command: "Sync", body: answer.body });
    }
  }

  #tellPassed(heartbeat: HeartbeatAnswer | undefined): void {
    if (heartbeat === undefined) return;
    this.#world.exchange({ kind: "answerPassed", flowId: this.#id, requestNumber: heartbeat.number });
  }

  #settle(): void {
    const serverWaits = !this.#serverDone && this.#outstanding.length > 0;
    if (this.#finished || !this.#deviceDone || serverWaits || !(this.#serverDone || this.#dead)) return;
    this.#finished = true;
    this.#driver.stop();
    this.#path.close();
    const at = this.#world.scheduler.now();
    const { toServer: toServerBytes, toDevice: toDeviceBytes } = this.#sizes;
    const durationMs = at - this.#openedAt;
    this.#world.exchange({ kind: "closed", flowId: this.#id });
    this.#world.flow({
      kind: "closed",
      flowId: this.#id,
      listener: LISTENER,
      toServerBytes,
      toDeviceBytes,
      durationMs,
      at,
    });
  }
}

interface Outstanding {
  readonly id: number;
  readonly number: number;
  readonly command: Request["command"];
}

const LISTENER = "virtual";

/** Where a virtual device calls from: where those of a live run do. */
const SOURCE = "127.0.0.1";

/** Where the requests of a virtual device go. Source: MS-ASHTTP, "Request-URI". */
const PATH = "/Microsoft-Server-ActiveSync";

/** An answer as one that ends an exchange; others concern none. */
function heartbeatOf(number: number, answer: Answer): HeartbeatAnswer | undefined {
  return answer.command === "Ping" || answer.command === "Sync" ? { number, answer } : undefined;
}
