import { UsageError } from "../errors.ts";

/** Reads what an option was given; an error that does not name the option is made to. */
export function ofOption<Value>(option: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UsageError) || error.message.startsWith("--")) throw error;
    throw new UsageError(error.code, `--${option}: ${error.message}`, { cause: error });
  }
}
