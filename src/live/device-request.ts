import { encodeCommandBody, type CommandRequest } from "../activesync/command.ts";
import { CONTENT_TYPES } from "../activesync/constants.ts";
import { formatBase64Query, formatPlainQuery } from "../activesync/query.ts";
import type { DeviceIdentity } from "../heartbeat/events.ts";
import { formatBasic } from "./basic-auth.ts";
import type { DeviceServer } from "./device-server.ts";

/** How the query of a request is written. */
export type QueryForm = "plain" | "base64";

/** What a device says of itself in every request. */
export interface RequestSettings {
  readonly server: DeviceServer;
  readonly identity: DeviceIdentity;
  readonly password: string;
  readonly protocolVersion: string;
  readonly queryForm: QueryForm;
  readonly userAgent: string;
}

/** A request as it goes onto the wire. */
export interface WireRequest {
  readonly method: string;
  readonly bytes: Uint8Array;
}

/**
 * Writes a request as devices do: OPTIONS without a query; version and policy key in headers or in the base64 query,
 * never in both; no content type without a body.
 * Source: MS-ASHTTP 2.2.1.
 */
export function formatRequest(
  settings: RequestSettings,
  request: CommandRequest,
  policyKey: string | undefined,
): WireRequest {
  const method = request.command === "OPTIONS" ? "OPTIONS" : "POST";
  const body = encodeCommandBody(request);
  const lines = [
    `${method} ${targetOf(settings, request, policyKey)} HTTP/1.1`,
    ...(request.command === "OPTIONS" ? [] : protocolFields(settings, policyKey)),
    ...(body.length === 0 ? [] : [`Content-Type: ${CONTENT_TYPES[0]}`]),
    ...(request.command === "OPTIONS" ? [] : [`Content-Length: ${body.length}`]),
    `User-Agent: ${settings.userAgent}`,
    `Host: ${settings.server.authority}`,
    `Authorization: ${formatBasic({ user: settings.identity.user, password: settings.password })}`,
  ];
  return { method, bytes: Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), body]) };
}

function targetOf(
  { server, identity, protocolVersion, queryForm }: RequestSettings,
  { command }: CommandRequest,
  policyKey: string | undefined,
): string {
  if (command === "OPTIONS") return server.path;
  const { user, deviceId, deviceType } = identity;
  const common = { command, deviceId, deviceType, user, parameters: [], protocolVersion };
  if (queryForm === "plain") return `${server.path}?${formatPlainQuery({ form: "plain", ...common })}`;
  const key = numericKey(policyKey);
  const query = {
    form: "base64",
    ...common,
    locale: ENGLISH,
    ...(key === undefined ? {} : { policyKey: key }),
  } as const;
  return `${server.path}?${formatBase64Query(query)}`;
}

function protocolFields({ protocolVersion, queryForm }: RequestSettings, policyKey: string | undefined): string[] {
  if (queryForm === "base64") return [];
  const version = `MS-ASProtocolVersion: ${protocolVersion}`;
  return policyKey === undefined || !SENDABLE.test(policyKey) ? [version] : [version, `X-MS-PolicyKey: ${policyKey}`];
}

/** The base64 query holds a key of 32 bits and no other; the key is the server's word and may be anything. */
function numericKey(policyKey: string | undefined): number | undefined {
  return /^\d{1,10}$/u.test(policyKey ?? "") && Number(policyKey) < 2 ** 32 ? Number(policyKey) : undefined;
}

/** What can stand in a header, in the length that MS-ASPROV gives a key. */
const SENDABLE = /^[!-~]{1,64}$/u;

/** English, United States. */
const ENGLISH = 0x0409;
