import type { Machine, Millis } from "../../core/machine.ts";
import type { PathEvent } from "../../path/path-effect.ts";
import { DIRECTIONS } from "../../path/segment.ts";
import type { Heard } from "./enforcer.ts";

/** What a keepalive watch is made of. */
export interface KeepaliveWatchOptions<Payload, Effect> {
  /** The path, which learns of keepalives. */
  readonly path: Machine<PathEvent<Payload>, Effect>;
  /** Whether a condition that keepalives refresh is due at this instant. */
  keepaliveDue(now: Millis): boolean;
  /** Asks the kernel when the ends were heard last. */
  heard(): Promise<Heard>;
  /** Emulated ms in a real one. */
  readonly timeScale: number;
  /** Asks for `expire` to be called when it is due: the kernel has answered. */
  wake(): void;
}

/**
 * A path whose conditions may be refreshed by packets that user space never sees: before one of them is judged, the
 * kernel is asked. What happens meanwhile waits for its answer and is then handled as of its own instant.
 *
 * States: watching -> asking (a deadline is due) -> answered (due at once) -> watching.
 */
export class KeepaliveWatch<Payload, Effect> implements Machine<PathEvent<Payload>, Effect> {
  readonly #options: KeepaliveWatchOptions<Payload, Effect>;
  readonly #kept: (readonly [at: Millis, event: PathEvent<Payload>])[] = [];
  #asking = false;
  #answer: Heard | undefined;

  constructor(options: KeepaliveWatchOptions<Payload, Effect>) {
    this.#options = options;
  }

  handle(event: PathEvent<Payload>, now: Millis): readonly Effect[] {
    if (!this.#asking) return this.#options.path.handle(event, now);
    this.#kept.push([now, event]);
    return [];
  }

  nextDeadline(): Millis | undefined {
    if (this.#asking && this.#answer === undefined) return undefined;
    return this.#options.path.nextDeadline();
  }

  expire(now: Millis): readonly Effect[] {
    const { path } = this.#options;
    if (this.#answer !== undefined) return this.#conclude(this.#answer, now);
    if (this.#asking || !this.#options.keepaliveDue(now)) return path.expire(now);
    this.#asking = true;
    void this.#ask();
    return [];
  }

  async #ask(): Promise<void> {
    this.#answer = await this.#options.heard();
    this.#options.wake();
  }

  #conclude(heard: Heard, now: Millis): readonly Effect[] {
    const { path, timeScale } = this.#options;
    this.#answer = undefined;
    this.#asking = false;
    const effects = DIRECTIONS.flatMap((direction) => {
      const agoMs = heard[direction];
      return agoMs === undefined ? [] : path.handle({ kind: "keepalive", direction }, now - agoMs * timeScale);
    });
    for (const [at, event] of this.#kept.splice(0)) effects.push(...path.expire(at), ...path.handle(event, at));
    return [...effects, ...path.expire(now)];
  }
}
