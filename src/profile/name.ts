import { z } from "zod";

const LONGEST_NAME = 64;

/** A name in a profile or a configuration, 64 characters at most; `example` is one, for messages. */
export function nameLike(example: string): z.ZodString {
  return z
    .string()
    .max(LONGEST_NAME)
    .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/u, `lower-case words joined by hyphens, such as ${example}`);
}
