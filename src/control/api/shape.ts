import type { z } from "zod";
import { faultsOf, READING } from "../../profile/issues.ts";

/** What an answer is to look like, for whoever reads it. */
export interface Shape<Resource> {
  /** Whether a value looks so. Fields that are not known here, of a later version, do no harm. */
  fits(value: unknown): value is Resource;
  /** Why a value does not, as a pointer and what was expected. */
  fault(value: unknown): string;
}

/** The shape that a schema describes, as it stands in JSON. */
export function shapeOf<Schema extends z.ZodType>(schema: Schema): Shape<z.input<Schema>> {
  return looseShapeOf<z.input<Schema>>(schema);
}

/** The shape of what a schema describes only in part. */
export function looseShapeOf<Resource>(schema: z.ZodType): Shape<Resource> {
  return {
    fits: (value): value is Resource => schema.safeParse(value).success,
    fault: (value) => {
      const faults = faultsOf(schema.safeParse(value, READING).error?.issues ?? []);
      return (
        faults.map(({ path, message }) =>
          [path.map((part) => `/${part}`).join(""), message].filter(Boolean).join(": "),
        )[0] ?? ""
      );
    },
  };
}
