/** How much a log says, least first. */
export const LOG_LEVELS = ["silent", "error", "warn", "info", "debug", "trace"] as const;

/** One of these. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** How a log is written: a JSON object a line, or a line for people. */
export const LOG_FORMATS = ["json", "text"] as const;

/** One of these. */
export type LogFormat = (typeof LOG_FORMATS)[number];
