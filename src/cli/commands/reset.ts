import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { tellScenario } from "../scenario-text.ts";
import { clientFrom, SERVER_OPTIONS } from "../server.ts";

/** `idlewall reset`: a running server goes back to what it was started with. */
export const reset = defineCommand({
  command: "reset",
  describe: "Bring a running server back to what configuration and command line said",
  options: SERVER_OPTIONS,
  run: async (args, output) => {
    tellScenario(await clientFrom(args).reset(), args.json, output);
    return EXIT.done;
  },
});
