/**
 * Numbers and words of the protocol that are not the business of one codec.
 * Sources: MS-ASHTTP 2.2 and MS-ASCMD 2.2, if not said otherwise.
 */

/** The path that every command is sent to. */
export const ACTIVESYNC_PATH = "/Microsoft-Server-ActiveSync";

/** Versions of the protocol, oldest first; the base64 query exists from 12.1 on. */
export const PROTOCOL_VERSIONS = ["2.5", "12.0", "12.1", "14.0", "14.1", "16.0", "16.1"] as const;

/** The content type of a body; servers take the second as well. */
export const CONTENT_TYPES = ["application/vnd.ms-sync.wbxml", "application/vnd.ms-sync"] as const;

/** The policy type of a protocol version: 12.0 and later have one, 2.5 had another. Source: MS-ASPROV 2.2.2. */
export function policyTypeOf(protocolVersion: number): string {
  return protocolVersion < 12 ? "MS-WAP-Provisioning-XML" : "MS-EAS-Provisioning-WBXML";
}

/**
 * The shortest and the longest HeartbeatInterval that Microsoft's servers take, in seconds. Exchange 2003 SP2 took no
 * more than 2700 (KB 905013).
 */
export const HEARTBEAT_INTERVAL_SECONDS = { minimum: 60, maximum: 3540 } as const;
