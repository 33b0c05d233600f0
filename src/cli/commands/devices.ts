import type { DeviceResource } from "../../control/api/types.ts";
import { minutes } from "../../report/ladder.ts";
import { askedWords } from "../asked-words.ts";
import { commandGroup, defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { clientFrom, ENDING_OPTION, endingFrom, SERVER_OPTIONS } from "../server.ts";
import { table } from "../table.ts";

const ID = { type: "string", demandOption: true, describe: "The device, as list names it" } as const;
const HEADER = ["DEVICE", "TYPE", "FLOWS", "ASKS", "LONGEST HELD", "SHORTEST FAILED", "LAST EXPIRED", "STATE"];

const list = defineCommand({
  command: "list",
  describe: "List the devices of a running server, and where their negotiation stands",
  options: SERVER_OPTIONS,
  run: async (args, output) => {
    const devices = await clientFrom(args).listDevices();
    if (args.json === true) output.json(devices);
    else output.result(table(HEADER, devices.flatMap(rows)));
    return EXIT.done;
  },
});

const show = defineCommand({
  command: "show <id>",
  describe: "Show one device of a running server",
  options: SERVER_OPTIONS,
  positionals: { id: ID },
  run: async (args, output) => {
    const device = await clientFrom(args).getDevice(args.id);
    if (args.json === true) output.json(device);
    else output.result(table(HEADER, rows(device)));
    return EXIT.done;
  },
});

const end = defineCommand({
  command: "end <id>",
  describe: "End every connection of a device, as a hop would",
  options: { ...SERVER_OPTIONS, ...ENDING_OPTION },
  positionals: { id: ID },
  run: async (args, output) => {
    const ended = await clientFrom(args).endDevice(args.id, { ending: endingFrom(args.ending) });
    if (args.json === true) output.json({ device: args.id, ending: args.ending, ended });
    else output.result(`${ended === 1 ? "1 flow has" : `${ended} flows have`} ended: ${args.ending}`);
    return EXIT.done;
  },
});

/** `idlewall devices list | show | end`. */
export const devices = commandGroup("devices", "Devices of a running server", [list, show, end]);

/** One for each command that it has parked. */
function rows({ id, deviceType, flows, negotiations }: DeviceResource): readonly (readonly string[])[] {
  return negotiations.map(({ command, state, ...negotiation }) => {
    const { heartbeatIntervalSeconds, longestHeldSeconds, shortestFailedSeconds, lastExpiry } = negotiation;
    const asks = askedWords({ command, heartbeatIntervalSeconds });
    const expired = lastExpiry === undefined ? "" : `${minutes(lastExpiry.silenceSeconds)} at ${lastExpiry.hop}`;
    const [held, failed] = [interval(longestHeldSeconds), interval(shortestFailedSeconds)];
    return [id, deviceType, `${flows}`, asks, held, failed, expired, state];
  });
}

function interval(seconds: number | undefined): string {
  return seconds === undefined ? "" : minutes(seconds);
}
