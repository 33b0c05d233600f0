import type { AlertResource } from "../../control/api/types.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { clientFrom, SERVER_OPTIONS } from "../server.ts";
import { table } from "../table.ts";

const HEADER = ["COMMAND", "ALERT", "MEAN", "INTERVALS", "RAISED AT OR BELOW"];

/** `idlewall alerts`: whether Exchange would complain of what devices of a running server ask. */
export const alerts = defineCommand({
  command: "alerts",
  describe: "Show Exchange's alert of short intervals (event 1040), as it is for a running server",
  options: SERVER_OPTIONS,
  run: async (args, output) => {
    const found = await clientFrom(args).listAlerts();
    if (args.json === true) output.json(found);
    else output.result(table(HEADER, found.map(row)));
    for (const { text } of found) if (text !== undefined && args.json !== true) output.result(text);
    return EXIT.done;
  },
});

function row({ command, raised, meanSeconds, samples, thresholdSeconds }: AlertResource): readonly string[] {
  const mean = meanSeconds === undefined ? "" : `${Math.round(meanSeconds)} s`;
  return [command, raised ? "raised" : "no", mean, `${samples}`, `${thresholdSeconds} s`];
}
