import { Fifo } from "../core/fifo.ts";
import type { HttpFault, RequestHead, ResponseHead } from "../http/message.ts";
import { decodePingRequest, decodePingResponse, type PingRequest, type PingResponse } from "../activesync/ping.ts";
import { decodeSyncRequest, decodeSyncResponse, type SyncRequest, type SyncResponse } from "../activesync/sync.ts";
import { ProtocolError } from "../errors.ts";
import type { DecodeFailure } from "../heartbeat/events.ts";
import type { Answer, ExchangeEvent, RequestedEvent } from "../heartbeat/exchange-events.ts";
import { type Endings, endingName } from "../path/condition.ts";
import { type FlowFacts, NO_FACTS } from "../path/flow-facts.ts";
import type { EndCause } from "../path/path-effect.ts";
import { BodyCollector } from "./body-collector.ts";
import type { FlowBytes, FlowWatcher } from "./flow-handler.ts";
import { readRequest, type TappedRequest } from "./tapped-request.ts";
import type { ServerFailure } from "./server-leg.ts";

/** Where a tap tells what it saw of its flow. */
export interface TapSink {
  exchange(event: ExchangeEvent): void;
  flowEnded(flowId: number, hop: string, condition: EndCause, endings: Endings): void;
  flowClosed(flowId: number, bytes: FlowBytes): void;
  /** An answer has crossed the path, or will never; whether others are still waited for on the flow is not said. */
  settled(): void;
  refused(flowId: number, fault: HttpFault): void;
  secured(flowId: number, leg: "device" | "server"): void;
  tlsFailed(flowId: number, reason: string, secured: boolean): void;
  serverFailed(flowId: number, failure: ServerFailure): void;
}

/**
 * Looks on while one flow's requests and answers pass, and tells what they mean for heartbeats.
 * Reads Ping and Sync only; alters and delays nothing, and what it can't read has passed all the same.
 */
export class Tap implements FlowWatcher {
  readonly #flowId: number;
  readonly #sink: TapSink;
  readonly #unanswered = new Fifo<TappedRequest>();
  #facts = NO_FACTS;
  #reading: TappedRequest | undefined;
  #requestBody: BodyCollector | undefined;
  #answerBody: BodyCollector | undefined;
  #httpStatus = 0;
  #secured = false;

  constructor(flowId: number, sink: TapSink) {
    this.#flowId = flowId;
    this.#sink = sink;
  }

