import type { Machine, Millis } from "../core/machine.ts";
import type { HeldEffect, HoldingPath } from "../path/holding-path.ts";
import type { PathEffect, PathEvent } from "../path/path-effect.ts";
import type { HeartbeatAnswer, Message } from "./message.ts";

/** An answer to a Ping or Sync is whole where a proxy sees it, above the path. */
export interface AnsweredEffect extends HeartbeatAnswer {
  readonly kind: "answered";
}

/** What comes of a virtual flow's path. */
export type VirtualEffect = PathEffect<Message> | HeldEffect | AnsweredEffect;

/**
 * A path that also tells of each answer that enters it, behind the end of the flow if it is this answer that a condition
 * ends it for, and before anybody has it: live, a proxy hands an answer's bytes to the path, and then sees that it was whole.
 */
export class AnswerJudging implements Machine<PathEvent<Message>, VirtualEffect> {
  readonly #path: HoldingPath<Message>;

  constructor(path: HoldingPath<Message>) {
    this.#path = path;
  }

  handle(event: PathEvent<Message>, now: Millis): readonly VirtualEffect[] {
    const effects = this.#path.handle(event, now);
    const heartbeat = heartbeatOf(event);
    if (heartbeat === undefined) return effects;
    const judged = effects.findIndex(({ kind }) => kind === "ended") + 1;
    return [...effects.slice(0, judged), { kind: "answered", ...heartbeat }, ...effects.slice(judged)];
  }

  nextDeadline(): Millis | undefined {
    return this.#path.nextDeadline();
  }

  expire(now: Millis): readonly VirtualEffect[] {
    return this.#path.expire(now);
  }
}

function heartbeatOf(event: PathEvent<Message>): HeartbeatAnswer | undefined {
  if (event.kind !== "segment" || event.segment.kind !== "data") return undefined;
  const { payload } = event.segment;
  return payload.kind === "answer" ? payload.heartbeat : undefined;
}
