/**
 * What a person must fix, as an error that says what was found, what was expected and where.
 * What the network or a peer does is never an error here: it is an outcome.
 */

/** Every code an error of ours can carry, with what it means; `docs/architecture.md` lists the same table. */
export const ERROR_CODES = {
  E_USAGE: "the command line does not fit the command",
  E_CONFIG_INVALID: "a configuration file or variable does not fit its schema",
  E_PROFILE_INVALID: "a profile does not fit its schema",
  E_RESULT_INVALID: "a file is no result of size --json",
  E_PROFILE_UNKNOWN: "no profile has that name",
  E_MODEL_UNKNOWN: "no device model has that name",
  E_DURATION_INVALID: "a duration is not a number with a unit, or is out of range",
  E_FILE_UNREADABLE: "a file is missing or cannot be read",
  E_FILE_UNWRITABLE: "a file or directory can't be written",
  E_FILE_EXISTS: "a file is there already and would be overwritten",
  E_CERTIFICATE_INVALID: "a certificate, key or PFX cannot be used",
  E_PROTOCOL: "bytes break the rules of their protocol",
  E_ADDRESS_INVALID: "an address is not HOST:PORT or a URL that can be used",
  E_PORT_TAKEN: "somebody listens there already",
  E_PORT_FORBIDDEN: "the right to listen on that port is missing",
  E_LISTENER_EXISTS: "another listener has that name already",
  E_LISTEN_FAILED: "the address cannot be listened on",
  E_TARGET_UNREACHABLE: "the Client Access server cannot be reached",
  E_TARGET_UNTRUSTED: "the Client Access server's certificate is not trusted",
  E_ENFORCE_UNAVAILABLE: "the kernel can't be asked to enforce expiry",
  E_API_UNREACHABLE: "the server that is to be controlled does not answer",
  E_API_UNREADABLE: "what the server that is to be controlled answers can't be read",
  E_API_REFUSED: "the server that is controlled refuses what was asked",
  E_TIMEOUT: "what was waited for did not happen in time",
} as const;

/** A code of the table above. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** An address as a message may show it: whatever stands before its last `@` may be a user with a password. */
export function withoutCredentials(address: string): string {
  return address.replace(/^([a-z][a-z\d+.-]*:\/\/)?.*@/isu, "$1…@");
}

/** The one base of all errors that reach a person. */
export class EmulatorError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** The command line, a configuration file or a variable must be changed. */
export class UsageError extends EmulatorError {}

/** A certificate, key or PFX file must be changed. */
export class CertificateError extends EmulatorError {}

/** A listener or target must be made available. */
export class StartError extends EmulatorError {}

/** Something else must be asked of a server that is controlled; carries what its problem details say. */
export class ApiError extends EmulatorError {
  /** The HTTP status. */
  readonly status: number;
  /** Every fault of what was sent, with its place. */
  readonly errors: readonly ApiFault[];

  constructor(status: number, message: string, errors: readonly ApiFault[], options?: ErrorOptions) {
    super("E_API_REFUSED", message, options);
    this.status = status;
    this.errors = errors;
  }
}

/** One fault of what was sent to a server that is controlled. */
export interface ApiFault {
  /** JSON pointer into the body, as a fragment. */
  readonly pointer?: string | undefined;
  /** The parameter of the query. */
  readonly parameter?: string | undefined;
  /** A file of the server's that is at fault; the pointer is into it, then. */
  readonly file?: string | undefined;
  /** In that file, from 1. */
  readonly line?: number | undefined;
  /** In that line, from 1. */
  readonly column?: number | undefined;
  readonly detail: string;
}

/** One fault in a file that people write, with its place. */
export interface Fault {
  /** JSON pointer of the value at fault, `""` for the whole document. */
  readonly pointer: string;
  /** Line in the file, from 1. */
  readonly line: number;
  /** Column in the line, from 1. */
  readonly column: number;
  /** What was found and what was expected. */
  readonly message: string;
}

/** A profile or configuration file must be changed; carries every fault at once. */
export class FileError extends EmulatorError {
  readonly file: string;
  readonly faults: readonly Fault[];

  constructor(code: ErrorCode, file: string, faults: readonly Fault[], options?: ErrorOptions) {
    const lines = faults.map((fault) => `${file}:${fault.line}:${fault.column}: ${fault.message}`);
    super(code, lines.join("\n"), options);
    this.file = file;
    this.faults = faults;
  }
}

/** Bytes of a peer break the rules of their protocol. */
export class ProtocolError extends EmulatorError {
  /** Offset of the first byte at fault, from 0. */
  readonly offsetBytes: number;

  constructor(message: string, offsetBytes: number, options?: ErrorOptions) {
    super("E_PROTOCOL", `${message} (byte ${offsetBytes})`, options);
    this.offsetBytes = offsetBytes;
  }
}
