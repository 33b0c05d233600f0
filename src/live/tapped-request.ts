import { parseRequestTarget, type Query } from "../activesync/query.ts";
import { ProtocolError } from "../errors.ts";
import type { DeviceIdentity } from "../heartbeat/events.ts";
import type { ExchangeEvent } from "../heartbeat/exchange-events.ts";
import { findField } from "../http/fields.ts";
import type { RequestHead } from "../http/message.ts";
import type { FlowFacts } from "../path/flow-facts.ts";

/** What is known of a request that passes. */
export interface TappedRequest {
  readonly number: number;
  readonly command: "Ping" | "Sync" | "other";
  /** `undefined` for what is not a command of ActiveSync. */
  readonly device: DeviceIdentity | undefined;
  /** What was answered before the request had ended. */
  early: readonly ExchangeEvent[];
}

/** Reads a request's head: what it is, and what is known of its flow from now on. */
export function readRequest(
  number: number,
  head: RequestHead,
  before: FlowFacts,
): { readonly request: TappedRequest; readonly facts: FlowFacts } {
  const query = readQuery(head);
  const device = query === undefined ? undefined : identify(query, head);
  const waiting = query?.command === "Ping" || query?.command === "Sync" ? query.command : "other";
  const { deviceId, deviceType, user } = device ?? before;
  const facts: FlowFacts = {
    deviceId,
    deviceType,
    user,
    command: query?.command,
    userAgent: findField(head.fields, "user-agent"),
    path: pathOf(head.target),
    requests: number,
  };
  return { request: { number, command: device === undefined ? "other" : waiting, device, early: NONE }, facts };
}

function readQuery(head: RequestHead): Query | undefined {
  if (head.method !== "POST") return undefined;
  try {
    return parseRequestTarget(head.target, { protocolVersion: findField(head.fields, "ms-asprotocolversion") });
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** Anybody can say who they are, before any server has looked at it: what can be no device is followed as none. */
function identify({ deviceId, deviceType = "", user }: Query, head: RequestHead): DeviceIdentity | undefined {
  if (deviceId === undefined || deviceId.length > LONGEST_DEVICE_ID) return undefined;
  const name = user ?? basicUser(head) ?? "";
  return name.length > LONGEST_USER
    ? undefined
    : { deviceId, deviceType: deviceType.slice(0, LONGEST_DEVICE_TYPE), user: name };
}

/** MS-ASHTTP takes 32 letters and digits; real servers take more. */
const LONGEST_DEVICE_ID = 64;

/** The longest known is 13 letters long (WindowsOutlook15); a longer one is cut. */
const LONGEST_DEVICE_TYPE = 64;

/** The longest address there is (RFC 5321, 4.5.3.1), with a domain before it. */
const LONGEST_USER = 512;

/** The user of a Basic authorization (RFC 7617). */
function basicUser(head: RequestHead): string | undefined {
  const [scheme, credentials] = (findField(head.fields, "authorization") ?? "").split(" ", 2);
  if (scheme?.toLowerCase() !== "basic" || credentials === undefined) return undefined;
  const [user] = Buffer.from(credentials, "base64").toString("utf8").split(":", 1);
  return user;
}

/** A target's path; an absolute one has a scheme and an authority before it (RFC 9112, 3.2.2). */
function pathOf(target: string): string {
  const local = target.startsWith("/") ? target : target.replace(/^https?:\/\/[^/?]*/iu, "");
  const end = local.indexOf("?");
  const path = end < 0 ? local : local.slice(0, end);
  if (path === ACTIVESYNC_PATH) return ACTIVESYNC_PATH;
  return path === "" ? "/" : path;
}

/** What nearly every request asks for: flows share this string, instead of each keeping a piece of its own (MS-ASHTTP, 2.2.1.1.1). */
const ACTIVESYNC_PATH = "/Microsoft-Server-ActiveSync";

const NONE: readonly ExchangeEvent[] = [];
