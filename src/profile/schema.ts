import { z } from "zod";
import { HOP_KINDS } from "../path/hop.ts";
import type { Profile } from "../path/hop.ts";
import { closed } from "./closed.ts";
import { conditionSchema } from "./conditions/index.ts";

const LONGEST_NAME = 64;
const LONGEST_TEXT = 300;
const MOST_HOPS = 16;
const MOST_CONDITIONS = 16;

const name = z
  .string()
  .max(LONGEST_NAME)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/u, "lower-case words joined by hyphens, such as carrier-13min");
const sentence = z.string().max(LONGEST_TEXT).regex(/\S/u, "some words");

/** One hop as a profile writes it. */
export const hopSchema = closed({
  name: name.describe("Names the hop in outcomes, metrics and reports; unique in its path"),
  kind: z.enum(HOP_KINDS).describe("What the element is; only a reverse-proxy can answer in HTTP"),
  conditions: z
    .array(conditionSchema)
    .max(MOST_CONDITIONS)
    .describe("What it does to flows, in the order in which they act"),
});

/**
 * The one schema of a profile file; `profiles/profile.schema.json` is made from it.
 * What no schema can say (unique names, who may respond) is `checkHops`.
 */
export const profileSchema = closed({
  name: name.describe("Lower-case words joined by hyphens; the name of a shipped profile's file"),
  title: sentence.describe("What the path is, for people"),
  source: sentence.describe("Where the figures come from"),
  hops: z.array(hopSchema).max(MOST_HOPS).describe("The path, device side first"),
}) satisfies z.ZodType<Profile>;

/** The JSON Schema of a profile file, for editors (draft 2020-12). */
export function profileJsonSchema(): object {
  const schema = z.toJSONSchema(profileSchema, { io: "input" });
  return { ...schema, title: "idlewall profile" };
}
