import type { Millis } from "../core/machine.ts";

/** How a flow ended for the prober: an answer, an RST, a FIN without one, or an HTTP answer that a proxy gave. */
export type FlowSeen = "answered" | "reset" | "closed" | { readonly status: number };

/** Whether it is an HTTP answer that no proxy gives for having waited too long: it says nothing of silence. */
export function isRefusal(seen: FlowSeen): boolean {
  return typeof seen === "object" && !TIMED_OUT_STATUSES.has(seen.status);
}

/** 408, 502 and 504 (RFC 9110, 15.5.9, 15.6.3, 15.6.5), and 524 of Cloudflare. */
const TIMED_OUT_STATUSES: ReadonlySet<number> = new Set([408, 502, 504, 524]);

/** What a probe concludes of a path. */
export type PathVerdict =
  /** Silence ends flows. */
  | "idle-timeout"
  /** Flows live on whatever the silence, up to the longest that was tried. */
  | "longer"
  /** Not even the shortest silence is borne. */
  | "shorter"
  /** Age ends flows, whether or not they are silent. */
  | "lifetime"
  /** The number of flows ends the oldest of them, whatever their silence. */
  | "evicts"
  /** All flows ended at an instant, whatever their age, or the server could not be asked any more: nothing follows. */
  | "outage"
  /** Too many silences were borne that are longer than some that were not. */
  | "inconsistent";

/** What a path was found to do. Times are emulated ms. */
export interface PathFinding {
  readonly verdict: PathVerdict;
  /** Longest silence that is borne, as far as most tests agree. */
  readonly aliveMs: Millis;
  /** Shortest silence that is not; absent when every one is, or none is known. */
  readonly deadMs?: Millis;
  /** The path told the instant, by RST, FIN or HTTP answer: `deadMs` is the time-out itself. */
  readonly told: boolean;
  /** Flows of equal silence fared differently inside the bracket: it is as wide as the time-out varies. */
  readonly varies: boolean;
  /** Share of the tests that agree with this bracket, from 0 to 1. */
  readonly agreement: number;
  readonly testCount: number;
  /** Silent flows that did not come about; nothing follows from them. */
  readonly failedCount: number;
  /** Why the last one of them did not, where that is known. */
  readonly failedReason?: string;
  /** Most flows that were open at a time. */
  readonly flowCount: number;
  readonly tookMs: Millis;
  /** What a flow that expired looks like from this side; absent when none did. */
  readonly device?: DeviceSide;
  /** And from the server's; absent also where the server does not tell. */
  readonly server?: ServerSide;
  /** Which side was told first that the flow is gone; absent where it is not known of both. */
  readonly cutFirst?: "device" | "server" | "together" | "nobody";
  /** Whose bytes keep a flow alive; absent where that was not tried. */
  readonly refreshedBy?: "either" | "toServer" | "toDevice" | "neither";
  /** Whether TCP keepalives do; absent where that was not tried. */
  readonly refreshedByKeepalive?: boolean;
  /** The longest silence that the server lets be asked for (Ping Status 5); absent where it took all that were asked. */
  readonly serverMaximumMs?: Millis;
}

/** What the device sees of a flow that expired. */
export interface DeviceSide {
  /** At expiry. */
  readonly atExpiry: FlowSeen | "nothing";
  /** When it sends once more; absent when that was not tried. */
  readonly onSend?: FlowSeen | "nothing";
}

/** What the server sees of a flow that expired. */
export interface ServerSide {
  readonly atExpiry: "rst" | "fin" | "nothing";
  /** When it answers after all. */
  readonly onSend: "rst" | "fin" | "nothing";
}

/** What the server's end reports of a flow: its first ending, the flow's age then, and whether it had spoken before. */
export interface ServerReport {
  readonly end?: { readonly how: "fin" | "rst"; readonly afterMs: Millis; readonly answered: boolean };
}

/**
 * The roundest duration in a bracket (above `aliveMs`, up to `deadMs`), in ms: people set whole hours and minutes.
 * A bracket within a second is taken at its end.
 */
export function roundest(aliveMs: Millis, deadMs: Millis): Millis {
  for (const unit of ROUND_MS) {
    const ms = Math.floor(deadMs / unit) * unit;
    if (ms > aliveMs && ms > 0) return ms;
  }
  return Math.round(deadMs);
}

const ROUND_MS = [3_600_000, 1_800_000, 900_000, 300_000, 60_000, 30_000, 10_000, 5000, 1000];
