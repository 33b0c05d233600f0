import { type Endings, PLAIN_ENDINGS, type PlainEnding } from "../../path/condition.ts";
import type { ConditionSettings } from "../../path/conditions/index.ts";
import { LONGEST_DURATION_MS } from "../../profile/durations.ts";
import type { Direction } from "../../path/segment.ts";
import type { StageView } from "../../path/stage-view.ts";

/** What a type of toxic may be told, by name: whole numbers, and words where it is our own. */
export type Attributes = Readonly<Record<string, number | string>>;

/** One type of toxic. */
interface ToxicKind {
  /** In the order in which they are written, each with what it is when it was never given. */
  readonly attributes: Attributes;
  /** Says what is wrong with attributes; only types of our own look. */
  check?(attributes: Attributes): string | undefined;
  /** How a connection ends when the toxic goes that has swallowed from it, or may have; `undefined` when it lives on. */
  endingWithout?(condition: StageView): PlainEnding | undefined;
  /** The conditions of the toxic's hop. */
  conditions(attributes: Attributes, direction: Direction): readonly ConditionSettings[];
}

/**
 * Every type of toxic by its name. Times are ms unless said otherwise, and what Toxiproxy would take for a negative
 * number is taken for 0. Source of the first eight: Toxiproxy 2.12, `toxics/*.go` and its README, "Toxics".
 */
export const TOXIC_TYPES = {
  latency: {
    attributes: { latency: 0, jitter: 0 },
    conditions: (attributes, direction) => {
      const jitterMs = amount(attributes, "jitter");
      const distribution = jitterMs === 0 ? "fixed" : "uniform";
      return [{ type: "latency", delayMs: amount(attributes, "latency"), jitterMs, distribution, direction }];
    },
  },
  /** `rate` is in 1000 bytes a second; 0 lets nothing pass. */
  bandwidth: {
    attributes: { rate: 0 },
    conditions: (attributes, direction) => {
      const bytesPerSecond = amount(attributes, "rate") * 1000;
      if (bytesPerSecond === 0) return [{ type: "stall", direction, afterMs: 0 }];
      return [{ type: "bandwidth", bytesPerSecond, direction, queueBytes: BANDWIDTH_QUEUE_BYTES }];
    },
  },
  slow_close: {
    attributes: { delay: 0 },
    conditions: (attributes, direction) => [{ type: "slow-close", direction, delayMs: amount(attributes, "delay") }],
  },
  /** 0 never ends it by itself. */
  timeout: {
    attributes: { timeout: 0 },
    endingWithout: ({ active }) => (active ? "close" : undefined),
    conditions: (attributes, direction) => {
      const endAfterMs = amount(attributes, "timeout");
      const atEnd = both("close");
      return [{ type: "black-hole", direction, ...(endAfterMs > 0 && { endAfterMs }), atEnd }];
    },
  },
  /** 0 is at once. */
  reset_peer: {
    attributes: { timeout: 0 },
    endingWithout: ({ dueInMs }) => (dueInMs === undefined ? undefined : "reset"),
    conditions: (attributes, direction) => {
      const afterMs = amount(attributes, "timeout");
      return [{ type: "cut-off", direction, ...(afterMs > 0 && { afterMs }), ending: both("reset") }];
    },
  },
  /** `delay` is in microseconds. A size of 0 is 1, and no variation is larger than leaves a piece its byte. */
  slicer: {
    attributes: { average_size: 0, size_variation: 0, delay: 0 },
    conditions: (attributes, direction) => {
      const sizeBytes = Math.max(1, amount(attributes, "average_size"));
      const variationBytes = Math.min(amount(attributes, "size_variation"), sizeBytes - 1);
      const pauseMs = amount(attributes, "delay") / 1000;
      return [{ type: "slice", direction, sizeBytes, variationBytes, pauseMs }];
    },
  },
  limit_data: {
    attributes: { bytes: 0 },
    conditions: (attributes, direction) => [
      { type: "limit-data", direction, limitBytes: amount(attributes, "bytes"), atLimit: both("close") },
    ],
  },
  noop: { attributes: {}, conditions: () => [] },
  /** Of our own: acts on the whole connection, whatever its stream. */
  idle_timeout: {
    attributes: { timeout: 0, action: "drop" },
    check: checkExpiry,
    conditions: (attributes) => [
      {
        type: "idle-timeout",
        idleTimeoutMs: amount(attributes, "timeout"),
        atExpiry: both(actionOf(attributes) ?? "drop"),
        refreshedBy: "either",
      },
    ],
  },
  /** Of our own: acts on the whole connection, whatever its stream. */
  lifetime: {
    attributes: { timeout: 0, action: "drop" },
    check: checkExpiry,
    conditions: (attributes) => [
      { type: "lifetime", ageMs: amount(attributes, "timeout"), atExpiry: both(actionOf(attributes) ?? "drop") },
    ],
  },
} as const satisfies Readonly<Record<string, ToxicKind>>;

/** The name of a type of toxic. */
export type ToxicType = keyof typeof TOXIC_TYPES;

/** Tells whether there is a type of that name. */
export function isToxicType(name: string): name is ToxicType {
  return Object.hasOwn(TOXIC_TYPES, name);
}

/** One view of the table for every type. */
export function toxicKind(type: ToxicType): ToxicKind {
  return TOXIC_TYPES[type];
}

/** What waits behind a limited rate before its sender has to, in bytes: as much as Toxiproxy reads at a time. */
const BANDWIDTH_QUEUE_BYTES = 32 * 1024;

function amount(attributes: Attributes, name: string): number {
  const value = attributes[name];
  return typeof value === "number" ? Math.max(0, value) : 0;
}

function actionOf({ action }: Attributes): PlainEnding | undefined {
  return PLAIN_ENDINGS.find((each) => each === action);
}

function checkExpiry(attributes: Attributes): string | undefined {
  const { timeout, action } = attributes;
  const ms = amount(attributes, "timeout");
  if (ms < 1 || ms > LONGEST_DURATION_MS) return `timeout: found ${timeout}, expected 1 to ${LONGEST_DURATION_MS} ms`;
  if (actionOf(attributes) === undefined) return `action: found ${action}, expected one of ${PLAIN_ENDINGS.join(", ")}`;
  return undefined;
}

function both(ending: PlainEnding): Endings {
  return { toDevice: ending, toServer: ending };
}
