import { UsageError } from "../errors.ts";
import { quoted } from "../profile/words.ts";
import { durationFrom } from "./duration-option.ts";

/** The most time-outs that a grid may have: beyond them nobody reads the table. */
const MOST_POINTS = 200;

/** Steps in which people set time-outs, in s; the first that makes few enough points is taken. */
const STEPS_SECONDS = [1, 5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600] as const;

/** So many points a range has at most when no step is told. */
const USUAL_POINTS = 13;

/** Time-outs that are tried beside those that the grid names, in s. */
export interface Notable {
  /** Added where they lie in a range. */
  readonly within: readonly number[];
  /** Always added. */
  readonly always: readonly number[];
}

/**
 * Reads the time-outs to try, in s and in order: `5m..60m`, `5m..60m/5m`, or `10m,15m,30m`.
 * @throws UsageError E_USAGE or E_DURATION_INVALID
 */
export function gridFrom(text: string, { within, always }: Notable): readonly number[] {
  const range = /^(.+?)\.\.(.+?)(?:\/(.+))?$/u.exec(text);
  if (range === null) return inOrder([...text.split(",").map((part) => secondsFrom(part.trim())), ...always]);
  const [, fromText = "", toText = "", stepText] = range;
  const [from, to] = [secondsFrom(fromText), secondsFrom(toText)];
  if (from > to) throw new UsageError("E_USAGE", `--firewall: found ${quoted(text)}, expected the shorter one first`);
  const step = stepText === undefined ? usualStep(from, to) : secondsFrom(stepText);
  const points = Math.floor((to - from) / step) + 1;
  if (points > MOST_POINTS)
    throw new UsageError(
      "E_USAGE",
      `--firewall: found ${points} time-outs in ${quoted(text)}, expected ${MOST_POINTS} at most`,
    );
  const steps = Array.from({ length: points }, (_, index) => from + index * step);
  return inOrder([...steps, to, ...within.filter((each) => each > from && each < to), ...always]);
}

function usualStep(from: number, to: number): number {
  return (
    STEPS_SECONDS.find((step) => (to - from) / step < USUAL_POINTS) ??
    3600 * Math.ceil((to - from) / USUAL_POINTS / 3600)
  );
}

function secondsFrom(text: string): number {
  return timeoutFrom("firewall", text);
}

/**
 * Reads a time-out that an option was given, in s.
 * @throws UsageError E_USAGE or E_DURATION_INVALID
 */
export function timeoutFrom(option: string, text: string): number {
  const seconds = durationFrom(option, text) / 1000;
  if (seconds >= 1) return seconds;
  throw new UsageError("E_USAGE", `--${option}: found ${quoted(text)}, expected 1s at least`);
}

function inOrder(seconds: readonly number[]): readonly number[] {
  return [...new Set(seconds)].sort((left, right) => left - right);
}
