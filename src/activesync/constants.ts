/**
 * Numbers and words of the protocol that are not the business of one codec.
 * Sources: MS-ASHTTP 2.2 and MS-ASCMD 2.2, if not said otherwise.
 */

/** The path that every command is sent to. */
export const ACTIVESYNC_PATH = "/Microsoft-Server-ActiveSync";

/** Versions of the protocol, oldest first; the base64 query exists from 12.1 on. */
export const PROTOCOL_VERSIONS = ["2.5", "12.0", "12.1", "14.0", "14.1", "16.0", "16.1"] as const;

/** A version of the protocol. */
export type ProtocolVersion = (typeof PROTOCOL_VERSIONS)[number];

/** The content type of a body; servers take the second as well. */
export const CONTENT_TYPES = ["application/vnd.ms-sync.wbxml", "application/vnd.ms-sync"] as const;

/** The policy type of 12.0 and later, and that of 2.5. Source: MS-ASPROV 2.2.2. */
export const POLICY_TYPES = { wbxml: "MS-EAS-Provisioning-WBXML", xml: "MS-WAP-Provisioning-XML" } as const;

/**
 * The shortest and the longest HeartbeatInterval that Microsoft's servers take, in seconds. Exchange 2003 SP2 took no
 * more than 2700 (KB 905013).
 */
export const HEARTBEAT_INTERVAL_SECONDS = { minimum: 60, maximum: 3540 } as const;

/** The shortest and the longest Wait of a Sync, in minutes. */
export const WAIT_MINUTES = { minimum: 1, maximum: 59 } as const;

/** What numbers of a Status mean. */
export type StatusTable = Readonly<Record<number, string>>;

/** Source: MS-ASCMD, Status (Ping). */
export const PING_STATUSES: StatusTable = {
  1: "the interval is over, nothing changed",
  2: "folders changed",
  3: "parameters are missing: the full body is wanted",
  4: "the request breaks the syntax",
  5: "the interval is out of range",
  6: "too many folders",
  7: "the folder hierarchy is out of date",
  8: "the server failed; try again",
};

/** Source: MS-ASCMD, Status (Sync). */
export const SYNC_STATUSES: StatusTable = {
  1: "done",
  3: "the sync key is not valid",
  4: "the request breaks the protocol",
  5: "the server failed",
  6: "an item could not be converted",
  7: "device and server changed the same item",
  8: "an object was not found",
  9: "the mailbox is out of space",
  12: "the folder hierarchy changed",
  13: "an empty or partial request, and none is stored: the full request is wanted",
  14: "Wait or HeartbeatInterval is out of range",
  15: "too many collections",
  16: "try again",
};

/** Source: MS-ASCMD, Status (FolderSync). */
export const FOLDER_SYNC_STATUSES: StatusTable = {
  1: "done",
  6: "the server failed; try again",
  9: "the sync key does not match: start again from 0",
  10: "the request breaks the format",
  11: "an unknown error; try again",
  12: "an error of the back end",
};

/** Source: MS-ASPROV 2.2.2, Status of Provision. */
export const PROVISION_STATUSES: StatusTable = {
  1: "done",
  2: "the request breaks the protocol",
  3: "the server failed",
};

/** Source: MS-ASPROV 2.2.2, Status of Policy. */
export const POLICY_STATUSES: StatusTable = {
  1: "done",
  2: "there is no policy for this device",
  3: "the policy type is not known",
  4: "the policy is corrupt",
  5: "the policy key does not match",
};

/**
 * Statuses that any command may be answered from 14.0 on; earlier versions answer an HTTP status instead.
 * Source: MS-ASCMD, Common Status Codes.
 */
export const COMMON_STATUSES: StatusTable = {
  101: "the body is not valid",
  103: "the XML is not valid",
  110: "the server failed; do not try again",
  111: "the server failed; try again later",
  112: "an object of the directory is closed to the server",
  113: "the mailbox is over its quota",
  126: "the user is not enabled for ActiveSync",
  129: "the device is not allowed for this user",
  130: "the user may not make this request",
  131: "the account is disabled",
  132: "the device's state is missing on the server",
  133: "the device's state is locked, as while a mailbox moves",
  137: "the server does not know the command",
  138: "the command is not of this protocol version",
  140: "a remote wipe is asked for",
  141: "the device cannot be provisioned",
  142: "the device must provision",
  143: "the policy must be fetched anew",
  144: "the policy key is not valid",
  149: "the stored request cannot be repeated: the full request is wanted",
  177: "the user has too many devices",
};

const STATUSES_BY_COMMAND: Readonly<Record<string, StatusTable>> = {
  Ping: PING_STATUSES,
  Sync: SYNC_STATUSES,
  FolderSync: FOLDER_SYNC_STATUSES,
  Provision: PROVISION_STATUSES,
};

/** Tells what a Status means in the answer to a command; `undefined` where no table has it. */
export function statusMeaning(command: string, status: number): string | undefined {
  return STATUSES_BY_COMMAND[command]?.[status] ?? COMMON_STATUSES[status];
}
