import type { InferredOptionTypes } from "yargs";
import { parseDeviceServer } from "../../live/device-server.ts";
import type { DeviceCallbacks } from "../../live/device-options.ts";
import { startFleet } from "../../live/fleet.ts";
import { RealScheduler } from "../../live/real-scheduler.ts";
import { defineCommand, JSON_OPTION } from "../command.ts";
import { type DeviceLine, exchangeLine, pauseLine } from "../device-lines.ts";
import { durationFrom } from "../duration-option.ts";
import { EXIT } from "../exit-codes.ts";
import { MODEL_OPTIONS, modelFrom } from "../model-options.ts";
import { ofOption } from "../of-option.ts";
import { targetAuthorities } from "../options.ts";
import type { Output } from "../output.ts";
import { checkedSeed } from "../seed.ts";
import type { OptionTable } from "../settings.ts";
import { untilAskedToStop } from "../signals.ts";
import { timeScaleFrom } from "../time-scale.ts";
import { wholeNumber } from "../whole-number.ts";

/** More than one process has handles for on most machines. */
const MOST_DEVICES = 10_000;

const OPTIONS = {
  server: { type: "string", demandOption: true, describe: "URL of the proxy or the Client Access server" },
  count: { type: "number", default: 1, describe: "How many devices, each with a user of its own" },
  ...MODEL_OPTIONS,
  user: { type: "string", default: "user", describe: "Who signs in; numbered when there are several devices" },
  password: { type: "string", default: "", describe: "Password of the users; better as IDLEWALL_PASSWORD" },
  ca: { type: "string", describe: "PEM file of authorities to trust" },
  insecure: { type: "boolean", describe: "Trust any certificate of the server" },
  resume: { type: "boolean", default: true, describe: "Resume the TLS session on a further connection" },
  base64: { type: "boolean", describe: "Write the query in base64, as devices may from protocol 12.1 on" },
  spread: { type: "string", describe: "Devices start at random instants of this time, such as 15m, not at once" },
  seed: { type: "number", default: 1, describe: "Whole number from which those instants follow" },
  "time-scale": { type: "number", default: 1, describe: "Emulated seconds in a real one; must be the proxy's" },
  duration: { type: "string", describe: "How long to run, in emulated time; until a signal when left out" },
  ...JSON_OPTION,
} as const satisfies OptionTable;

/** `idlewall device`: devices that negotiate with a server, through whatever lies between. */
export const device = defineCommand({
  command: "device",
  describe: "Run devices against a server and print each of their heartbeats",
  options: OPTIONS,
  run: async (args, output) => {
    const options = fleetFrom(args);
    const durationMs = args.duration === undefined ? undefined : durationFrom("duration", args.duration);
    if (args.insecure === true) output.note("any certificate of the server is taken (--insecure)");
    if (args.spread !== undefined) output.note(`devices start within ${args.spread}, seed ${options.seed}`);
    const scheduler = new RealScheduler({ timeScale: options.timeScale });
    const fleet = startFleet({ ...options, ...linesTo(output, args.json === true), scheduler });
    const stopped = untilAskedToStop(output, { drain: () => Promise.resolve(), busyCount: () => 0 });
    await (durationMs === undefined ? stopped : Promise.race([stopped, reached(scheduler, durationMs)]));
    await fleet.stop();
    scheduler.stop();
    return EXIT.done;
  },
});

function fleetFrom(args: InferredOptionTypes<typeof OPTIONS>) {
  const { ca, insecure = false, user, password, resume: resumption, base64 = false, spread } = args;
  const authorities = ca === undefined ? {} : { authorities: targetAuthorities(ca) };
  return {
    ...modelFrom(args),
    server: ofOption("server", () => parseDeviceServer(args.server, { insecure, ...authorities })),
    count: wholeNumber("--count", args.count, 1, MOST_DEVICES),
    user,
    password,
    queryForm: base64 ? ("base64" as const) : ("plain" as const),
    resumption,
    timeScale: timeScaleFrom(args["time-scale"]),
    spreadMs: spread === undefined ? 0 : durationFrom("spread", spread),
    seed: checkedSeed(args.seed),
  };
}

/** A pause that follows a heartbeat stands in the heartbeat's own line, and is not told again. */
function linesTo(output: Output, json: boolean): DeviceCallbacks {
  const told = new Map<string, string>();
  const tell = (line: DeviceLine): void => (json ? output.json(line.json) : output.result(line.text));
  return {
    onConcluded: (record, { deviceId }) => {
      told.set(deviceId, record.conclusion);
      tell(exchangeLine(record, deviceId));
    },
    onPaused: (pause, { deviceId }) => {
      if (told.get(deviceId) !== pause.reason) tell(pauseLine(pause, deviceId));
      told.delete(deviceId);
    },
  };
}

function reached(scheduler: RealScheduler, at: number): Promise<void> {
  return new Promise((resolve) => {
    scheduler.schedule(at, resolve);
  });
}
