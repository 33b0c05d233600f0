import { ProtocolError } from "../errors.ts";
import { COMMAND_NAMES } from "./command.ts";
import { decodePercent } from "./percent.ts";

/** A parameter of a plain query, its name as it was sent. */
export interface PlainParameter {
  readonly name: string;
  readonly value: string;
}

/** What a plain query says. */
export interface PlainQuery {
  readonly form: "plain";
  /** From the header; `undefined` without one. */
  readonly protocolVersion?: string;
  /** The name in its usual case; one that is not known, as it was sent. */
  readonly command?: string;
  readonly user?: string;
  readonly deviceId?: string;
  readonly deviceType?: string;
  /** All other parameters, in the order they were sent. */
  readonly parameters: readonly PlainParameter[];
}

/**
 * Reads a plain query that begins at `offset` of its target: parameters in any order, their names in any case, `+` for a
 * space.
 * Source: MS-ASHTTP 2.2.1.1.1.2; order and case as devices send them.
 * @throws ProtocolError (E_PROTOCOL) for broken escapes, and for a command, user or device given twice.
 */
export function parsePlainQuery(query: string, offset: number, protocolVersion: string | undefined): PlainQuery {
  const version = protocolVersion?.trim() ?? "";
  const known: Known = version === "" ? {} : { protocolVersion: version };
  const parameters: PlainParameter[] = [];
  let at = offset;
  for (const part of query.split("&")) {
    if (part !== "") addParameter(readParameter(part, at), at, known, parameters);
    at += part.length + 1;
  }
  return { form: "plain", ...known, parameters };
}

/** Writes a plain query, without the `?` before it; the version goes into the header, not in here. */
export function formatPlainQuery(query: PlainQuery): string {
  const known = [...FIELDS.values()].flatMap(({ name, field }) => {
    const value = query[field];
    return value === undefined ? [] : [{ name, value }];
  });
  return [...known, ...query.parameters]
    .map(({ name, value }) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join("&");
}

type Known = { -readonly [Field in Exclude<keyof PlainQuery, "form" | "parameters">]?: string };

/** The parameters with a field of their own, by their names in lower case, in the order in which most devices send them. */
const FIELDS: ReadonlyMap<string, { readonly name: string; readonly field: Exclude<keyof Known, "protocolVersion"> }> =
  new Map([
    ["cmd", { name: "Cmd", field: "command" }],
    ["user", { name: "User", field: "user" }],
    ["deviceid", { name: "DeviceId", field: "deviceId" }],
    ["devicetype", { name: "DeviceType", field: "deviceType" }],
  ]);

const COMMANDS_BY_LOWER_CASE = new Map(COMMAND_NAMES.map((name) => [name.toLowerCase(), name]));

function readParameter(part: string, at: number): PlainParameter {
  const spaced = part.replaceAll("+", " ");
  const equals = spaced.indexOf("=");
  const nameEnd = equals === -1 ? spaced.length : equals;
  return {
    name: decodePercent(spaced.slice(0, nameEnd), at),
    value: decodePercent(spaced.slice(nameEnd + 1), at + nameEnd + 1),
  };
}

function addParameter(parameter: PlainParameter, at: number, known: Known, others: PlainParameter[]): void {
  const found = FIELDS.get(parameter.name.toLowerCase());
  if (found === undefined) {
    others.push(parameter);
  } else if (known[found.field] === undefined) {
    known[found.field] = found.field === "command" ? commandName(parameter.value) : parameter.value;
  } else {
    throw new ProtocolError(`${found.name} a second time, expected once`, at);
  }
}

function commandName(value: string): string {
  return COMMANDS_BY_LOWER_CASE.get(value.toLowerCase()) ?? value;
}
