import { z } from "zod";

/**
 * An object that takes only the keys of its shape.
 * An issue about unknown keys carries the known ones as its message, with commas between them.
 */
export function closed<Shape extends z.core.$ZodShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? known.join() : undefined),
  });
}
