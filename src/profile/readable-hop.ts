import type { ConditionSettings } from "../path/conditions/index.ts";
import type { Hop } from "../path/hop.ts";
import { endings } from "./conditions/endings.ts";
import { conditionSchema } from "./conditions/index.ts";
import { NARROWING } from "./conditions/narrowing.ts";
import { listOf, memberOf, membersOf } from "./member.ts";
import { hopSchema } from "./schema.ts";

/**
 * A hop as far as it can be read, so that it can be judged beside others: what is at fault in it gives its place to a
 * stand-in that has no fault.
 */
export function readableHop(hop: unknown, index: number): Hop {
  const { data: name = `(${index})` } = hopSchema.shape.name.safeParse(memberOf(hop, "name"));
  const { data: kind } = hopSchema.shape.kind.safeParse(memberOf(hop, "kind"));
  const conditions = listOf(memberOf(hop, "conditions")).map(readableCondition);
  /** Who may respond can't be said of a hop whose kind nobody knows. */
  if (kind === undefined) return { name, kind: "network", conditions: conditions.map(onlyNamed) };
  return { name, kind, conditions };
}

/** Of a condition that can't be read, its name and its endings are what other hops have a say in. */
function readableCondition(condition: unknown): ConditionSettings {
  const { success, data } = conditionSchema.safeParse(condition);
  if (success) return data;
  const responding = membersOf(condition).flatMap(([key, value]) => {
    const { data: read } = endings.safeParse(value);
    return read === undefined ? [] : [[key, read] as const];
  });
  const { data: name } = NARROWING.name.safeParse(memberOf(condition, "name"));
  return { ...Object.fromEntries(responding), ...onlyNamed({ name }) };
}

function onlyNamed({ name }: { readonly name?: string | undefined }): ConditionSettings {
  return { type: "refuse", ...(name !== undefined && { name }) };
}
