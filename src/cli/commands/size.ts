import { recommend } from "../../sizing/recommendation.ts";
import type { SizeResult } from "../../sizing/size-result.ts";
import { defineCommand, JSON_OPTION } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { commandsFor } from "../size-commands.ts";
import { sizeLines } from "../size-lines.ts";
import { SIZE_OPTIONS } from "../size-options.ts";
import { Progress } from "../size-progress.ts";
import { sizeSettingsFrom } from "../size-settings.ts";
import { sizeInThreads } from "../size-threads.ts";
import { wholeNumber } from "../whole-number.ts";

/** `idlewall size`: which idle time-out to set, from virtual time. */
export const size = defineCommand({
  command: "size",
  describe: "Find the idle time-out to set on the firewall, in virtual time",
  options: { ...SIZE_OPTIONS, ...JSON_OPTION },
  run: async ({ for: products = [], json, threads: threadCount, ...args }, output) => {
    const settings = sizeSettingsFrom(args);
    const threads = wholeNumber("--threads", threadCount, 1, 256);
    const progress = new Progress(process.stderr, () => performance.now());
    const rows = await sizeInThreads(settings, threads, (share) => progress.show(share)).finally(() =>
      progress.clear(),
    );
    const recommendation = recommend(settings, rows);
    const commands = commandsFor(products, recommendation.idleTimeoutSeconds);
    const result: SizeResult = { settings, rows, recommendation: { ...recommendation, commands } };
    if (json === true) output.json(result);
    else output.result(sizeLines(result));
    return EXIT.done;
  },
});
