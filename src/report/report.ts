import type { OpenRow, TraceRow } from "../heartbeat/trace.ts";
import type { SizeResult } from "../sizing/size-result.ts";
import type { LiveState } from "./live-state.ts";

/** What a report tells, all of it handed in. */
export interface Report {
  /** The program's version. */
  readonly version: string;
  readonly size?: SizeReport;
  readonly live?: LiveState;
}

/** What `size` found, and how a typical device fares. */
export interface SizeReport {
  readonly result: SizeResult;
  readonly ladders: Ladders;
}

/** The course of one device under several time-outs of the firewall, or why there is none to show. */
export type Ladders =
  | {
      readonly kind: "ladders";
      readonly device: string;
      readonly carrier: LadderCarrier;
      readonly runs: readonly Ladder[];
    }
  | { readonly kind: "none"; readonly reason: string };

/** The carrier in front of the firewall. */
export interface LadderCarrier {
  readonly name: string;
  /** `null` for none that forgets. */
  readonly idleTimeoutSeconds: number | null;
}

/** One course: what the device asked from the start on, and what became of it. */
export interface Ladder {
  /** Whose value it is. */
  readonly title: string;
  /** Of the firewall, in s. */
  readonly idleTimeoutSeconds: number;
  readonly durationSeconds: number;
  readonly rows: readonly TraceRow[];
  /** What still waits at the end. */
  readonly open: readonly OpenRow[];
}
