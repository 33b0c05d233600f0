import type { Millis } from "../../core/machine.ts";
import type { Random } from "../../core/random.ts";
import { type ActsOn, actsOn } from "../acts-on.ts";
import { PASS, type Condition, type ConditionKind, type Verdict } from "../condition.ts";
import { retransmissions } from "../retransmission.ts";
import type { Segment } from "../segment.ts";

/** A way on which packets get lost. */
export interface LossSettings {
  readonly type: "loss";
  /** Part of the packets that are lost, above 0, up to 1. */
  readonly rate: number;
  /** How long the sender waits before it sends again, in ms, doubled each time. 1 ms to 120 s. */
  readonly rtoMs: Millis;
  readonly direction: ActsOn;
}

/** Payload of a full packet, in bytes: an Ethernet frame's 1500 less 20 each for IPv4 and TCP (RFC 9293, 3.7.1). */
const PACKET_BYTES = 1460;

/**
 * Loss, as TCP shows it: bytes never go missing, they come late. A segment of which a packet is lost arrives with the
 * first retransmission that isn't lost, and all that is behind it waits; when TCP would have given up, the direction
 * is dropped. An RST is not held up: whoever sent it repeats it for every later segment.
 */
export const loss: ConditionKind<LossSettings> = {
  delays: true,
  prepare: (settings) => {
    const offsets = retransmissions(settings.rtoMs);
    return (flow) => new Loss(settings, offsets, flow.random);
  },
};

class Loss implements Condition {
  readonly #settings: LossSettings;
  readonly #offsets: readonly Millis[];
  readonly #random: Random;

  constructor(settings: LossSettings, offsets: readonly Millis[], random: Random) {
    this.#settings = settings;
    this.#offsets = offsets;
    this.#random = random;
  }

  onSegment(segment: Segment, now: Millis): Verdict {
    if (segment.kind === "rst" || !actsOn(this.#settings.direction, segment.direction)) return PASS;
    const packets = segment.kind === "data" ? Math.ceil(segment.sizeBytes / PACKET_BYTES) : 1;
    if (!this.#loses(packets)) return PASS;
    const offset = this.#offsets.find(() => !this.#loses(1));
    return offset === undefined ? { kind: "drop" } : { kind: "delay", until: now + offset };
  }

  nextDeadline(): undefined {
    return undefined;
  }

  onDeadline(): Verdict {
    return PASS;
  }

  /** Whether any of so many packets gets lost: one draw for all of them. */
  #loses(packets: number): boolean {
    return this.#random.next() >= (1 - this.#settings.rate) ** packets;
  }
}
