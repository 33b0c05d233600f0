import { z } from "zod";
import type { OutageSettings } from "../../path/conditions/outage.ts";
import { closed } from "../closed.ts";
import { formatDuration } from "../durations.ts";
import { duration, writeDuration } from "./duration.ts";
import type { ConditionFormat } from "./format.ts";
import { given } from "./given.ts";
import { narrowed, NARROWING } from "./narrowing.ts";
import { rto, writeRto } from "./rto.ts";
import { wordsOf } from "./words-of.ts";

/** An outage as a profile writes it. */
export const outageSchema = closed({
  type: z.literal("outage"),
  at: duration(1).describe("When it begins, after the start of the timeline"),
  for: duration(1).describe("How long it lasts"),
  every: duration(1).optional().describe("After so long the same happens anew; once when left out"),
  rto,
  ...NARROWING,
})
  .check(({ value, issues }) => {
    const { at, for: length, every = Infinity } = value;
    if (every > at + length) return;
    const message = `found ${formatDuration(every)}, expected more than at and for together, ${formatDuration(at + length)}`;
    issues.push({ code: "custom", input: every, path: ["every"], message });
  })
  .transform((written) =>
    narrowed(written, {
      type: written.type,
      atMs: written.at,
      forMs: written.for,
      ...given({ everyMs: written.every }),
      rtoMs: written.rto,
    }),
  );

/** How an outage is written. */
export const outageFormat: ConditionFormat<OutageSettings> = {
  write: ({ atMs, forMs, everyMs, rtoMs }) =>
    given({
      at: formatDuration(atMs),
      for: formatDuration(forMs),
      every: writeDuration(everyMs),
      rto: writeRto(rtoMs),
    }),
  describe: ({ atMs, forMs, everyMs }) => {
    const every = writeDuration(everyMs);
    return wordsOf(`outage at ${formatDuration(atMs)} for ${formatDuration(forMs)}`, every && `every ${every}`);
  },
};
