import type { Machine, Millis } from "../core/machine.ts";
import type { PathEffect, PathEvent } from "./path-effect.ts";
import type { Path } from "./path.ts";

/** Another hop than before holds back, or has dropped, what goes to the device; `undefined` when none does any more. */
export interface HeldEffect {
  readonly kind: "held";
  readonly hop: string | undefined;
}

/** A path that also tells which hop stands between the device and what was sent to it. */
export class HoldingPath<Payload> implements Machine<PathEvent<Payload>, PathEffect<Payload> | HeldEffect> {
  readonly #path: Path<Payload>;
  #hop: string | undefined;

  constructor(path: Path<Payload>) {
    this.#path = path;
  }

  handle(event: PathEvent<Payload>, now: Millis): readonly (PathEffect<Payload> | HeldEffect)[] {
    return this.#withHolder(this.#path.handle(event, now));
  }

  nextDeadline(): Millis | undefined {
    return this.#path.nextDeadline();
  }

  expire(now: Millis): readonly (PathEffect<Payload> | HeldEffect)[] {
    return this.#withHolder(this.#path.expire(now));
  }

  #withHolder(effects: readonly PathEffect<Payload>[]): readonly (PathEffect<Payload> | HeldEffect)[] {
    const hop = this.#path.holder("toDevice");
    if (hop === this.#hop) return effects;
    this.#hop = hop;
    return [...effects, { kind: "held", hop }];
  }
}
