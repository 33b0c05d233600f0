import type { BoundsResource } from "../../control/api/types.ts";
import { minutes } from "../../report/ladder.ts";
import { percent } from "../bounds-words.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { clientFrom, SERVER_OPTIONS } from "../server.ts";
import { table } from "../table.ts";

const HEADER = ["NETWORK", "PATH", "LONGEST HELD", "TIMES", "SHORTEST FAILED", "TIMES", "SURE", "ENDED BY OUR HOPS"];

/** `idlewall bounds`: what is known of the real path in front of a running server. */
export const bounds = defineCommand({
  command: "bounds",
  describe: "Show the time-out of the real path in front of each network, as far as is known",
  options: SERVER_OPTIONS,
  run: async (args, output) => {
    const networks = await clientFrom(args).listBounds();
    if (args.json === true) output.json(networks);
    else output.result(table(HEADER, networks.map(row)));
    return EXIT.done;
  },
});

function row({ network, state, endedByHopsCount, ...bracket }: BoundsResource): readonly string[] {
  const { longestHeldSeconds, heldSamples, shortestFailedSeconds, failedSamples, confidence } = bracket;
  const held = longestHeldSeconds === undefined ? ["", ""] : [minutes(longestHeldSeconds), `${heldSamples}`];
  const failed =
    shortestFailedSeconds === undefined
      ? ["", "", ""]
      : [minutes(shortestFailedSeconds), `${failedSamples}`, percent(confidence)];
  return [network, state, ...held, ...failed, `${endedByHopsCount}`];
}
