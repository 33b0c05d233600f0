import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { clientFrom, SERVER_OPTIONS } from "../server.ts";

/** `idlewall reload`: a running server reads its configuration again. */
export const reload = defineCommand({
  command: "reload",
  describe: "Have a running server read its configuration again, all or nothing",
  options: SERVER_OPTIONS,
  run: async (args, output) => {
    const client = clientFrom(args);
    const needRestart = await client.reload();
    if (needRestart.length > 0) output.note(`not in force before a restart: ${needRestart.join(", ")}`);
    const listeners = await client.listListeners();
    if (args.json === true) output.json(listeners);
    else
      output.result(listeners.map(({ name, listen, profile }) => `${name} on ${listen}: ${profile.name}`).join("\n"));
    return EXIT.done;
  },
});
