import type { Millis } from "../core/machine.ts";
import { UsageError } from "../errors.ts";
import { type Ending, type Endings, PLAIN_ENDINGS, SILENT } from "../path/condition.ts";
import type { Profile } from "../path/hop.ts";
import { endingsOf, RESPOND_STATUSES } from "./conditions/endings.ts";
import { SHORTEST_IDLE_TIMEOUT_MS } from "./conditions/idle-timeout.ts";
import { LONGEST_DURATION_MS, formatDuration } from "./durations.ts";
import { anyOf, quoted, suggestion } from "./words.ts";

/** What a path of one hop needs. */
export interface OneHopSettings {
  /** 1 s to 30 days, in ms. */
  readonly idleTimeoutMs: Millis;
  /** Nobody is told when left out. */
  readonly atExpiry?: Endings;
}

const WORDS = [...PLAIN_ENDINGS, ...RESPOND_STATUSES.map((status) => `respond:${status}`)];
const LEGS = ["toDevice", "toServer"] as const;
const EXPECTED = `expected ${anyOf(WORDS)}, or both legs as toDevice=drop,toServer=reset`;

/**
 * Makes the path of one hop with an idle time-out, without a file: a firewall, or a reverse proxy where it responds.
 * @throws UsageError E_DURATION_INVALID the time-out is out of range
 */
export function oneHopProfile({ idleTimeoutMs, atExpiry = SILENT }: OneHopSettings): Profile {
  const length = formatDuration(idleTimeoutMs);
  if (!(idleTimeoutMs >= SHORTEST_IDLE_TIMEOUT_MS && idleTimeoutMs <= LONGEST_DURATION_MS))
    throw new UsageError("E_DURATION_INVALID", `found an idle time-out of ${length}, expected 1s to 30d`);
  const kind = typeof atExpiry.toDevice === "string" ? "firewall" : "reverse-proxy";
  return {
    name: "one-hop",
    title: `One ${kind} that forgets after ${length}`,
    source: "the command line",
    hops: [
      { name: kind, kind, conditions: [{ type: "idle-timeout", idleTimeoutMs, atExpiry, refreshedBy: "either" }] },
    ],
  };
}

/**
 * Reads how a flow ends as the command line writes it: `drop`, `respond:504`, `toDevice=drop,toServer=reset`.
 * One word means both legs; `respond` resets the server's.
 * @throws UsageError E_USAGE what was found and what was expected
 */
export function parseAtExpiry(text: string): Endings {
  if (!text.includes("=")) return endingsOf(parseEnding(text, text));
  const legs = new Map(text.split(",").map((part) => legOf(part, text)));
  const toDevice = legs.get("toDevice");
  const toServer = legs.get("toServer");
  if (toDevice === undefined || toServer === undefined || text.split(",").length > LEGS.length)
    throw refusal(text, `expected each leg once, as toDevice=drop,toServer=reset`);
  if (typeof toServer !== "string") throw refusal(text, "expected respond toward the device only");
  return { toDevice, toServer };
}

function legOf(part: string, text: string): readonly [string, Ending] {
  const [leg = "", word = ""] = part.split("=", 2);
  if (!LEGS.some((name) => name === leg))
    throw refusal(text, `expected ${anyOf(LEGS)} before each =${suggestion(leg, LEGS)}`);
  return [leg, parseEnding(word, text)];
}

function parseEnding(word: string, text: string): Ending {
  const plain = PLAIN_ENDINGS.find((ending) => ending === word);
  if (plain !== undefined) return plain;
  const status = RESPOND_STATUSES.find((each) => word === `respond:${each}`);
  if (status !== undefined) return { respond: status };
  throw refusal(text, EXPECTED + suggestion(word, WORDS));
}

function refusal(text: string, expected: string): UsageError {
  return new UsageError("E_USAGE", `found the ending ${quoted(text)}, ${expected}`);
}
