import type { Millis } from "../core/machine.ts";
import type { Segment } from "./segment.ts";

/** One direction of one condition: the segments that wait there, first come first gone. */
export class Lane<Payload> {
  readonly #waiting: Waiting<Payload>[] = [];
  #bytes = 0;
  #closed = false;

  /** Payload bytes that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  get busy(): boolean {
    return this.#waiting.length > 0;
  }

  /** Whether a segment was dropped here, so that none may follow it. */
  get closed(): boolean {
    return this.#closed;
  }

  /** When the first segment goes on; `Infinity` when none waits. */
  get releaseAt(): Millis {
    return this.#waiting[0]?.until ?? Infinity;
  }

  /** Lets a segment wait until then, but never less long than the one before it. */
  add(segment: Segment<Payload>, until: Millis): void {
    const lastUntil = this.#waiting.at(-1)?.until ?? until;
    this.#waiting.push({ segment, until: Math.max(until, lastUntil) });
    this.#bytes += bytesOf(segment);
  }

  /** Takes the first segment out. */
  take(): Segment<Payload> | undefined {
    const first = this.#waiting.shift();
    if (first === undefined) return undefined;
    this.#bytes -= bytesOf(first.segment);
    return first.segment;
  }

  /** Lets nothing wait any longer than until then. */
  hasten(now: Millis): void {
    for (const each of this.#waiting) each.until = Math.min(each.until, now);
  }

  /** Lets no segment in any more; those that wait still go on. */
  close(): void {
    this.#closed = true;
  }
}

interface Waiting<Payload> {
  readonly segment: Segment<Payload>;
  until: Millis;
}

function bytesOf(segment: Segment): number {
  return segment.kind === "data" ? segment.sizeBytes : 0;
}
