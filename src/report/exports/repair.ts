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

/**
 * The lines that set the product's time-out, below what they are for; as comments where they would shorten what the hop
 * has and no other purpose is told, so that pasting them breaks nothing. Refuses a value that the setting does not take.
 */
export function repaired(
  setting: Setting,
  hop: ExportedHop,
  idleTimeoutMs: number,
  purpose?: readonly string[],
): Exported {
  const { comment, unitMs, least, most, name, lines } = setting;
  const units = idleTimeoutMs / unitMs;
  const unit = unitMs === 60_000 ? "min" : "s";
  if (!Number.isInteger(units) || units < least || units > most)
    return refusal(
      `found ${units} ${unit} for hop ${hop.hop}, expected whole ones from ${least} to ${most} ${unit}: ${name} takes no other`,
    );
  const head = (purpose ?? usualPurpose(hop, idleTimeoutMs)).map((line) => `${comment} ${line}`);
  const shortens = purpose === undefined && hop.idleTimeoutMs > idleTimeoutMs;
  return text([...head, ...(shortens ? commentedOut(lines(units), comment) : lines(units))]);
}

function commentedOut(lines: readonly string[], comment: string): readonly string[] {
  return lines.map((line) => (line.startsWith(comment) ? line : `${comment} ${line}`));
}

function usualPurpose({ profile, hop, idleTimeoutMs: present }: ExportedHop, wantedMs: number): readonly string[] {
  const wanted = minutes(wantedMs / 1000);
  const waits = `hop ${hop} of the profile ${profile} waits ${minutes(present / 1000)}`;
  const advice =
    wantedMs === RECOMMENDED_IDLE_TIMEOUT_MS ? "Understanding Direct Push: 15 to 30 min" : "chosen with --idle-timeout";
  return [`Idle time-out of ${wanted} for Direct Push (${advice}).`, ...standing(present, wantedMs, waits)];
}

function standing(presentMs: number, wantedMs: number, waits: string): readonly string[] {
  if (presentMs < wantedMs) return [`In place of less: ${waits}.`];
  if (presentMs === wantedMs) return [`Needed only where yours is shorter: ${waits} already.`];
  return [
    `Nothing to set: ${waits} already.`,
    "These lines would shorten that, so they are comments. Take them only where yours is shorter:",
  ];
}
