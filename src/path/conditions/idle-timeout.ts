import type { Millis } from "../../core/machine.ts";
import { Closing } from "../closing.ts";
import { PASS, type Condition, type ConditionKind, type Endings, type Verdict } from "../condition.ts";
import type { Direction, Segment } from "../segment.ts";

// States: waiting (expires at an instant that payload moves on), over (never expires).
// waiting -> over: it expires; an RST passes; a FIN has passed in both directions.

/** A middlebox that forgets a flow after a silence. */
export interface IdleTimeoutSettings {
  readonly type: "idle-timeout";
  /** Longest silence tolerated, in ms; silence of exactly this long has expired. 1 s to 30 days. */
  readonly idleTimeoutMs: Millis;
  /**
   * The time-out of a flow through which one FIN has passed, in ms, counted from that FIN; absent for the same as before.
   * 1 s to 30 days. Linux: 2 min (`nf_conntrack_tcp_timeout_fin_wait`) or 1 min (`_close_wait`) in place of 5 days
   * (Documentation/networking/nf_conntrack-sysctl.rst).
   */
  readonly halfClosedTimeoutMs?: Millis;
  readonly atExpiry: Endings;
  /** Whose payload restarts the timer. */
  readonly refreshedBy: "either" | Direction;
  /**
   * Whether packets without payload, TCP keepalive probes among them, restart the timer too. No path in user space
   * sees them; one that the kernel helps to enforce does, and obeys it.
   */
  readonly refreshedByKeepalive?: boolean;
}

/**
 * The idle time-out: ends a flow after a silence, counted from the flow's start or its latest payload.
 * FIN and RST are no activity, but the first FIN begins the time-out of half-closed flows where there is one.
 * An RST, or a FIN each way, ends the flow for this hop before it can expire.
 */
export const idleTimeout: ConditionKind<IdleTimeoutSettings> = {
  delays: false,
  prepare: (settings) => (flow) => new IdleTimeout(settings, flow.createdAt),
};

class IdleTimeout implements Condition {
  readonly #settings: IdleTimeoutSettings;
  /** Made at the first FIN or RST: tens of thousands of flows wait for theirs. */
  #closing: Closing | undefined;
  #timeoutMs: Millis;
  #expiresAt: Millis | undefined;
  readonly onKeepalive: Condition["onKeepalive"];

  constructor(settings: IdleTimeoutSettings, createdAt: Millis) {
    this.#settings = settings;
    this.#timeoutMs = settings.idleTimeoutMs;
    this.#expiresAt = createdAt + settings.idleTimeoutMs;
    this.onKeepalive =
      settings.refreshedByKeepalive === true ? (direction, at) => this.#refresh(direction, at) : undefined;
  }

  /** A segment at the very instant of expiry comes too late, whatever the order of calls. */
  onSegment(segment: Segment, now: Millis): Verdict {
    if (this.#expiresAt === undefined) return PASS;
    if (now >= this.#expiresAt) return this.#expire();
    if (segment.kind !== "data") this.#noteClosing(segment, now);
    else if (this.#isActivity(segment.direction)) this.#expiresAt = now + this.#timeoutMs;
    return PASS;
  }

  nextDeadline(): Millis | undefined {
    return this.#expiresAt;
  }

  onDeadline(now: Millis): Verdict {
    return this.#expiresAt === undefined || now < this.#expiresAt ? PASS : this.#expire();
  }

  #refresh(direction: Direction, at: Millis): void {
    if (this.#expiresAt === undefined || at >= this.#expiresAt || !this.#isActivity(direction)) return;
    this.#expiresAt = Math.max(this.#expiresAt, at + this.#timeoutMs);
  }

  #isActivity(direction: Direction): boolean {
    const { refreshedBy } = this.#settings;
    return refreshedBy === "either" || refreshedBy === direction;
  }

  #noteClosing(segment: Segment, now: Millis): void {
    const { halfClosedTimeoutMs } = this.#settings;
    const closing = (this.#closing ??= new Closing());
    const begins = halfClosedTimeoutMs !== undefined && !closing.halfClosed;
    closing.note(segment);
    if (closing.over) this.#expiresAt = undefined;
    else if (begins) {
      this.#timeoutMs = halfClosedTimeoutMs;
      this.#expiresAt = now + halfClosedTimeoutMs;
    }
  }

  #expire(): Verdict {
    this.#expiresAt = undefined;
    return { kind: "end", endings: this.#settings.atExpiry };
  }
}
