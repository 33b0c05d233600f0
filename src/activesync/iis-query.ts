import { ProtocolError } from "../errors.ts";
import { COMMAND_NAMES } from "./command.ts";
import { parseBase64Query } from "./query-base64.ts";

/** What `cs-uri-query` of a line says, as far as it matters here. */
export interface LoggedQuery {
  command: string;
  deviceId: string;
  deviceType: string;
  user: string;
  /** What Exchange adds, each item with `_` before it; "" when it adds nothing. */
  log: string;
}

/**
 * Reads a query as IIS logs it: plain or base64, parameters in any order and case, with Exchange's `&Log=` in it.
 * Only what is asked for is decoded: a log has millions of these.
 * @throws ProtocolError (E_PROTOCOL) for base64 that breaks its layout
 */
export function readLoggedQuery(query: string): LoggedQuery {
  const read: LoggedQuery = { command: "", deviceId: "", deviceType: "", user: "", log: "" };
  for (let at = 0; at < query.length;) {
    const next = query.indexOf("&", at);
    const end = next === -1 ? query.length : next;
    const equals = query.indexOf("=", at);
    if (at === 0 && isBase64(query, equals, end)) takeBase64(query.slice(0, end), read);
    else if (equals !== -1 && equals < end) takeParameter(query, at, equals, end, read);
    at = end + 1;
  }
  return read;
}

const COMMANDS = new Map(COMMAND_NAMES.flatMap((name) => [name, name.toLowerCase()].map((each) => [each, name])));

/** Nothing but base64 to the first `&`: no `=` before its padding, and not the `-` that stands for no query. */
function isBase64(query: string, equals: number, end: number): boolean {
  const padding = query.endsWith("==", end) ? 2 : 1;
  return end >= 8 && (equals === -1 || equals >= end - padding);
}

/** Of Cmd and Log, User, DeviceId and DeviceType. */
const LENGTHS: ReadonlySet<number> = new Set([3, 4, 8, 10]);

function takeBase64(text: string, read: LoggedQuery): void {
  const { command, deviceId, deviceType, user = "" } = parseBase64Query(text, 0);
  read.command = command;
  read.deviceId = deviceId;
  read.deviceType = deviceType;
  read.user = user;
}

/** The length of a name tells most of them apart before anything is cut out. */
function takeParameter(query: string, at: number, equals: number, end: number, read: LoggedQuery): void {
  if (!LENGTHS.has(equals - at)) return;
  const value = query.slice(equals + 1, end);
  switch (query.slice(at, equals).toLowerCase()) {
    case "cmd":
      read.command = COMMANDS.get(value) ?? COMMANDS.get(value.toLowerCase()) ?? value;
      return;
    case "log":
      read.log = `_${value}`;
      return;
    case "user":
      read.user = value;
      return;
    case "deviceid":
      read.deviceId = value;
      return;
    case "devicetype":
      read.deviceType = value;
      return;
  }
}

/** What a query that can't be read is told as. */
export function queryFault(error: unknown): string {
  if (error instanceof ProtocolError) return `cs-uri-query: ${error.message}`;
  throw error;
}
