import { type Logger as PinoLogger, pino, type DestinationStream } from "pino";
import { build } from "pino-pretty";
import { textOf } from "./log-text.ts";
import type { LogFormat, LogLevel } from "./log-words.ts";

/** Where the parts of the edge write what an operator may want to know. */
export type Log = Pick<PinoLogger, "debug" | "info" | "warn" | "error" | "isLevelEnabled">;

/** What a log is made of. */
export interface LogOptions {
  readonly level: LogLevel;
  /** Default: `text` when standard error is a terminal, else `json`. */
  readonly format?: LogFormat | undefined;
  /** Where JSON lines go; default: standard error. */
  readonly destination?: DestinationStream;
}

/** Makes a log on standard error, in which levels are words and instants are of ISO 8601. */
export function createLog({ level, format, destination }: LogOptions): Log {
  const isText = (format ?? (process.stderr.isTTY ? "text" : "json")) === "text";
  const stream = destination ?? (isText ? textStream() : pino.destination({ fd: 2, sync: true }));
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
}

function textStream(): DestinationStream {
  return build({
    destination: 2,
    sync: true,
    ignore: "pid,hostname",
    translateTime: "SYS:HH:MM:ss",
    hideObject: true,
    messageFormat: (line, messageKey) => textOf(line, messageKey),
  });
}