  requestHead(head: RequestHead): FlowFacts {
    const { request, facts } = readRequest(this.#facts.requests + 1, head, this.#facts);
    this.#facts = facts;
    this.#reading = request;
    this.#unanswered.push(request);
    if (request.command !== "other") this.#requestBody = new BodyCollector(head);
    return facts;
  }

  requestBody(bytes: Uint8Array): void {
    this.#requestBody?.add(bytes);
  }

  requestEnd(): void {
    const request = this.#reading;
    const collector = this.#requestBody;
    this.#requestBody = undefined;
    this.#reading = undefined;
    if (request?.device === undefined) return;
    const common = {
      kind: "requested",
      flowId: this.#flowId,
      requestNumber: request.number,
      device: request.device,
      requestBytes: collector?.messageBytes,
    } as const;
    this.#sink.exchange(readRequested(common, request.command, collector?.take()));
    for (const event of request.early) this.#sink.exchange(event);
  }

  answerHead(head: ResponseHead): void {
    const request = this.#unanswered.first;
    this.#httpStatus = head.status;
    if (request === undefined || request.command === "other") return;
    this.#answerBody = new BodyCollector(head);
    const { number: requestNumber } = request;
    const { messageBytes: answerBytes } = this.#answerBody;
    const answer = { flowId: this.#flowId, requestNumber, httpStatus: head.status, answerBytes };
    this.#tellAnswer(request, { kind: "answerBegan", ...answer });
  }

  answerBody(bytes: Uint8Array): void {
    this.#answerBody?.add(bytes);
  }

  answerEnd(): () => void {
    const request = this.#unanswered.shift();
    const collector = this.#answerBody;
    this.#answerBody = undefined;
    if (request === undefined || request.command === "other" || collector === undefined)
      return () => this.#sink.settled();
    const { number: requestNumber, command } = request;
    const { messageBytes: answerBytes } = collector;
    const body = collector.take();
    const status = { httpStatus: this.#httpStatus, answerBytes, crossing: true } as const;
    const common = { flowId: this.#flowId, requestNumber, ...status };
    const isSuccess = this.#httpStatus >= 200 && this.#httpStatus <= 299;
    this.#tellAnswer(request, { kind: "answered", ...common, ...readAnswer(command, isSuccess ? body : NOTHING) });
    return () => {
      this.#tellAnswer(request, { kind: "answerPassed", flowId: this.#flowId, requestNumber });
      this.#sink.settled();
    };
  }

  answersHeld(hop: string | undefined): void {
    this.#sink.exchange({ kind: "answersHeld", flowId: this.#flowId, hop });
  }

  answersMissed(): void {
    this.#sink.exchange({ kind: "answersMissed", flowId: this.#flowId });
  }

  settled(): void {
    this.#sink.settled();
  }

  pathEnded(hop: string, condition: EndCause, endings: Endings): void {
    this.#sink.flowEnded(this.#flowId, hop, condition, endings);
    const byIdleTimeout = condition === "idle-timeout";
    const action = endingName(endings.toDevice);
    this.#sink.exchange({ kind: "pathEnded", flowId: this.#flowId, hop, byIdleTimeout, action });
  }

  deviceLeft(byReset = false): void {
    this.#sink.exchange({ kind: "deviceLeft", flowId: this.#flowId, byReset });
  }

  serverFailed(failure: ServerFailure): void {
    this.#sink.serverFailed(this.#flowId, failure);
    this.#sink.exchange({ kind: "serverFailed", flowId: this.#flowId });
  }

  refused(fault: HttpFault): void {
    this.#sink.refused(this.#flowId, fault);
  }

  secured(leg: "device" | "server"): void {
    if (leg === "device") this.#secured = true;
    this.#sink.secured(this.#flowId, leg);
  }

  tlsFailed(reason: string): void {
    this.#sink.tlsFailed(this.#flowId, reason, this.#secured);
  }

  closed(bytes: FlowBytes): void {
    this.#sink.exchange({ kind: "closed", flowId: this.#flowId });
    this.#sink.flowClosed(this.#flowId, bytes);
  }

  /** A server may refuse a request before it is whole; there is no exchange to end until then. */
  #tellAnswer(request: TappedRequest, event: ExchangeEvent): void {
    if (request === this.#reading) request.early = [...request.early, event];
    else this.#sink.exchange(event);
  }
}

const NOTHING = new Uint8Array(0);

function readRequested(
  common: Omit<RequestedEvent, "command" | "body">,
  command: TappedRequest["command"],
  body: Uint8Array | DecodeFailure | undefined,
): RequestedEvent {
  if (command === "other" || body === undefined) return { ...common, command: "other" };
  if (command === "Ping") return { ...common, command, body: read<PingRequest>(body, decodePingRequest) };
  return { ...common, command, body: read<SyncRequest>(body, decodeSyncRequest) };
}

function readAnswer(command: "Ping" | "Sync", body: Uint8Array | DecodeFailure): Answer {
  if (typeof body !== "string" && body.length === 0) return { command, body: undefined };
  if (command === "Ping") return { command, body: read<PingResponse>(body, decodePingResponse) };
  return { command, body: read<SyncResponse>(body, decodeSyncResponse) };
}

function read<Value>(body: Uint8Array | DecodeFailure, decode: (bytes: Uint8Array) => Value): Value | DecodeFailure {
  if (typeof body === "string") return body;
  try {
    return decode(body);
  } catch (error) {
    if (error instanceof ProtocolError) return "wbxml";
    throw error;
  }
}
