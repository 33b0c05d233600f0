import type { Millis } from "../../src/core/machine.ts";
import { Random } from "../../src/core/random.ts";
import {
  PASS,
  type Condition,
  type ConditionSetup,
  type Endings,
  type FlowStart,
  type PlainEnding,
  type Verdict,
} from "../../src/path/condition.ts";
import { Timeline } from "../../src/path/timeline.ts";
import type { IdleTimeoutSettings } from "../../src/path/conditions/idle-timeout.ts";
import type { Hop } from "../../src/path/hop.ts";
import type { PathEffect, PathEvent } from "../../src/path/path-effect.ts";
import { preparePath, type PathHop } from "../../src/path/path-hop.ts";
import { Path } from "../../src/path/path.ts";
import { farEnd, type Direction, type End, type Segment } from "../../src/path/segment.ts";
import { play } from "../support/playbook.ts";

// Flows in words, for tests: who sends what when, and what comes of it.

/** Who sends what: "fin" and "rst" are themselves, anything else is data of as many bytes as it has letters. */
export type Sent = readonly [at: Millis, from: End, what: string];

/** What came of it: "device gets rst", "firewall swallows hello toServer", "ended by firewall", "proxy responds 504". */
export type Told = readonly [at: Millis, what: string];

/** Plays what both ends send on a path and tells what came of it until the end. */
export function told(hops: readonly PathHop[], sent: readonly Sent[], until: Millis): readonly Told[] {
  return toldBy(new Path<string>(hops, { createdAt: 0 }), sent, until);
}

/** The same for a path that the test wants to keep. */
export function toldBy(path: Path<string>, sent: readonly Sent[], until: Millis): readonly Told[] {
  const events = sent.map(([at, from, what]) => [at, entering(from, what)] as const);
  return play(path, events, until).map(([at, effect]) => [at, inWords(effect)]);
}

/** The event of a segment that an end sends. */
export function entering(from: End, what: string): Extract<PathEvent<string>, { kind: "segment" }> {
  const direction = directionFrom(from);
  if (what === "fin" || what === "rst") return { kind: "segment", segment: { kind: what, direction } };
  return { kind: "segment", segment: { kind: "data", direction, sizeBytes: what.length, payload: what } };
}

/** The direction in which an end sends. */
export function directionFrom(end: End): Direction {
  return end === "device" ? "toServer" : "toDevice";
}

export function inWords(effect: PathEffect<string>): string {
  switch (effect.kind) {
    case "forward":
      return `${farEnd(effect.segment.direction)} gets ${nameOf(effect.segment)}`;
    case "swallowed":
      return `${effect.hop} swallows ${nameOf(effect.segment)} ${effect.segment.direction}`;
    case "ended":
      return `ended by ${effect.hop}`;
    case "respond":
      break;
  }
  return `${effect.hop} responds ${effect.status}`;
}

function nameOf(segment: Segment<string>): string {
  return segment.kind === "data" ? segment.payload : segment.kind;
}

/** The same ending for both legs. */
export function both(ending: PlainEnding): Endings {
  return { toDevice: ending, toServer: ending };
}

/** A reverse proxy's answer to the device, an RST to the server. */
export const RESPOND: Endings = { toDevice: { respond: 504 }, toServer: "reset" };

export function idle(
  idleTimeoutMs: Millis,
  atExpiry: Endings,
  refreshedBy: IdleTimeoutSettings["refreshedBy"] = "either",
): IdleTimeoutSettings {
  return { type: "idle-timeout", idleTimeoutMs, atExpiry, refreshedBy };
}

/** A hop of idle time-outs, as data. */
export function idleHop(name: string, ...conditions: readonly IdleTimeoutSettings[]): Hop {
  return { name, kind: "firewall", conditions };
}

/** A path of idle time-outs. */
export function idlePath(...hops: readonly Hop[]): readonly PathHop[] {
  return preparePath(hops);
}

/** A hop of conditions that a test makes up; each flow gets what `open` gives. */
export function hopOf(name: string, ...opens: readonly (() => Condition)[]): PathHop {
  const conditions = opens.map(
    (open, at) => ({ type: "idle-timeout", id: `${name}/${at}`, delays: true, origin: { name, at }, open }) as const,
  );
  return { name, kind: "network", conditions };
}

/** A condition that judges segments only. */
export function judging(judge: (segment: Segment, now: Millis) => Verdict): () => Condition {
  return () => ({ onSegment: judge, nextDeadline: () => undefined, onDeadline: () => PASS });
}

/** A condition that holds every segment back for as long. */
export function delaying(delayMs: Millis): () => Condition {
  return judging((_, now) => ({ kind: "delay", until: now + delayMs }));
}

/** A condition that gives a verdict at one instant, and lets segments pass. */
export function dueAt(at: Millis, verdict: Verdict): () => Condition {
  return () => {
    let deadline: Millis | undefined = at;
    return {
      onSegment: () => PASS,
      nextDeadline: () => deadline,
      onDeadline: (now) => {
        if (deadline === undefined || now < deadline) return PASS;
        deadline = undefined;
        return verdict;
      },
    };
  };
}

/** What a condition alone is prepared with and told of its flow, for tests that drive it without a path. */
export const SETUP: ConditionSetup = { random: new Random(1), timeline: new Timeline(0) };

/** A flow that begins at an instant, as one of its conditions sees it. */
export function flowAt(createdAt: Millis, more: Partial<FlowStart> = {}): FlowStart {
  return { createdAt, source: undefined, http: false, random: new Random(2), wake: () => undefined, ...more };
}
