import { Document, isPair, isScalar, visit } from "yaml";
import type { z } from "zod";
import type { Profile } from "../path/hop.ts";
import { type conditionSchema, writeCondition as write } from "./conditions/index.ts";
import type { ConditionSettings } from "../path/conditions/index.ts";
import type { profileSchema } from "./schema.ts";

/** A profile as its file spells it, in plain values. */
export type WrittenProfile = z.input<typeof profileSchema>;

/** A condition as a profile spells it, in plain values. */
export type WrittenCondition = z.input<typeof conditionSchema>;

/** Gives a profile as people write it; read again, it is the same profile. */
export function writeProfile({ hops, unverified, notes, ...named }: Profile): WrittenProfile {
  return {
    ...named,
    ...(unverified !== undefined && { unverified: [...unverified] }),
    ...(notes !== undefined && { notes: [...notes] }),
    hops: hops.map(({ conditions, ...hop }) => ({ ...hop, conditions: conditions.map(writeCondition) })),
  };
}

/** Gives a condition as people write it; read again, it is the same condition. */
export function writeCondition(settings: ConditionSettings): WrittenCondition {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- tests read back every kind of condition that there is
  return write(settings) as WrittenCondition;
}

/** The text of a profile's file: YAML, a condition a line. */
export function profileText(profile: Profile): string {
  return writtenText(writeProfile(profile));
}

/** The same text for plain values, whatever rules of a file they break. */
export function writtenText(written: WrittenProfile): string {
  const document = new Document(written, { aliasDuplicateObjects: false });
  visit(document, {
    Map: (_, node, ancestors) => {
      if (ancestors.some((each) => isPair(each) && isScalar(each.key) && each.key.value === "conditions"))
        node.flow = true;
    },
  });
  return document.toString({ lineWidth: 0 });
}
