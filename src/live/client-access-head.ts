import { createHash, timingSafeEqual } from "node:crypto";
import type { CommandName } from "../activesync/command.ts";
import { ACTIVESYNC_PATH, PROTOCOL_VERSIONS } from "../activesync/constants.ts";
import { parseRequestTarget, type Query } from "../activesync/query.ts";
import { ProtocolError } from "../errors.ts";
import { parseBasic } from "./basic-auth.ts";

/** What stands in the head of a request, as Node gives it. */
export interface RequestFacts {
  readonly method: string;
  readonly target: string;
  readonly authorization: string | undefined;
  readonly protocolVersion: string | undefined;
}

/** Who may sign in: users in lower case with their passwords; `undefined` lets any user in with any password. */
export type Users = ReadonlyMap<string, string> | undefined;

/** A command that the server carries out. */
export type ServedCommand = Exclude<CommandName, "OPTIONS">;

/** What a request wants, or why it can't have it. */
export type HeadReading =
  | { readonly kind: "health" }
  | { readonly kind: "options"; readonly user: string }
  | {
      readonly kind: "command";
      readonly command: ServedCommand;
      readonly user: string;
      readonly deviceId: string;
      readonly protocolVersion: string;
    }
  | Refusal;

/** An answer that no command is given, with a plain sentence. */
export interface Refusal {
  readonly kind: "refused";
  readonly status: number;
  readonly sentence: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The commands that are carried out; others of the protocol are answered 501 (MS-ASCMD, Status 137). */
export const SERVED_COMMANDS: readonly ServedCommand[] = ["Sync", "FolderSync", "Ping", "Provision"];

/** The page by which load balancers see that the server lives (HAProxy configurations for Exchange ask for it). */
const HEALTH_PATH = `${ACTIVESYNC_PATH}/healthcheck.htm`.toLowerCase();

/**
 * Judges the head of a request: path, then who asks, then what is asked.
 * The mailbox is that of the user who signs in, without a Windows domain before the name; `User` in the query says
 * nothing more.
 */
export function readHead(facts: RequestFacts, users: Users): HeadReading {
  const { method, target, authorization } = facts;
  if ((method === "GET" || method === "HEAD") && pathOf(target) === HEALTH_PATH) return { kind: "health" };
  const query = readTarget(facts);
  if (query === undefined) return refused(404, "There is nothing here but ActiveSync.");
  const user = signIn(authorization, users);
  if (user === undefined) return { ...refused(401, "Sign in with Basic authentication."), headers: CHALLENGE };
  if (method === "OPTIONS") return { kind: "options", user };
  if (method !== "POST")
    return { ...refused(405, "Commands are sent with POST."), headers: { Allow: "OPTIONS, POST" } };
  return query instanceof ProtocolError ? refused(400, query.message) : readCommand(query, user);
}

const CHALLENGE = { "WWW-Authenticate": 'Basic realm="idlewall", charset="UTF-8"' };

function readTarget({ target, protocolVersion }: RequestFacts): Query | ProtocolError | undefined {
  try {
    return parseRequestTarget(target, { protocolVersion });
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}

function readCommand({ command, deviceId, protocolVersion }: Query, user: string): HeadReading {
  const served = SERVED_COMMANDS.find((name) => name === command);
  if (command === undefined || command === "") return refused(400, "The query names no command (Cmd).");
  if (served === undefined) return refused(501, `The command ${JSON.stringify(command)} is not carried out here.`);
  if (deviceId === undefined || !DEVICE_ID.test(deviceId)) {
    return refused(400, "The query names no device (DeviceId), or one that is no word of 64 characters at most.");
  }
  if (protocolVersion === undefined) return refused(400, "MS-ASProtocolVersion is missing.");
  if (!VERSIONS.has(protocolVersion)) return refused(400, `Protocol ${JSON.stringify(protocolVersion)} is not known.`);
  return { kind: "command", command: served, user, deviceId, protocolVersion };
}

/** Longer than MS-ASHTTP has it (32), since a binary id in a base64 query stands here in hex digits. */
const DEVICE_ID = /^[!-~]{1,64}$/u;

const VERSIONS: ReadonlySet<string> = new Set(PROTOCOL_VERSIONS);

function signIn(authorization: string | undefined, users: Users): string | undefined {
  const credentials = parseBasic(authorization);
  const user = credentials?.user.replace(/^[^\\]*\\/u, "") ?? "";
  if (credentials === undefined || user === "") return undefined;
  if (users === undefined) return user;
  const expected = users.get(user.toLowerCase());
  return expected !== undefined && areEqual(credentials.password, expected) ? user : undefined;
}

/** Takes as long for every wrong password. */
function areEqual(found: string, expected: string): boolean {
  return timingSafeEqual(digestOf(found), digestOf(expected));
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text, "utf8").digest();
}

function pathOf(target: string): string {
  return (target.split("?", 1)[0] ?? "").toLowerCase();
}

/** Makes a refusal. */
export function refused(status: number, sentence: string): Refusal {
  return { kind: "refused", status, sentence };
}
