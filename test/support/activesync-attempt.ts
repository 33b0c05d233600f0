import { ProtocolError } from "../../src/errors.ts";

/** What `act` gives, or the ProtocolError that it throws; any other error goes on and fails the test. */
export function attempt<Result>(act: () => Result): Result | ProtocolError {
  try {
    return act();
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}
