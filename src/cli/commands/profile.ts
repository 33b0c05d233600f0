import type { Client } from "../../client/client.ts";
import type { WrittenConditionResource, WrittenProfileResource } from "../../control/api/types.ts";
import { loadProfile } from "../../live/profile-files.ts";
import { looksLikeFile } from "../../live/profile-name.ts";
import type { ConditionSettings } from "../../path/conditions/index.ts";
import { conditionSchema } from "../../profile/conditions/index.ts";
import { pathLine } from "../../profile/describe.ts";
import { writeProfile, writtenText } from "../../profile/writer.ts";
import { commandGroup, defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import type { Output } from "../output.ts";
import { clientFrom, FLOWS_OPTION, flowsFrom, LISTENER_OPTION, listenerFrom, SERVER_OPTIONS } from "../server.ts";

const show = defineCommand({
  command: "show",
  describe: "Show the profile in force on a running server, as its file would spell it",
  options: { ...SERVER_OPTIONS, ...LISTENER_OPTION },
  run: async (args, output) => {
    const client = clientFrom(args);
    const profile = await client.getListenerProfile(await listenerFrom(client, args.listener));
    if (args.json === true) output.json(profile);
    else output.result(writtenText(profile).trimEnd());
    return EXIT.done;
  },
});

const set = defineCommand({
  command: "set <profile>",
  describe: "Put a profile in force on a running server",
  options: { ...SERVER_OPTIONS, ...LISTENER_OPTION, ...FLOWS_OPTION },
  positionals: {
    profile: { type: "string", demandOption: true, describe: "Name of a profile that the server ships, or a file" },
  },
  run: async (args, output) => {
    const choice = looksLikeFile(args.profile) ? writeProfile(loadProfile(args.profile)) : args.profile;
    const client = clientFrom(args);
    await tellSet(client, await listenerFrom(client, args.listener), choice, args, output);
    return EXIT.done;
  },
});

/** `idlewall profile show | set`. */
export const profile = commandGroup("profile", "The profile in force on a running server", [show, set]);

async function tellSet(
  client: Client,
  listener: string,
  choice: string | WrittenProfileResource,
  { flows, json }: { readonly flows: string; readonly json?: boolean | undefined },
  output: Output,
): Promise<void> {
  const changed = await client.setListenerProfile(listener, choice, { flows: flowsFrom(flows) });
  if (json === true) output.json(changed);
  else output.result(`${listener}, ${flows} flows: ${writtenLine(changed.profile)}`);
}

/** What is in force need not be what a file can hold: a toxic's hop has a name of its own, with settings of its own. */
function writtenLine({ hops }: WrittenProfileResource): string {
  return pathLine({ hops: hops.map(({ conditions, ...hop }) => ({ ...hop, conditions: conditions.flatMap(known) })) });
}

/** Another version's server may have conditions that this one does not know. */
function known(written: WrittenConditionResource): readonly ConditionSettings[] {
  const { success, data } = conditionSchema.safeParse(written);
  return success ? [data] : [];
}
