import { anyOf, quoted, suggestion } from "./words.ts";

/** What a written quantity turned out to be. */
export type QuantityReading =
  | { readonly kind: "quantity"; readonly value: number }
  | { readonly kind: "fault"; readonly message: string };

/** A kind of quantity that people write as a number with a unit. */
export interface QuantityKind {
  /** As a sentence calls one: `a rate`. */
  readonly called: string;
  readonly example: string;
  /** How much each unit is of what the program counts in; a quantity is written in the first that makes it whole. */
  readonly units: Readonly<Record<string, number>>;
  /** The unit that is what the program counts in. */
  readonly base: string;
  readonly least: number;
  readonly most: number;
}

/** Bytes a second. kB are 1000 bytes and 8 kbit are one kB, as networks count. */
export const RATE: QuantityKind = {
  called: "a rate",
  example: "50kB/s",
  units: {
    "GB/s": 1e9,
    "MB/s": 1e6,
    "kB/s": 1000,
    "B/s": 1,
    "Gbit/s": 125e6,
    "Mbit/s": 125_000,
    "kbit/s": 125,
    "bit/s": 0.125,
  },
  base: "B/s",
  least: 1,
  most: 10e9,
};

/** Bytes. KiB are 1024 bytes, kB are 1000. */
export const SIZE: QuantityKind = {
  called: "a size",
  example: "64KiB",
  units: { MiB: 1024 * 1024, KiB: 1024, MB: 1e6, kB: 1000, B: 1 },
  base: "B",
  least: 1024,
  most: 64 * 1024 * 1024,
};

/** Reads a number with a unit, such as `1.5Mbit/s`; a bare number is refused, because nobody can tell bits from bytes in it. */
export function readQuantity(kind: QuantityKind, text: string): QuantityReading {
  const [, digits = "", unit = ""] = WRITTEN.exec(text) ?? [];
  const size = Object.hasOwn(kind.units, unit) ? kind.units[unit] : undefined;
  if (size === undefined) return fault(text, shapeFault(kind, text, unit));
  const value = Number(digits) * size;
  if (value < kind.least) return fault(text, `expected ${formatQuantity(kind, kind.least)} at least`);
  if (value > kind.most) return fault(text, `expected ${formatQuantity(kind, kind.most)} at most`);
  return { kind: "quantity", value };
}

/** Writes a quantity in the largest unit that needs no fraction. */
export function formatQuantity(kind: QuantityKind, value: number): string {
  for (const [unit, size] of Object.entries(kind.units)) {
    if (value % size === 0) return `${value / size}${unit}`;
  }
  return `${value}${kind.base}`;
}

const WRITTEN = /^(\d+(?:\.\d+)?)([a-z/]+)$/iu;

function shapeFault(kind: QuantityKind, text: string, unit: string): string {
  const units = Object.keys(kind.units);
  const expected = `expected ${kind.called} with a unit, such as ${kind.example} (units: ${anyOf(units)})`;
  if (/^[+-]?\d+(?:\.\d+)?$/u.test(text)) return `a number without a unit; ${expected}`;
  return unit === "" ? expected : `the unknown unit ${quoted(unit)}; ${expected}${suggestion(unit, units)}`;
}

function fault(text: string, message: string): QuantityReading {
  return { kind: "fault", message: `found ${quoted(text)}, ${message}` };
}
