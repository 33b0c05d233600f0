import { LOG_FORMATS } from "../live/log-words.ts";
import type { OptionTable } from "./settings.ts";

/** How the commands that write a log write it; how much is an option of every command. */
export const LOG_OPTIONS = {
  "log-format": {
    type: "string",
    choices: LOG_FORMATS,
    describe: "How the log is written on stderr; by default text on a terminal, else JSON lines",
  },
} as const satisfies OptionTable;
