import type { Millis } from "../core/machine.ts";

/**
 * How a request in a log ended: `early` came before its interval was over and the log does not say why; `failed` is a
 * connection that was gone, `refused` an HTTP error or a Status against the request, `replaced` a request that the same
 * device's next one ended.
 */
export const LOGGED_ENDINGS = ["held", "changes", "early", "failed", "refused", "replaced", "unknown"] as const;

/** One of those above. */
export type LoggedEnding = (typeof LOGGED_ENDINGS)[number];

/** What a line of a log says of one request. */
export interface LogEntry {
  readonly kind: "entry";
  /** When the request had ended, in ms since 1970, UTC. */
  readonly at: Millis;
  /** A number that stands for the device and its user: their names are kept nowhere. */
  readonly device: number;
  /** What the device calls its kind; "" when it does not say. */
  readonly deviceType: string;
  readonly command: string;
  /** What a Ping or Sync asked the server to wait, where the line says so. */
  readonly intervalSeconds: number | undefined;
  readonly ending: LoggedEnding;
  /** How long it waited, in ms, where the line says so. */
  readonly waitedMs: Millis | undefined;
  /** Messages that a Sync brought, where the line says so; those of a first Sync are not counted. */
  readonly messages: number | undefined;
}

/** What is not an entry: a line of something else, or one that can't be read. */
export type LogReading =
  | LogEntry
  | { readonly kind: "other" }
  /** Handed on to another server, whose log has the interval. */
  | { readonly kind: "handedOn" }
  | { readonly kind: "broken"; readonly reason: string };

/** A line of something else. */
export const OTHER_LINE: LogReading = { kind: "other" };

/** An interval that a device can ask: 1 s to a day; `undefined` for any other number. */
export function loggedInterval(seconds: number | undefined): number | undefined {
  return Number.isInteger(seconds) && seconds !== undefined && seconds >= 1 && seconds <= 86_400 ? seconds : undefined;
}

/**
 * A number below 2^53 that stands for two names, whatever the case of their letters: two sums as of FNV-1a, mixed so that
 * every bit of it hangs on all letters (the finish of MurmurHash3): who takes a share of the devices goes by it.
 */
export function nameHash(name: string, other: string): number {
  let [low, high] = [0x811c9dc5, 0x9dc5811c];
  for (const each of [name, other]) {
    for (let index = 0; index < each.length; index += 1) {
      const code = each.charCodeAt(index) | 0x20;
      low = Math.imul(low ^ code, 0x01000193);
      high = Math.imul(high ^ code, 0x85ebca6b);
    }
    low = Math.imul(low ^ 0x100, 0x01000193);
    high = Math.imul(high ^ 0x100, 0x85ebca6b);
  }
  return (mixed(high) >>> 11) * 2 ** 32 + mixed(low);
}

function mixed(sum: number): number {
  let bits = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
