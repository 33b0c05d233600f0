import type { Millis } from "../core/machine.ts";
import { UsageError } from "../errors.ts";
import { quoted } from "./words.ts";

/** Longest duration anyone may write: 30 days, in ms; beyond it a slip of the unit is likelier than an intention. */
export const LONGEST_DURATION_MS: Millis = 30 * 86_400_000;

/** What a written duration turned out to be. */
export type DurationReading =
  | { readonly kind: "duration"; readonly ms: Millis }
  | { readonly kind: "fault"; readonly message: string };

/** From large to small, as they stand in a duration. */
const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
] as const satisfies readonly (readonly [string, Millis])[];

const PARTS = /^(?:\d+(?:ms|[dhms]))+$/u;
const IN_ORDER = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/u;
const EXPECTED = "expected a duration with a unit, such as 13m, 350s or 1h30m (units: d, h, m, s, ms)";

/**
 * Reads a duration of one or more whole numbers with units, largest unit first: `13m`, `1h30m`, `250ms`.
 * Over 0 and up to 30 days; a bare number is refused, because nobody can tell seconds from minutes in it.
 */
export function readDuration(text: string): DurationReading {
  if (!PARTS.test(text)) return fault(text, shapeFault(text));
  const counts = IN_ORDER.exec(text)?.slice(1);
  if (counts === undefined) return fault(text, "expected every unit once, the largest first, such as 1h30m");
  const ms = UNITS.reduce((sum, [, size], index) => sum + Number(counts[index] ?? 0) * size, 0);
  if (ms === 0) return fault(text, "expected more than zero");
  return ms > LONGEST_DURATION_MS ? fault(text, "expected 30d at most") : { kind: "duration", ms };
}

/**
 * Reads a duration that a person wrote, in ms.
 * @throws UsageError E_DURATION_INVALID what was found and what was expected
 */
export function parseDuration(text: string): Millis {
  const reading = readDuration(text);
  if (reading.kind === "fault") throw new UsageError("E_DURATION_INVALID", reading.message);
  return reading.ms;
}

/** Writes a duration with each unit once and no zeros, `7m20s`; rounds to whole ms; 0 is `0s`. */
export function formatDuration(ms: Millis): string {
  let rest = Math.round(Math.abs(ms));
  if (rest === 0) return "0s";
  const sign = ms < 0 ? "-" : "";
  const parts = UNITS.map(([name, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? "" : `${count}${name}`;
  });
  return sign + parts.join("");
}

function shapeFault(text: string): string {
  if (/^[+-]?\d+(?:\.\d+)?$/u.test(text)) return `a number without a unit; ${EXPECTED}`;
  if (text.startsWith("-")) return `a negative duration; ${EXPECTED}`;
  const unit = /^[\d.]+\s*([^\d.\s]+)/u.exec(text)?.[1];
  if (unit !== undefined && !UNITS.some(([name]) => name === unit))
    return `the unknown unit ${quoted(unit)}; ${EXPECTED}`;
  return EXPECTED;
}

function fault(text: string, message: string): DurationReading {
  return { kind: "fault", message: `found ${quoted(text)}, ${message}` };
}
