import { z } from "zod";
import { type QuantityKind, readQuantity } from "../quantities.ts";

/** A number with a unit as people write it, in what the program counts in. */
export function quantity(kind: QuantityKind): z.ZodType<number, string> {
  const units = Object.keys(kind.units).join("|");
  return z
    .string(`${kind.called} with a unit, such as ${kind.example}`)
    .meta({ pattern: String.raw`^\d+(\.\d+)?(${units})$`, examples: [kind.example] })
    .transform((text, context) => {
      const reading = readQuantity(kind, text);
      if (reading.kind === "quantity") return reading.value;
      context.issues.push({ code: "custom", input: text, message: reading.message });
      return z.NEVER;
    });
}
