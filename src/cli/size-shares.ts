import { UsageError } from "../errors.ts";
import { quoted } from "../profile/words.ts";

/** A word with the share it has; shares sum to 1. */
export interface Shared {
  readonly word: string;
  readonly share: number;
}

/**
 * Reads words with shares: `a`, `a,b` (alike), `a=60%,b=40%` (of 100 %, as near as digits allow), `a=3,b=1` (parts). All
 * have a share of the same kind, or none has.
 * @throws UsageError E_USAGE
 */
export function sharesFrom(option: string, text: string): readonly Shared[] {
  const parts = text.split(",").map((part) => part.trim());
  const read = parts.map((part) => readPart(option, part));
  const kinds = new Set(read.map(({ kind }) => kind));
  if (kinds.size > 1) throw usage(option, text, "a percentage for each, a part for each or none, as in a=60%,b=40%");
  const twice = read.find(({ word }, index) => read.findIndex((each) => each.word === word) !== index);
  if (twice !== undefined) throw usage(option, text, `${twice.word} once`);
  const sum = read.reduce((total, { weight }) => total + weight, 0);
  if (kinds.has("percent") && Math.abs(sum - 100) > ROUNDED_PERCENT * read.length)
    throw usage(option, text, `percentages that sum to 100%, not to ${Number(sum.toPrecision(6))}%`);
  return read.map(({ word, weight }) => ({ word, share: weight / sum }));
}

/** What each percentage may be off by for having been rounded, as in 33%,33%,33%. */
const ROUNDED_PERCENT = 0.5;

/** A word with what is said of its share: nothing, a percentage, or parts. */
interface Part {
  readonly word: string;
  readonly weight: number;
  readonly kind: "none" | "percent" | "parts";
}

function readPart(option: string, part: string): Part {
  const [, word, , weight, percent] = /^([^=]+)(=(-?\d+(?:\.\d+)?)(%?))?$/u.exec(part) ?? [];
  if (word === undefined) throw usage(option, part, "a word, or a word with its share as in a=60%");
  if (weight === undefined) return { word, weight: 1, kind: "none" };
  if (Number(weight) > 0) return { word, weight: Number(weight), kind: percent === "%" ? "percent" : "parts" };
  throw usage(option, part, "a share above 0");
}

function usage(option: string, found: string, expected: string): UsageError {
  return new UsageError("E_USAGE", `--${option}: found ${quoted(found)}, expected ${expected}`);
}
