import { createLog, type Log } from "../live/log.ts";
import { LOG_FORMATS, LOG_LEVELS, type LogLevel } from "../live/log-words.ts";

/** The log that `--log-level` and `--log-format` ask for; yargs has checked the words. */
export function logFrom(
  args: { readonly "log-level"?: string | undefined; readonly "log-format"?: string | undefined },
  level: LogLevel,
): Log {
  return createLog({
    level: LOG_LEVELS.find((each) => each === args["log-level"]) ?? level,
    format: LOG_FORMATS.find((each) => each === args["log-format"]),
  });
}
