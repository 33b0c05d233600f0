import { z } from "zod";
import { FileError } from "../errors.ts";
import { readText } from "../live/text-file.ts";
import { closed } from "../profile/closed.ts";
import { readDocument } from "../profile/document.ts";
import { faultsOf, READING } from "../profile/issues.ts";
import { COST_UNITS } from "../sizing/cost.ts";
import type { CostConstant, CostModel } from "../sizing/size-result.ts";

/** No exchange takes a gigabyte, no waking a gigajoule, no tail thirty years: beyond it sums mean nothing. */
const MOST = 1e9;

const amount = z.number().min(0).max(MOST);

const constant = closed({
  value: amount,
  low: amount.optional(),
  high: amount.optional(),
  source: z.string().min(1),
}).refine(({ value, low = value, high = value }) => low <= value && value <= high, {
  error: "expected low <= value <= high",
});

const share = constant.refine(({ value, low = value, high = value }) => Math.max(value, low, high) <= 1, {
  error: "expected shares, 0 to 1",
});

/**
 * A file of costs: a mapping from constants to what they are, each with its source; those that are not named stay.
 *
 *     heartbeat: { value: 450, low: 400, high: 500, source: our own capture }
 */
const COST_FILE = closed({
  heartbeat: constant.optional(),
  command: constant.optional(),
  fullHandshake: constant.optional(),
  resumedHandshake: constant.optional(),
  resumedShare: share.optional(),
  wakeUp: constant.optional(),
  tail: constant.optional(),
});

/**
 * A cost model with the constants of a file in the place of its own.
 * @throws FileError E_CONFIG_INVALID every fault at once, each with line and column
 * @throws UsageError E_FILE_UNREADABLE
 */
export function withCostFile(model: CostModel, file: string): CostModel {
  const document = readDocument(readText(file));
  if (document.faults.length > 0) throw new FileError("E_CONFIG_INVALID", file, document.faults);
  const reading = COST_FILE.safeParse(document.value, READING);
  if (!reading.success) throw new FileError("E_CONFIG_INVALID", file, document.place(faultsOf(reading.error.issues)));
  const { heartbeat, command, fullHandshake, resumedHandshake, resumedShare, wakeUp, tail } = reading.data;
  return {
    heartbeat: replaced("heartbeat", model, heartbeat),
    command: replaced("command", model, command),
    fullHandshake: replaced("fullHandshake", model, fullHandshake),
    resumedHandshake: replaced("resumedHandshake", model, resumedHandshake),
    resumedShare: replaced("resumedShare", model, resumedShare),
    wakeUp: replaced("wakeUp", model, wakeUp),
    tail: replaced("tail", model, tail),
  };
}

function replaced(name: keyof CostModel, model: CostModel, given: z.infer<typeof constant> | undefined): CostConstant {
  if (given === undefined) return model[name];
  const { value, low = value, high = value, source } = given;
  return { value, low, high, unit: COST_UNITS[name], source };
}
