import { type Arbitrary, array, constantFrom, record, sample, tuple, uniqueArray } from "fast-check";
import { z } from "zod";
import type { ConditionSettings } from "../../src/path/conditions/index.ts";
import { HOP_KINDS, type Hop, type Profile } from "../../src/path/hop.ts";
import { conditionSchema } from "../../src/profile/conditions/index.ts";
import { readProfileValue } from "../../src/profile/reader.ts";
import { writeProfile } from "../../src/profile/writer.ts";
import { fromSchema, type JsonSchema } from "./schema-arbitrary.ts";

/** The branches of the schema of all conditions, by the type that each is for. */
const BRANCHES: ReadonlyMap<string, JsonSchema> = branches();

/** Every type of condition that profiles can hold. */
export const CONDITION_TYPES = [...BRANCHES.keys()];

/** Conditions that can be written in any hop; made from the schema, so a further condition is generated too. */
export function conditions(type?: string): Arbitrary<ConditionSettings> {
  const schemas = [...BRANCHES].filter(([each]) => type === undefined || each === type).map(([, schema]) => schema);
  return fromSchema({ anyOf: schemas })
    .map((written) => conditionSchema.safeParse(mended(written)))
    .filter(({ success }) => success)
    .map(({ data }) => settingsOf(data));
}

/** Profiles that can be read; `fewest` conditions a hop at least. */
export function profiles(fewest = 0): Arbitrary<Profile> {
  const pool = sample(conditions(), { numRuns: 100, seed: 1 });
  const hops = uniqueArray(constantFrom("carrier", "firewall", "balancer", "proxy"), { maxLength: 4 }).chain((names) =>
    tuple(
      ...names.map((name): Arbitrary<Hop> =>
        record({
          name: constantFrom(name),
          kind: constantFrom(...HOP_KINDS),
          conditions: array(constantFrom(...pool), { minLength: fewest, maxLength: 3 }),
        }),
      ),
    ),
  );
  return hops
    .map((list) => ({ name: "generated", title: "A generated path", source: "a test", hops: list }))
    .filter((profile) => readProfileValue(writeProfile(profile)).kind === "profile");
}

/** Keys whose values must grow, in this order: what a schema can't say of its keys, and most values would break. */
const GROWING = ["from", "at", "for", "until", "to", "every"];

/**
 * Mends what a JSON Schema can't say, so that few values have to be thrown away.
 * Only the last hop of a path may answer in HTTP; such conditions have tests of their own.
 */
function mended(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  if ("respond" in value) return "reset";
  const entries = Object.entries(value).map(([key, each]): readonly [string, unknown] => [key, mended(each)]);
  const growing = GROWING.filter((key) => entries.some(([each]) => each === key));
  const grown = new Map(growing.map((key, index) => [key, 2 ** index]));
  return Object.fromEntries(entries.map(([key, each]) => [key, larger(each, grown.get(key))]));
}

/** A duration or number of that rank, above all of a lower one. */
function larger(value: unknown, rank: number | undefined): unknown {
  if (rank === undefined) return value;
  if (typeof value === "number") return Math.min(value, 1000) + 1000 * rank;
  return typeof value === "string" ? `${rank * 4}h${value.length}m` : value;
}

function settingsOf(settings: ConditionSettings | undefined): ConditionSettings {
  if (settings === undefined) throw new Error("the schema generated what it does not take");
  return settings;
}

function branches(): ReadonlyMap<string, JsonSchema> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a schema that zod made of a union of objects
  const schema = z.toJSONSchema(conditionSchema, { io: "input" }) as JsonSchema;
  const all = schema.oneOf ?? schema.anyOf ?? [schema];
  return new Map(all.map((branch) => [String(branch.properties?.["type"]?.const), branch]));
}
