import { UsageError } from "../errors.ts";
import type { Millis } from "../core/machine.ts";
import { readMailRate } from "../heartbeat/mail-schedule.ts";
import { durationFrom } from "./duration-option.ts";
import { checkedSeed } from "./seed.ts";
import type { OptionTable } from "./settings.ts";

/** When mail arrives. */
export const MAIL_OPTIONS = {
  "mail-at": { type: "string", array: true, describe: "Instant from the start at which mail arrives; may be repeated" },
  "mail-rate": { type: "string", describe: "Mail at random, such as 40/day for each mailbox" },
  seed: { type: "number", default: 1, describe: "Whole number from which all that is random follows" },
} as const satisfies OptionTable;

/** When mail arrives, in ms from the start. */
export interface MailTimes {
  readonly mailAt: readonly Millis[];
  readonly mailMeanIntervalMs?: Millis;
  readonly seed: number;
}

/**
 * When mail arrives by `--mail-at`, `--mail-rate` and `--seed`.
 * @throws UsageError E_DURATION_INVALID or E_USAGE
 */
export function mailFrom(args: {
  readonly "mail-at"?: readonly string[] | undefined;
  readonly "mail-rate"?: string | undefined;
  readonly seed: number;
}): MailTimes {
  const { "mail-at": mailAt = [], "mail-rate": rate } = args;
  const times = { mailAt: mailAt.map((text) => durationFrom("mail-at", text)), seed: checkedSeed(args.seed) };
  if (rate === undefined) return times;
  const reading = readMailRate(rate);
  if (reading.kind === "fault") throw new UsageError("E_USAGE", `--mail-rate: ${reading.fault}`);
  return { ...times, mailMeanIntervalMs: reading.meanIntervalMs };
}
