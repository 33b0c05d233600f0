import type { Options } from "yargs";
import { configurationJsonSchema } from "../profile/configuration.ts";
import { FORWARD_OPTIONS } from "./forwarding.ts";
import { SERVE_OPTIONS } from "./options.ts";
import { camelled, type OptionTable } from "./settings.ts";

/** The JSON Schema of the configuration file of `serve`; `profiles/configuration.schema.json` is made from it. */
export function serveFileSchema(): object {
  const options: OptionTable = { ...FORWARD_OPTIONS, ...SERVE_OPTIONS };
  const spelt = Object.entries(options).flatMap(([name, option]) =>
    [...new Set([camelled(name), name])].map((key) => [key, schemaOf(option)] as const),
  );
  return configurationJsonSchema(Object.fromEntries(spelt));
}

function schemaOf({ type, array, choices, describe }: Options): object {
  const value = choices === undefined ? typeOf(type) : { enum: choices };
  return { ...(array === true ? { anyOf: [value, { type: "array", items: value }] } : value), description: describe };
}

/** A port alone is a number to YAML. */
function typeOf(type: Options["type"]): object {
  return { type: type === "boolean" || type === "number" ? type : ["string", "number"] };
}
