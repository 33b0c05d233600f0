import { type Logger as PinoLogger, pino, type LevelWithSilent } from "pino";
import { build } from "pino-pretty";

/** How much a log says. */
export type LogLevel = LevelWithSilent;

/** Where the parts of the edge write what an operator may want to know. */
export type Log = Pick<PinoLogger, "debug" | "info" | "warn" | "error">;

/** What a log is made of. */
export interface LogOptions {
  readonly level: LogLevel;
  /** Lines for people rather than JSON; default: whether standard error is a terminal. */
  readonly pretty?: boolean;
}

/** Makes a log on standard error: JSON lines, or readable ones on a terminal. */
export function createLog({ level, pretty = process.stderr.isTTY }: LogOptions): Log {
  const stream = pretty
    ? build({ destination: 2, sync: true, ignore: "pid,hostname", translateTime: "SYS:HH:MM:ss" })
    : pino.destination({ fd: 2, sync: true });
  return pino({ level, base: null }, stream);
}
