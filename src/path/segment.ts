/** Which way a segment travels. */
export type Direction = "toServer" | "toDevice";

/** Both directions, in the order in which ties are broken. */
export const DIRECTIONS = ["toServer", "toDevice"] as const satisfies readonly Direction[];

/** Who stands at an end of the path. */
export type End = "device" | "server";

/** Bytes of one TCP flow, as a hop sees them; `Payload` is whatever the caller wants to find again on the far side. */
export interface DataSegment<Payload = unknown> {
  readonly kind: "data";
  readonly direction: Direction;
  /** Payload bytes on the wire, at least 1. */
  readonly sizeBytes: number;
  readonly payload: Payload;
}

/** The orderly end of one direction. */
export interface FinSegment {
  readonly kind: "fin";
  readonly direction: Direction;
}

/** The abrupt end of a flow, told to the end it travels to. */
export interface RstSegment {
  readonly kind: "rst";
  readonly direction: Direction;
}

/** What a hop sees of a flow. */
export type Segment<Payload = unknown> = DataSegment<Payload> | FinSegment | RstSegment;

/** The end that a segment of this direction travels to. */
export function farEnd(direction: Direction): End {
  return direction === "toServer" ? "server" : "device";
}

/** The end that a segment of this direction comes from. */
export function nearEnd(direction: Direction): End {
  return direction === "toServer" ? "device" : "server";
}

/** The other direction. */
export function opposite(direction: Direction): Direction {
  return direction === "toServer" ? "toDevice" : "toServer";
}

/** Gives a payload's first bytes and the rest. */
export type Cut<Payload> = (payload: Payload, atBytes: number) => readonly [Payload, Payload];

/** Makes two segments of one, which must be data of more than `atBytes`. */
export function splitSegment<Payload>(
  segment: Segment<Payload>,
  atBytes: number,
  cut: Cut<Payload>,
): readonly [Segment<Payload>, Segment<Payload>] {
  if (segment.kind !== "data" || !(atBytes > 0 && atBytes < segment.sizeBytes)) {
    const size = segment.kind === "data" ? `${segment.sizeBytes} bytes` : segment.kind;
    throw new Error(`found a split of ${size} at ${atBytes}: expected one within data`);
  }
  const [first, rest] = cut(segment.payload, atBytes);
  return [
    { ...segment, payload: first, sizeBytes: atBytes },
    { ...segment, payload: rest, sizeBytes: segment.sizeBytes - atBytes },
  ];
}

/** An RST, by the way it travels. */
export const RST = {
  toServer: { kind: "rst", direction: "toServer" },
  toDevice: { kind: "rst", direction: "toDevice" },
} as const satisfies Readonly<Record<Direction, RstSegment>>;

/** A FIN, by the way it travels. */
export const FIN = {
  toServer: { kind: "fin", direction: "toServer" },
  toDevice: { kind: "fin", direction: "toDevice" },
} as const satisfies Readonly<Record<Direction, FinSegment>>;
