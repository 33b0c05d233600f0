import {
  type Arbitrary,
  array,
  boolean,
  constant,
  constantFrom,
  double,
  integer,
  oneof,
  record,
  stringMatching,
} from "fast-check";

/** The parts of a JSON Schema that our own schemas use. */
export interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
}

/** Generates values that a JSON Schema describes; texts with a pattern come from its examples where it has some. */
export function fromSchema(schema: JsonSchema): Arbitrary<unknown> {
  if ("const" in schema) return constant(schema.const);
  if (schema.enum !== undefined) return constantFrom(...schema.enum);
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches !== undefined) return oneof(...branches.map(fromSchema));
  switch (schema.type) {
    case "object":
      return fromProperties(schema);
    case "array":
      return array(fromSchema(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 3, 3),
      });
    case "boolean":
      return boolean();
    case "integer":
      return integer({ min: schema.minimum ?? 1, max: Math.min(schema.maximum ?? 1000, 2 ** 31 - 1) });
    case "number":
      return double({
        min: schema.minimum ?? schema.exclusiveMinimum ?? 0,
        minExcluded: schema.exclusiveMinimum !== undefined,
        max: schema.maximum ?? 1000,
        noNaN: true,
      });
    default:
      return fromText(schema);
  }
}

/** Texts of any kind that a schema may want: durations by their pattern, other patterns, networks and words. */
function fromText({ pattern, examples }: JsonSchema): Arbitrary<unknown> {
  if (pattern?.includes("(\\d+ms)") === true) return constantFrom(...DURATIONS);
  if (examples !== undefined) return constantFrom(...examples);
  return pattern === undefined ? constantFrom(...TEXTS) : stringMatching(new RegExp(pattern, "u"), { size: "-1" });
}

const DURATIONS = ["1ms", "40ms", "200ms", "1s", "7s", "1m", "1m30s", "13m", "1h", "8h", "1d1h", "30d"];

/** A network is a text too, so these fit wherever any text does. */
const TEXTS = ["10.0.0.0/8", "192.0.2.7", "2001:db8::/32"];

function fromProperties({ properties = {}, required = [] }: JsonSchema): Arbitrary<unknown> {
  const model = Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, fromSchema(each)]));
  return record(model, { requiredKeys: [...required] });
}
