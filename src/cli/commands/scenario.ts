import { LARGEST_SEED } from "../../core/random.ts";
import { commandGroup, defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { tellScenario } from "../scenario-text.ts";
import { clientFrom, SERVER_OPTIONS } from "../server.ts";
import { wholeNumber } from "../whole-number.ts";

const show = defineCommand({
  command: "show",
  describe: "Show seed and timeline of a running server",
  options: SERVER_OPTIONS,
  run: async (args, output) => {
    tellScenario(await clientFrom(args).getScenario(), args.json, output);
    return EXIT.done;
  },
});

const seed = defineCommand({
  command: "seed <seed>",
  describe: "Set what new flows of a running server draw their random numbers from",
  options: SERVER_OPTIONS,
  positionals: { seed: { type: "number", demandOption: true, describe: "A whole number, 0 to 4294967295" } },
  run: async (args, output) => {
    tellScenario(await clientFrom(args).setSeed(wholeNumber("<seed>", args.seed, 0, LARGEST_SEED)), args.json, output);
    return EXIT.done;
  },
});

const start = defineCommand({
  command: "start",
  describe: "Start the timeline of a running server anew",
  options: SERVER_OPTIONS,
  run: async (args, output) => {
    tellScenario(await clientFrom(args).startTimeline(), args.json, output);
    return EXIT.done;
  },
});

const stop = defineCommand({
  command: "stop",
  describe: "Stop the timeline of a running server",
  options: SERVER_OPTIONS,
  run: async (args, output) => {
    tellScenario(await clientFrom(args).stopTimeline(), args.json, output);
    return EXIT.done;
  },
});

/** `idlewall scenario show | seed | start | stop`. */
export const scenario = commandGroup("scenario", "Seed and timeline of a running server", [show, seed, start, stop]);
