import { UsageError } from "../errors.ts";
import { quoted } from "../profile/words.ts";

/** A word with the share it has; shares sum to 1. */
export interface Shared {
  readonly word: string;
  readonly share: number;
}

/**
 * Reads words with shares: `a`, `a,b` (alike), `a=60%,b=40%`, `a=3,b=1` (parts). All have a share, or none has.
 * @throws UsageError E_USAGE
 */
export function sharesFrom(option: string, text: string): readonly Shared[] {
  const parts = text.split(",").map((part) => part.trim());
  const read = parts.map((part) => readPart(option, part));
  const given = read.filter(({ weight }) => weight !== undefined).length;
  if (given !== 0 && given !== read.length)
    throw usage(option, text, "a share for each or for none, as in a=60%,b=40%");
  const twice = read.find(({ word }, index) => read.findIndex((each) => each.word === word) !== index);
  if (twice !== undefined) throw usage(option, text, `${twice.word} once`);
  const sum = read.reduce((total, { weight = 1 }) => total + weight, 0);
  return read.map(({ word, weight = 1 }) => ({ word, share: weight / sum }));
}

function readPart(option: string, part: string): { readonly word: string; readonly weight?: number } {
  const [, word, , weight] = /^([^=]+)(=(\d+(?:\.\d+)?)%?)?$/u.exec(part) ?? [];
  if (word === undefined) throw usage(option, part, "a word, or a word with its share as in a=60%");
  if (weight === undefined) return { word };
  if (Number(weight) > 0) return { word, weight: Number(weight) };
  throw usage(option, part, "a share above 0");
}

function usage(option: string, found: string, expected: string): UsageError {
  return new UsageError("E_USAGE", `--${option}: found ${quoted(found)}, expected ${expected}`);
}
