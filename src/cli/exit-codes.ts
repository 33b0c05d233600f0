import { EmulatorError } from "../errors.ts";
import type { ErrorCode } from "../errors.ts";

/** How a command ends, for shells and test rigs. */
export const EXIT = { done: 0, expectationFailed: 1, usage: 2, notStarted: 3, internal: 4 } as const;

/** One of the exit codes above. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const BY_ERROR: Readonly<Record<ErrorCode, ExitCode>> = {
  E_USAGE: EXIT.usage,
  E_CONFIG_INVALID: EXIT.usage,
  E_PROFILE_INVALID: EXIT.usage,
  E_RESULT_INVALID: EXIT.usage,
  E_PROFILE_UNKNOWN: EXIT.usage,
  E_MODEL_UNKNOWN: EXIT.usage,
  E_DURATION_INVALID: EXIT.usage,
  E_FILE_UNREADABLE: EXIT.usage,
  E_FILE_UNWRITABLE: EXIT.usage,
  E_FILE_EXISTS: EXIT.usage,
  E_ADDRESS_INVALID: EXIT.usage,
  E_LISTENER_EXISTS: EXIT.usage,
  E_CERTIFICATE_INVALID: EXIT.notStarted,
  E_PROTOCOL: EXIT.notStarted,
  E_PORT_TAKEN: EXIT.notStarted,
  E_PORT_FORBIDDEN: EXIT.notStarted,
  E_LISTEN_FAILED: EXIT.notStarted,
  E_TARGET_UNREACHABLE: EXIT.notStarted,
  E_TARGET_UNTRUSTED: EXIT.notStarted,
  E_ENFORCE_UNAVAILABLE: EXIT.notStarted,
  E_API_UNREACHABLE: EXIT.notStarted,
  E_API_UNREADABLE: EXIT.notStarted,
  E_API_REFUSED: EXIT.usage,
  E_TIMEOUT: EXIT.expectationFailed,
};

/** The exit code of a command that an error ended; what is no error of ours is a fault of ours. */
export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof EmulatorError ? BY_ERROR[error.code] : EXIT.internal;
}
