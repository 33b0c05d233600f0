import type { Millis } from "../../core/machine.ts";
import { type ActsOn, actsOn } from "../acts-on.ts";
import { PASS, type Condition, type ConditionKind, type Verdict } from "../condition.ts";
import type { Direction, Segment } from "../segment.ts";

/** A line of limited bandwidth. */
export interface BandwidthSettings {
  readonly type: "bandwidth";
  /** Bytes of payload a second, for each direction of each flow. 1 byte to 10 GB. */
  readonly bytesPerSecond: number;
  readonly direction: ActsOn;
  /** Bytes that may wait in a direction before the sender has to. 1 KiB to 64 MiB. */
  readonly queueBytes: number;
}

/** Data goes on in pieces as long as this, in ms, so that bytes trickle and don't come in lumps. */
const PIECE_MS: Millis = 50;

/** Bounds of a piece, in bytes: no fewer, or a slow line costs more memory than it carries; no more than a TLS record. */
const PIECE_BYTES = { least: 16, most: 16 * 1024 };

/**
 * The bandwidth: data leaves at the rate and no faster, each piece once its last byte has gone over the line.
 * What the line is busy with adds up, so no rounding lets the rate drift. FIN and RST take no time but keep their place.
 */
export const bandwidth: ConditionKind<BandwidthSettings> = {
  delays: true,
  prepare: (settings) => () => new Bandwidth(settings),
};

class Bandwidth implements Condition {
  readonly queueBytes: number;
  readonly #settings: BandwidthSettings;
  readonly #pieceBytes: number;
  readonly #busyUntil: Record<Direction, Millis> = { toServer: -Infinity, toDevice: -Infinity };

  constructor(settings: BandwidthSettings) {
    this.#settings = settings;
    this.queueBytes = settings.queueBytes;
    const wantedBytes = Math.floor((settings.bytesPerSecond * PIECE_MS) / 1000);
    this.#pieceBytes = Math.min(Math.max(wantedBytes, PIECE_BYTES.least), PIECE_BYTES.most);
  }

  onSegment(segment: Segment, now: Millis): Verdict {
    const { direction } = segment;
    if (segment.kind !== "data" || !actsOn(this.#settings.direction, direction)) return PASS;
    if (segment.sizeBytes > this.#pieceBytes) return { kind: "split", atBytes: this.#pieceBytes };
    const beginsAt = Math.max(now, this.#busyUntil[direction]);
    const until = beginsAt + (segment.sizeBytes * 1000) / this.#settings.bytesPerSecond;
    this.#busyUntil[direction] = until;
    return { kind: "delay", until };
  }

  nextDeadline(): undefined {
    return undefined;
  }

  onDeadline(): Verdict {
    return PASS;
  }
}
