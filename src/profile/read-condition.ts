import type { ConditionSettings } from "../path/conditions/index.ts";
import { conditionSchema, writeCondition } from "./conditions/index.ts";
import type { ValueFault } from "./document.ts";
import { faultsOf, READING } from "./issues.ts";

/** What a written condition turned out to be; paths of faults begin with `condition`. */
export type ConditionReading =
  | { readonly kind: "condition"; readonly settings: ConditionSettings }
  | { readonly kind: "faults"; readonly faults: readonly ValueFault[] };

/** Reads a condition as a profile spells it. */
export function readCondition(written: unknown): ConditionReading {
  const { success, data, error } = conditionSchema.safeParse(written, READING);
  if (success) return { kind: "condition", settings: data };
  return { kind: "faults", faults: faultsOf(error.issues, ["condition"]) };
}

/** Reads a condition with some settings changed, inside mappings too; `null` takes one away. Source: RFC 7396, 2. */
export function patchCondition(
  settings: ConditionSettings,
  patch: Readonly<Record<string, unknown>>,
): ConditionReading {
  return readCondition(merged(writeCondition(settings), patch));
}

function merged(target: unknown, patch: unknown): unknown {
  if (!isMapping(patch)) return patch;
  const entries = new Map(isMapping(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) entries.delete(key);
    else entries.set(key, merged(entries.get(key), value));
  }
  return Object.fromEntries(entries);
}

function isMapping(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
