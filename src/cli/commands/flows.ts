import type { FlowResource } from "../../control/api/types.ts";
import { formatDuration } from "../../profile/durations.ts";
import { askedWords } from "../asked-words.ts";
import { commandGroup, defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { clientFrom, ENDING_OPTION, endingFrom, SERVER_OPTIONS } from "../server.ts";
import { table } from "../table.ts";
import { wholeNumber } from "../whole-number.ts";

const HEADER = ["FLOW", "LISTENER", "DEVICE", "AGE", "PARKED", "NEXT", "TO SERVER", "TO DEVICE"];
const ID = { type: "number", demandOption: true, describe: "Number of the flow" } as const;

const list = defineCommand({
  command: "list",
  describe: "List the connections of a running server, with their timers",
  options: {
    ...SERVER_OPTIONS,
    listener: { type: "string", describe: "Only flows of this listener" },
    device: { type: "string", describe: "Only flows of this device" },
  },
  run: async (args, output) => {
    const { listener, device } = args;
    const flows = await clientFrom(args).listFlows({ listener, device });
    if (args.json === true) output.json(flows);
    else output.result(table(HEADER, flows.map(row)));
    return EXIT.done;
  },
});

const show = defineCommand({
  command: "show <id>",
  describe: "Show one connection of a running server, condition by condition",
  options: SERVER_OPTIONS,
  positionals: { id: ID },
  run: async (args, output) => {
    const flow = await clientFrom(args).getFlow(flowId(args.id));
    if (args.json === true) output.json(flow);
    else output.result([table(HEADER, [row(flow)]), "", stages(flow)].join("\n"));
    return EXIT.done;
  },
});

const end = defineCommand({
  command: "end <id>",
  describe: "End one connection of a running server, as a hop would",
  options: { ...SERVER_OPTIONS, ...ENDING_OPTION },
  positionals: { id: ID },
  run: async (args, output) => {
    const id = flowId(args.id);
    await clientFrom(args).endFlow(id, { ending: endingFrom(args.ending) });
    if (args.json === true) output.json({ flow: id, ending: args.ending });
    else output.result(`flow ${id} has ended: ${args.ending}`);
    return EXIT.done;
  },
});

/** `idlewall flows list | show | end`. */
export const flows = commandGroup("flows", "Connections of a running server", [list, show, end]);

function flowId(id: number): number {
  return wholeNumber("<id>", id, 1, Number.MAX_SAFE_INTEGER);
}

function row(flow: FlowResource): readonly string[] {
  const { id, leaving, device = "", ageMs, bytes, parked, endedBy } = flow;
  const waits = parked === undefined ? "" : askedWords(parked);
  const next = endedBy === undefined ? nextOf(flow) : `ended by ${endedBy}`;
  const age = formatDuration(Math.round(ageMs / 1000) * 1000);
  const listener = leaving ? `${flow.listener} (leaving)` : flow.listener;
  return [`${id}`, listener, device, age, waits, next, `${bytes.toServer}`, `${bytes.toDevice}`];
}

/** The condition that acts first by itself, and when. */
function nextOf({ hops }: FlowResource): string {
  const due = hops.filter(({ dueInMs }) => dueInMs !== undefined);
  const [first] = due.sort((left, right) => (left.dueInMs ?? 0) - (right.dueInMs ?? 0));
  return first === undefined ? "" : `${first.name} in ${remaining(first.dueInMs)}`;
}

function remaining(dueInMs: number | undefined): string {
  return dueInMs === undefined ? "" : formatDuration(Math.round(dueInMs / 1000) * 1000);
}

function stages({ hops }: FlowResource): string {
  return table(
    ["HOP", "CONDITION", "ACTS", "DUE IN", "WAITING TO SERVER", "WAITING TO DEVICE"],
    hops.map(({ hop, name, active, dueInMs, waitingBytes }) => [
      hop,
      name,
      active ? "yes" : "no",
      remaining(dueInMs),
      `${waitingBytes.toServer}`,
      `${waitingBytes.toDevice}`,
    ]),
  );
}
