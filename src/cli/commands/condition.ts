import type { ConditionResource } from "../../control/api/types.ts";
import { HOP_KINDS } from "../../path/hop.ts";
import { conditionSchema, describeCondition } from "../../profile/conditions/index.ts";
import { commandGroup, defineCommand } from "../command.ts";
import { conditionFrom, settingsFrom } from "../condition-words.ts";
import { EXIT } from "../exit-codes.ts";
import { clientFrom, FLOWS_OPTION, flowsFrom, LISTENER_OPTION, listenerFrom, SERVER_OPTIONS } from "../server.ts";
import { table } from "../table.ts";

const OPTIONS = { ...SERVER_OPTIONS, ...LISTENER_OPTION } as const;
const HEADER = ["CONDITION", "HOP", "TYPE", "DOES"];

const ID = { type: "string", demandOption: true, describe: "The condition, as list names it" } as const;

const list = defineCommand({
  command: "list",
  describe: "List the conditions in force on a running server",
  options: OPTIONS,
  run: async (args, output) => {
    const client = clientFrom(args);
    const conditions = await client.listConditions(await listenerFrom(client, args.listener));
    if (args.json === true) output.json(conditions);
    else output.result(table(HEADER, conditions.map(row)));
    return EXIT.done;
  },
});

const add = defineCommand({
  command: "add <hop> <settings..>",
  describe: "Add a condition to a hop of a running server",
  options: {
    ...OPTIONS,
    ...FLOWS_OPTION,
    kind: {
      type: "string",
      choices: HOP_KINDS,
      describe: "What a hop that is not there yet is; network when left out",
    },
    position: { type: "number", describe: "Where among the conditions of its hop, from 0; behind them when left out" },
  },
  positionals: {
    hop: { type: "string", demandOption: true, describe: "Name of the hop; one that is not there is made" },
    settings: {
      type: "string",
      array: true,
      demandOption: true,
      describe: "The type, then settings as a profile spells them: idle-timeout idleTimeout=5m",
    },
  },
  run: async (args, output) => {
    const client = clientFrom(args);
    const listener = await listenerFrom(client, args.listener);
    const { hop, position } = args;
    const kind = HOP_KINDS.find((each) => each === args.kind);
    const added = await client.addCondition(listener, {
      hop,
      ...(kind !== undefined && { kind }),
      ...(position !== undefined && { position }),
      condition: conditionFrom(args.settings),
      flows: flowsFrom(args.flows),
    });
    if (args.json === true) output.json(added);
    else output.result(table(HEADER, [row(added)]));
    return EXIT.done;
  },
});

const change = defineCommand({
  command: "change <id> <settings..>",
  describe: "Change settings of a condition of a running server",
  options: { ...OPTIONS, ...FLOWS_OPTION },
  positionals: {
    id: ID,
    settings: {
      type: "string",
      array: true,
      demandOption: true,
      describe: "Settings as a profile spells them: idleTimeout=8m; null takes one away",
    },
  },
  run: async (args, output) => {
    const client = clientFrom(args);
    const listener = await listenerFrom(client, args.listener);
    const flows = flowsFrom(args.flows);
    const changed = await client.changeCondition(listener, args.id, settingsFrom(args.settings), { flows });
    if (args.json === true) output.json(changed);
    else output.result(table(HEADER, [row(changed)]));
    return EXIT.done;
  },
});

const remove = defineCommand({
  command: "remove <id>",
  describe: "Take a condition off a running server",
  options: { ...OPTIONS, ...FLOWS_OPTION },
  positionals: { id: ID },
  run: async (args, output) => {
    const client = clientFrom(args);
    const listener = await listenerFrom(client, args.listener);
    await client.removeCondition(listener, args.id, { flows: flowsFrom(args.flows) });
    if (args.json === true) output.json({ removed: args.id });
    else output.result(`${args.id} is gone`);
    return EXIT.done;
  },
});

/** `idlewall condition list | add | change | remove`. */
export const condition = commandGroup("condition", "Conditions in force on a running server", [
  list,
  add,
  change,
  remove,
]);

function row({ id, hop, condition: written }: ConditionResource): readonly string[] {
  const { success, data } = conditionSchema.safeParse(written);
  return [id, hop, written.type, success ? describeCondition(data) : ""];
}
