import { UsageError } from "../../errors.ts";
import { pathLine } from "../../profile/describe.ts";
import type { OpenRow, TraceRow } from "../../heartbeat/trace.ts";
import { ladderHeading, ladderLine, openLine } from "../../report/ladder.ts";
import { runVirtually, type Scenario } from "../../sizing/scenario.ts";
import { defineCommand, JSON_OPTION } from "../command.ts";
import { durationFrom } from "../duration-option.ts";
import { EXIT } from "../exit-codes.ts";
import { MAIL_OPTIONS, mailFrom } from "../mail-options.ts";
import { MODEL_OPTIONS, modelFrom } from "../model-options.ts";
import { PATH_OPTIONS, profileFrom } from "../options.ts";
import { timeScaleFrom } from "../time-scale.ts";

/** Devices that a ladder can hold and still be read. */
const MOST_DEVICES = 10_000;

/** `idlewall trace`: a negotiation in virtual time, or live on loopback. */
export const trace = defineCommand({
  command: "trace",
  describe: "Run a negotiation, in virtual time or live, and print its ladder",
  options: {
    ...PATH_OPTIONS,
    ...MODEL_OPTIONS,
    ...MAIL_OPTIONS,
    devices: { type: "number", default: 1, describe: "How many devices there are, each with its own mailbox" },
    duration: { type: "string", default: "3h", describe: "How long the run lasts" },
    live: { type: "boolean", describe: "Run over loopback TLS, with the proxy, device and server that serve runs" },
    "time-scale": { type: "number", describe: "With --live: emulated seconds in a real one (default 600)" },
    ...JSON_OPTION,
  },
  run: async (args, output) => {
    const profile = profileFrom(args);
    const scenario: Scenario = {
      hops: profile.hops,
      ...modelFrom(args),
      ...mailFrom(args),
      deviceCount: deviceCountFrom(args.devices),
      durationMs: durationFrom("duration", args.duration),
    };
    refuseMailBeyond(scenario, args);
    const timeScale = liveTimeScale(args["time-scale"], args.live === true);
    const many = scenario.deviceCount > 1;
    const run = `${pathLine(profile)}, seed ${scenario.seed}`;
    if (args.json === true) output.note(run);
    else output.result(`${run}\n${ladderHeading(many)}`);
    const tell = (row: TraceRow): void => {
      if (args.json === true) output.json({ ...row, seed: scenario.seed });
      else output.result(ladderLine(row, many));
    };
    const open = args.live === true ? await runLive(scenario, timeScale, tell) : runVirtually(scenario, tell);
    if (args.json !== true) for (const row of open) output.result(openLine(row, many));
    return EXIT.done;
  },
});

/** Sockets and certificates are loaded for a live run only. */
async function runLive(
  scenario: Scenario,
  timeScale: number,
  tell: (row: TraceRow) => void,
): Promise<readonly OpenRow[]> {
  const live = await import("../live-scenario.ts");
  return live.runLive(scenario, { timeScale }, tell);
}

/** Refuses mail that would arrive when the run is over. */
function refuseMailBeyond(
  { mailAt, durationMs }: Scenario,
  {
    "mail-at": texts = [],
    duration,
  }: { readonly "mail-at"?: readonly string[] | undefined; readonly duration: string },
): void {
  const beyond = mailAt.findIndex((at) => at > durationMs);
  if (beyond === -1) return;
  throw new UsageError("E_USAGE", `--mail-at: found ${texts[beyond]}, expected --duration, ${duration}, at most`);
}

function deviceCountFrom(count: number): number {
  if (Number.isInteger(count) && count >= 1 && count <= MOST_DEVICES) return count;
  throw new UsageError("E_USAGE", `--devices: found ${count}, expected a whole number from 1 to ${MOST_DEVICES}`);
}

function liveTimeScale(timeScale: number | undefined, live: boolean): number {
  if (timeScale === undefined) return 600;
  if (!live) throw new UsageError("E_USAGE", "found --time-scale without --live, expected both or none");
  return timeScaleFrom(timeScale);
}
