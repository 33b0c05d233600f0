import { StartError } from "../errors.ts";
import { ServerLeg, type ServerFailure } from "./server-leg.ts";
import { type Target, targetText } from "./target.ts";

/** How long a target may take to be reached, in real ms. */
const REACH_MS = 10_000;

/** What can be done about a target, in the words of whoever has it checked. */
export interface TargetAdvice {
  readonly unreachable: string;
  readonly untrusted: string;
}

const COMMAND_ADVICE: TargetAdvice = {
  unreachable: "--no-target-check starts all the same",
  untrusted: "give its authority with --target-ca FILE, or trust anything with --target-insecure",
};

/**
 * Connects to a target once and lets go again.
 * @throws StartError E_TARGET_UNREACHABLE or E_TARGET_UNTRUSTED, with what to do about it
 */
export async function checkTarget(target: Target, advice: TargetAdvice = COMMAND_ADVICE): Promise<void> {
  const failure = await reach(target);
  if (failure === undefined) return;
  const where = targetText(target);
  const { code, message, untrusted = false } = failure;
  if (untrusted)
    throw new StartError("E_TARGET_UNTRUSTED", `${where} is not trusted: ${message} (${code}); ${advice.untrusted}`);
  throw new StartError(
    "E_TARGET_UNREACHABLE",
    `${where} can't be reached: ${message} (${code}); ${advice.unreachable}`,
  );
}

function reach(target: Target): Promise<ServerFailure | undefined> {
  return new Promise((resolve) => {
    const slow = { code: "ETIMEDOUT", message: `no connection in ${REACH_MS / 1000} s`, connected: false };
    const finish = (failure: ServerFailure | undefined): void => {
      clearTimeout(timeout);
      leg.reset();
      resolve(failure);
    };
    const timeout = setTimeout(() => finish(slow), REACH_MS);
    const leg = new ServerLeg(target, {
      serverData: () => undefined,
      serverDrained: () => undefined,
      serverConnected: () => finish(undefined),
      serverEnded: () => undefined,
      serverFailed: finish,
      serverClosed: () => undefined,
    });
  });
}
