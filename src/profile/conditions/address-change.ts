import { z } from "zod";
import type { AddressChangeSettings } from "../../path/conditions/address-change.ts";
import { closed } from "../closed.ts";
import { formatDuration } from "../durations.ts";
import { duration, writeDuration, writeUnlessZero } from "./duration.ts";
import type { ConditionFormat } from "./format.ts";
import { given } from "./given.ts";
import { narrowed, NARROWING } from "./narrowing.ts";
import { wordsOf } from "./words-of.ts";

/** An address change as a profile writes it. */
export const addressChangeSchema = closed({
  type: z.literal("address-change"),
  at: duration(1).describe("When it first happens, after the start of the timeline"),
  every: duration(1).optional().describe("Time from one change to the next; once when left out"),
  spread: duration(1).optional().describe("Devices follow one another within this time; all at once when left out"),
  ...NARROWING,
}).transform((written) =>
  narrowed(written, {
    type: written.type,
    atMs: written.at,
    ...given({ everyMs: written.every }),
    spreadMs: written.spread ?? 0,
  }),
);

/** How an address change is written. */
export const addressChangeFormat: ConditionFormat<AddressChangeSettings> = {
  write: ({ atMs, everyMs, spreadMs }) =>
    given({
      at: formatDuration(atMs),
      every: writeDuration(everyMs),
      spread: writeUnlessZero(spreadMs),
    }),
  describe: ({ atMs, everyMs, spreadMs }) => {
    const [every, spread] = [writeDuration(everyMs), writeUnlessZero(spreadMs)];
    return wordsOf(
      `address-change at ${formatDuration(atMs)}`,
      every && `every ${every}`,
      spread && `within ${spread}`,
    );
  },
};
