import type { Millis } from "../core/machine.ts";
import { type AnswerPhase, endingOf } from "./ending.ts";
import type { Exchange, ExchangeEnd } from "./events.ts";
import type { Judgement } from "./exchange-answer.ts";
import type { AnswerBeganEvent, AnsweredEvent } from "./exchange-events.ts";
import type { GivenAnswer } from "./exchange-hearing.ts";
import type { Asked } from "./exchange-memory.ts";

/** One exchange with what it takes to end it. */
export interface Parked {
  readonly exchange: Exchange;
  readonly requestNumber: number;
  readonly flow: Flow;
  readonly owner: Device;
  readonly asked: Asked;
  httpStatus: number | undefined;
  /** Size of what has come of the answer. */
  answerBytes: number | undefined;
  /** What an answer says that is whole and has not left the path yet. */
  answered: Judgement | undefined;
  state: "parked" | "leaving" | "dead";
}

/** A flow that has exchanges, or whose path has ended. */
export interface Flow {
  /** Parked and dead exchanges, in the order of asking; a list anew at each change, as most hold one: a Set takes 200 bytes. */
  waiting: readonly Parked[];
  pathEnd: PathEnd | undefined;
  /** The hop that holds back what goes to the device. */
  heldBy: string | undefined;
  /** The last answer given on it, until a request follows. */
  given: GivenAnswer | undefined;
}

/**
 * An exchange that was just asked. Every field is written out, here and for flows: what an object gets by a spread V8
 * keeps in a table of its own, which is 90 bytes for each parked request (measured, Node 20.20).
 */
export function park(asking: Pick<Parked, "exchange" | "requestNumber" | "flow" | "owner" | "asked">): Parked {
  const { exchange, requestNumber, flow, owner, asked } = asking;
  return {
    exchange,
    requestNumber,
    flow,
    owner,
    asked,
    httpStatus: undefined,
    answerBytes: undefined,
    answered: undefined,
    state: "parked",
  };
}

/** How an exchange ends whose device goes, or asks again, before it has seen the answer that is there. */
export function missed({ flow, httpStatus, answered }: Parked): Cause | undefined {
  const { heldBy } = flow;
  return heldBy === undefined || httpStatus === undefined ? answered : cutByHolding(heldBy);
}

/** How an exchange ends whose answer a hop holds for too long. */
export function cutByHolding(hop: string): Cause {
  return { outcome: "cut", hop, action: "hold" };
}

/** What ends an exchange. */
export interface Cause {
  readonly outcome: ExchangeEnd["outcome"];
  readonly hop?: string | undefined;
  readonly action?: string | undefined;
  readonly status?: number | undefined;
  readonly limit?: number | undefined;
  /** Whether the device has come back on another flow, its own still there. */
  readonly returned?: boolean;
}

/** The end of an exchange that a device gave up, or that nobody answered in time. */
export const LOST: Cause = { outcome: "lost" };

/** How a device lost what it comes back from: its connection has ended before, or it has given that up itself. */
export function lostBy({ state }: Parked): Cause {
  return state === "leaving" ? LOST : RETURNED;
}

const RETURNED: Cause = { outcome: "lost", returned: true };

/** The end of an exchange by a cause. */
export function endOf(parked: Parked, cause: Cause, endedAt: Millis): ExchangeEnd {
  const { outcome, hop, action, status, returned } = cause;
  const { httpStatus, answerBytes } = parked;
  const ending = endingOf(outcome, phaseOf(parked, cause));
  const statuses = { httpStatus, status, limitSeconds: limitOf(parked, cause) };
  return { outcome, hop, action, ending, ...statuses, answerBytes, returned, endedAt };
}

/** How far the answer of an exchange came that this ends. */
function phaseOf({ httpStatus, answered }: Parked, cause: Cause): AnswerPhase {
  if (cause === answered) return "passed";
  return httpStatus === undefined ? "waiting" : "answering";
}

/** Notes that an answer has begun, or has come whole. */
export function begin(parked: Parked, { httpStatus, answerBytes }: AnswerBeganEvent | AnsweredEvent): void {
  parked.httpStatus = httpStatus;
  parked.answerBytes = answerBytes;
}

/** A server tells the limit in the unit of the request: minutes for `Wait` (MS-ASCMD, Status 14). */
function limitOf({ asked }: Parked, { limit }: Cause): number | undefined {
  return limit === undefined || asked.stored?.inMinutes !== true ? limit : limit * 60;
}

/** A device that has exchanges which did not end. */
export interface Device {
  readonly key: string;
  open: readonly Parked[];
  /** The latest request of another command, on whatever flow. */
  otherRequest: OtherRequest | undefined;
}

/** How a hop ended a flow. */
export interface PathEnd {
  readonly hop: string;
  readonly byIdleTimeout: boolean;
  readonly action: string;
}

/** The parked exchanges of a flow, in the order of asking. */
export function parkedOn(flow: Flow | undefined): readonly Parked[] {
  return flow?.waiting.filter((parked) => parked.state === "parked") ?? [];
}

/** Its place on its flow is no more. */
export function takeOff(parked: Parked): void {
  const { flow } = parked;
  flow.waiting = flow.waiting.filter((each) => each !== parked);
}

/** Tells whether the device has waited its whole interval. */
export function waitedOut({ heartbeatIntervalSeconds, askedAt }: Exchange, now: Millis): boolean {
  return heartbeatIntervalSeconds !== undefined && now - askedAt >= heartbeatIntervalSeconds * 1000;
}

/** Tells whether the device still has to wait for its answer: none is there, and its interval is not over. */
export function waitsStill({ exchange, state, answered }: Parked, now: Millis): boolean {
  return state === "parked" && answered === undefined && !waitedOut(exchange, now);
}

/** Tells whether the device has just asked for something else, elsewhere. */
export function goneOn({ exchange, owner }: Parked, now: Millis): boolean {
  const other = owner.otherRequest;
  if (other === undefined || other.flowId === exchange.flowId) return false;
  return other.at >= exchange.askedAt && now - other.at <= REORDERING_MS;
}

interface OtherRequest {
  readonly flowId: number;
  readonly at: Millis;
}

/**
 * A request on another flow that was seen this short a time before the device's leaving counts as coming after it:
 * events of two connections reach a proxy in any order.
 */
const REORDERING_MS: Millis = 1000;
