import type { LoggedEnding } from "../activesync/log-entry.ts";
import type { Millis } from "../core/machine.ts";
import type { MailSign } from "./observed-device.ts";
import type { ModelName } from "../heartbeat/negotiators/models.ts";

/** What logs say of devices and their mail. */
export interface ObservedWorkload {
  readonly logs: readonly ReadLog[];
  /** The first and the last request of ActiveSync, in ms since 1970; `undefined` when there is none. */
  readonly span: { readonly firstAt: Millis; readonly lastAt: Millis } | undefined;
  readonly devices: {
    /** Those that wait with Ping or Sync; an estimate when only a sample was followed. */
    readonly count: number;
    /** How many devices each one that was followed stands for; 1 when all were. */
    readonly each: number;
    readonly kinds: readonly ObservedKind[];
    /** Those whose model could not be told, in `count` too. */
    readonly untold: number;
  };
  readonly pings: number;
  readonly parkedSyncs: number;
  readonly endings: Readonly<Record<LoggedEnding, number>>;
  /** How often each interval was asked, the shortest first. */
  readonly intervals: readonly { readonly seconds: number; readonly count: number }[];
  /** How many devices each interval was the longest that held for, the shortest first. */
  readonly longestHeld: readonly { readonly seconds: number; readonly devices: number }[];
  readonly mail: ObservedMail;
  /** Requests that were handed on to another server, whose log has their intervals. */
  readonly handedOn: number;
  /** What could not be known, a sentence each. */
  readonly unknown: readonly string[];
}

/** One log that was read. */
export interface ReadLog {
  readonly name: string;
  readonly lines: number;
  /** Requests of ActiveSync among them. */
  readonly entries: number;
  readonly broken: number;
  /** The first of those, as `file:line: reason`. */
  readonly faults: readonly string[];
}

/** Devices of one model, as far as it could be told. */
export interface ObservedKind {
  readonly model: ModelName;
  /** What a model that never moves asks, in s. */
  readonly fixedSeconds: number | undefined;
  readonly devices: number;
  /** Why they are taken for that, each with how many. */
  readonly reasons: readonly { readonly reason: string; readonly devices: number }[];
}

/** Mail that devices were told of. */
export interface ObservedMail {
  /** How many devices' mail each sign tells of, the commonest first. */
  readonly signs: readonly { readonly sign: MailSign; readonly devices: number }[];
  /** Of a device, on average over the days that it was seen; `undefined` when nothing can be said. */
  readonly perDay: number | undefined;
  /** Shares of the hours of a day, UTC; `undefined` with too little mail. */
  readonly hours: readonly number[] | undefined;
}
