import { z } from "zod";
import { HOP_KINDS, PROFILE_CATEGORIES } from "../path/hop.ts";
import type { Profile } from "../path/hop.ts";
import { closed } from "./closed.ts";
import { conditionSchema } from "./conditions/index.ts";
import { nameLike } from "./name.ts";

const LONGEST_TEXT = 300;
const LONGEST_VENDOR = 80;
const MOST_SENTENCES = 8;
const MOST_HOPS = 16;
const MOST_CONDITIONS = 16;

const name = nameLike("carrier-13min");
const sentence = z.string().max(LONGEST_TEXT).regex(/\S/u, "some words");
const sentences = z.array(sentence).max(MOST_SENTENCES);
const maker = z.string().max(LONGEST_VENDOR).regex(/\S/u, "some words");

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
  category: z.enum(PROFILE_CATEGORIES).exactOptional().describe("What it is about; lists group by it"),
  vendor: maker.exactOptional().describe("Who makes or runs the element"),
  product: maker.exactOptional().describe("Which product, and which of its settings"),
  source: sentence.describe("Where the figures come from"),
  unverified: sentences.exactOptional().describe("What the source does not show, a sentence each"),
  notes: sentences.exactOptional().describe("What else a reader should know, a sentence each"),
  hops: z.array(hopSchema).max(MOST_HOPS, `${MOST_HOPS} hops at most`).describe("The path, device side first"),
}) satisfies z.ZodType<Profile>;

/** A profile written into a configuration, where it needs no name and no source. */
export const inlineProfileSchema = closed({
  ...profileSchema.shape,
  name: profileSchema.shape.name.optional(),
  title: profileSchema.shape.title.optional(),
  source: profileSchema.shape.source.optional(),
});

/** The JSON Schema of a profile file, for editors (draft 2020-12). */
export function profileJsonSchema(): object {
  const schema = z.toJSONSchema(profileSchema, { io: "input", reused: "ref" });
  return { ...schema, title: "idlewall profile" };
}
