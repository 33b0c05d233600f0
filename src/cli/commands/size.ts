import { settingsFromLogs, withLogs } from "../../sizing/log-settings.ts";
import { recommend } from "../../sizing/recommendation.ts";
import type { SizeResult } from "../../sizing/size-result.ts";
import { defineCommand, JSON_OPTION } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { logLines } from "../log-lines.ts";
import { tellsProgress } from "../output.ts";
import { FROM_LOG_OPTIONS, readLogs } from "../read-logs.ts";
import { commandsFor } from "../size-commands.ts";
import { sizeLines } from "../size-lines.ts";
import { SIZE_OPTIONS } from "../size-options.ts";
import { Progress } from "../size-progress.ts";
import { saidIn, sizeSettingsFrom } from "../size-settings.ts";
import { sizeInThreads, worthwhileThreads } from "../size-threads.ts";
import { wholeNumber } from "../whole-number.ts";

/** `idlewall size`: which idle time-out to set, from virtual time. */
export const size = defineCommand({
  command: "size",
  describe: "Find the idle time-out to set on the firewall, in virtual time",
  options: { ...SIZE_OPTIONS, ...FROM_LOG_OPTIONS, ...JSON_OPTION },
  run: async ({ for: products = [], json, threads: threadCount, "from-log": logs, ...args }, output) => {
    const asked = sizeSettingsFrom(args);
    const observed = logs === undefined ? undefined : await readLogs(logs, (text) => output.note(text));
    const told = observed === undefined || !tellsProgress(args["log-level"]) ? [] : logLines(observed);
    for (const line of told) output.note(line);
    const settings = observed === undefined ? asked : withLogs(asked, settingsFromLogs(observed), saidIn(args));
    const threads = Math.min(wholeNumber("--threads", threadCount, 1, 256), worthwhileThreads(settings));
    const progress = new Progress(process.stderr, () => performance.now());
    const rows = await sizeInThreads(settings, threads, (share) => progress.show(share)).finally(() =>
      progress.clear(),
    );
    const recommendation = recommend(settings, rows);
    const commands = commandsFor(products, recommendation.advisedSeconds);
    const result: SizeResult = { settings, rows, recommendation: { ...recommendation, commands } };
    if (json === true) output.json(result);
    else output.result(sizeLines(result));
    return EXIT.done;
  },
});
