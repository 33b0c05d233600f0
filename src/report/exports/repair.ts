import { minutes } from "../ladder.ts";
import { type Exported, type ExportedHop, refusal, text } from "./subject.ts";

/**
 * The idle time-out that Microsoft advises at the most, in ms: 30 min.
 * Sources: Understanding Direct Push (15 to 30 minutes); KB 905013 (15 minutes at least); TechNet cc182255 (1800 s on
 * port 443).
 */
export const RECOMMENDED_IDLE_TIMEOUT_MS = 1_800_000;

/** What a product's setting takes. */
export interface Setting {
  /** What begins a comment. */
  readonly comment: string;
  /** The step in which it counts, in ms: a second or a minute. */
  readonly unitMs: number;
  /** In units. */
  readonly least: number;
  readonly most: number;
  /** Product and setting, for refusals. */
  readonly name: string;
  /** The lines that set it, from the value in units. */
  readonly lines: (units: number) => readonly string[];
}

/** The lines that set the product's time-out, below what they are for; refuses a value that the setting does not take. */
export function repaired(setting: Setting, hop: ExportedHop, idleTimeoutMs: number): Exported {
  const { comment, unitMs, least, most, name, lines } = setting;
  const units = idleTimeoutMs / unitMs;
  const unit = unitMs === 60_000 ? "min" : "s";
  if (!Number.isInteger(units) || units < least || units > most)
    return refusal(
      `found ${units} ${unit} for hop ${hop.hop}, expected whole ones from ${least} to ${most} ${unit}: ${name} takes no other`,
    );
  return text([...purpose(hop, idleTimeoutMs).map((line) => `${comment} ${line}`), ...lines(units)]);
}

function purpose({ profile, hop, idleTimeoutMs: present }: ExportedHop, wantedMs: number): readonly string[] {
  const wanted = minutes(wantedMs / 1000);
  const waits = `hop ${hop} of the profile ${profile} waits ${minutes(present / 1000)}`;
  const advice =
    wantedMs === RECOMMENDED_IDLE_TIMEOUT_MS ? "Understanding Direct Push: 15 to 30 min" : "chosen with --idle-timeout";
  return [
    `Idle time-out of ${wanted} for Direct Push (${advice}).`,
    present < wantedMs ? `In place of less: ${waits}.` : `Needed only where yours is shorter: ${waits} already.`,
  ];
}
