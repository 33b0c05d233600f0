/**
 * Profiles and conditions as people write them. There is one rule for all conditions, so that none can be forgotten: a
 * setting keeps its name and value, but a duration (`idleTimeoutMs: 780000`) is written with its unit (`idleTimeout: 13m`),
 * one of no length is left out, and the endings of both legs become one word where one word says both.
 */
import { Document, isPair, isScalar, visit } from "yaml";
import type { z } from "zod";
import type { Endings } from "../path/condition.ts";
import type { ConditionSettings } from "../path/conditions/index.ts";
import type { Profile } from "../path/hop.ts";
import { type conditionSchema, endingsOf, PLAIN_ENDINGS } from "./conditions.ts";
import { formatDuration } from "./durations.ts";
import type { profileSchema } from "./schema.ts";

/** A profile as its file spells it, in plain values. */
export type WrittenProfile = z.input<typeof profileSchema>;

/** A condition as a profile spells it, in plain values. */
export type WrittenCondition = z.input<typeof conditionSchema>;

/** Gives a profile as people write it; read again, it is the same profile. */
export function writeProfile({ hops, ...named }: Profile): WrittenProfile {
  return {
    ...named,
    hops: hops.map(({ conditions, ...hop }) => ({ ...hop, conditions: conditions.map(writeCondition) })),
  };
}

/** Gives a condition as people write it; read again, it is the same condition. */
export function writeCondition(settings: ConditionSettings): WrittenCondition {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- tests read back every kind of condition that there is
  return writeMapping(settings) as WrittenCondition;
}

/** The text of a profile's file: YAML, a condition a line. */
export function profileText(profile: Profile): string {
  const document = new Document(writeProfile(profile));
  visit(document, {
    Map: (_, node, ancestors) => {
      if (ancestors.some((each) => isPair(each) && isScalar(each.key) && each.key.value === "conditions"))
        node.flow = true;
    },
  });
  return document.toString({ lineWidth: 0 });
}

function writeMapping(settings: object): object {
  const entries: readonly (readonly [string, unknown])[] = Object.entries(settings);
  return Object.fromEntries(entries.flatMap(([name, value]) => writeEntry(name, value)));
}

function writeEntry(name: string, value: unknown): readonly (readonly [string, unknown])[] {
  if (value === undefined) return [];
  if (typeof value !== "number" || !name.endsWith("Ms")) return [[name, writeValue(value)]];
  return value === 0 ? [] : [[name.slice(0, -"Ms".length), formatDuration(value)]];
}

function writeValue(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(writeValue);
  return isEndings(value) ? writeEndings(value) : writeMapping(value);
}

function isEndings(value: object): value is Endings {
  if (Object.keys(value).length !== 2 || !("toDevice" in value && "toServer" in value)) return false;
  return PLAIN_ENDINGS.some((ending) => ending === value.toServer);
}

function writeEndings({ toDevice, toServer }: Endings): unknown {
  return endingsOf(toDevice).toServer === toServer ? toDevice : { toDevice, toServer };
}
