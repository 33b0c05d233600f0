import type { CostConstant, CostModel } from "./size-result.ts";
import type { SliceTally } from "./tally.ts";

/** A price by a device and a day, with what it is at the low and the high end of every constant. */
export interface Price {
  readonly bytes: Ends;
  readonly joules: Ends;
}

interface Ends {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

type End = keyof Ends;

/** What a tally costs: counted exchanges, commands, handshakes and wake-ups by the constants of the model. */
export function priced(cost: CostModel, tally: SliceTally, deviceDays: number): Price {
  const bytes = (end: End): number => bytesOf(cost, tally, end) / deviceDays;
  const { value, low, high } = tally.wakeUps;
  return {
    bytes: { value: bytes("value"), low: bytes("low"), high: bytes("high") },
    joules: {
      value: (cost.wakeUp.value * value) / deviceDays,
      low: (cost.wakeUp.low * Math.min(value, low, high)) / deviceDays,
      high: (cost.wakeUp.high * Math.max(value, low, high)) / deviceDays,
    },
  };
}

/** The more handshakes are resumed, the less they cost: the low end of the bytes goes with the high end of that share. */
function bytesOf(cost: CostModel, { heartbeats, requests, connections }: SliceTally, end: End): number {
  const resumed = cost.resumedShare[OPPOSITE[end]];
  const handshake = resumed * at(cost.resumedHandshake, end) + (1 - resumed) * at(cost.fullHandshake, end);
  const commands = requests - heartbeats;
  return heartbeats * at(cost.heartbeat, end) + commands * at(cost.command, end) + connections * handshake;
}

function at(constant: CostConstant, end: End): number {
  return constant[end];
}

const OPPOSITE: Readonly<Record<End, End>> = { value: "value", low: "high", high: "low" };
