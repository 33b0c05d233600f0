import type { InferredOptionTypes } from "yargs";
import { UsageError } from "../../errors.ts";
import { deviceModel } from "../../heartbeat/negotiators/models.ts";
import type { Threshold } from "../../heartbeat/path-evidence.ts";
import type { PathFinding } from "../../heartbeat/path-finding.ts";
import type { SearchSettings } from "../../heartbeat/path-rungs.ts";
import { parseDeviceServer } from "../../live/device-server.ts";
import { startProbe, type ProbeOptions } from "../../live/probe.ts";
import { ProbePings } from "../../live/probe-pings.ts";
import { RealScheduler } from "../../live/real-scheduler.ts";
import { checkWritable, readFirstLine, writeText } from "../../live/text-file.ts";
import { profileText } from "../../profile/writer.ts";
import { defineCommand, JSON_OPTION } from "../command.ts";
import { durationFrom } from "../duration-option.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { ofOption } from "../of-option.ts";
import { targetAuthorities } from "../options.ts";
import { type Output, tellsProgress } from "../output.ts";
import { profileOfFinding } from "../probe-profile.ts";
import { bracketLine, findingJson, findingLines, isIncomplete, planLine, stoppedJson } from "../probe-words.ts";
import type { OptionTable } from "../settings.ts";
import { untilAskedToStop } from "../signals.ts";
import { timeScaleFrom } from "../time-scale.ts";
import { wholeNumber } from "../whole-number.ts";

const OPTIONS = {
  server: { type: "string", demandOption: true, describe: "URL of an idlewall that is served with --allow-probe" },
  from: { type: "string", default: "30s", describe: "Shortest silence that is tried" },
  to: { type: "string", default: "60m", describe: "Longest silence that is tried" },
  precision: { type: "string", default: "5s", describe: "How narrow the bracket is to be" },
  flows: { type: "number", describe: "Silent flows at a time (default 80; 8 with --user)" },
  "answer-within": { type: "string", describe: "How long an answer may take on a path that is alive (default 10s)" },
  user: { type: "string", describe: "Probe any ActiveSync server by the Pings of this user instead" },
  password: { type: "string", describe: "Password of that user; better as IDLEWALL_PASSWORD or from a file" },
  "password-file": { type: "string", describe: "File whose first line is that password" },
  ca: { type: "string", describe: "PEM file of authorities to trust" },
  insecure: { type: "boolean", describe: "Trust any certificate of the server" },
  "time-scale": { type: "number", default: 1, describe: "Emulated seconds in a real one; must be the server's" },
  "write-profile": { type: "string", describe: "Write what was found as a profile that serve --profile emulates" },
  force: { type: "boolean", describe: "Replace the profile's file if it is there" },
  ...JSON_OPTION,
} as const satisfies OptionTable;

type Arguments = InferredOptionTypes<typeof OPTIONS>;

/** `idlewall probe`: the idle time-out of the path from here to a server. */
export const probe = defineCommand({
  command: "probe",
  describe: "Measure the idle time-out of the path from here to a server",
  options: OPTIONS,
  run: async (args, output) => {
    const options = optionsFrom(args);
    const { scheduler, search } = options;
    const file = args["write-profile"];
    if (file !== undefined) checkWritable(file, args.force === true);
    if (args.insecure === true) output.note("any certificate of the server is taken (--insecure)");
    let found: Found | undefined;
    const tells = tellsProgress(args["log-level"]);
    const running = await startProbe({
      ...options,
      onFound: (aliveMs, deadMs) => {
        const line = bracketLine(aliveMs, deadMs);
        if (tells && line !== found?.line) output.note(line);
        found = { aliveMs, deadMs, line };
      },
    });
    if (tells) output.note(planLine(search, options.timeScale));
    const stopped = untilAskedToStop(output, { drain: () => Promise.resolve(), busyCount: () => 0 });
    try {
      const finding = await Promise.race([running.finding, stopped]);
      if (finding !== undefined) return tell(finding, options, args, output);
      if (args.json === true) output.json(stoppedJson(options.server.authority, found));
      output.note(`stopped before the end of the search: ${found?.line ?? "nothing is known yet"}`);
      if (file !== undefined) output.note(`${file}: not written: the search did not come to its end`);
      return EXIT.expectationFailed;
    } finally {
      await running.stop();
      scheduler.stop();
    }
  },
});

/** A bracket on the way, as it was told. */
interface Found extends Threshold {
  readonly line: string;
}

/** Tells what was found, and writes it where it is wanted and can be written. */
function tell(finding: PathFinding, options: ProbeOptions, args: Arguments, output: Output): ExitCode {
  const host = options.server.authority;
  if (args.json === true) output.json(findingJson(finding, host));
  else for (const line of findingLines(finding, options.search.toMs)) output.result(line);
  const file = args["write-profile"];
  if (file === undefined) return isIncomplete(finding, options.search.toMs) ? EXIT.expectationFailed : EXIT.done;
  const profile = profileOfFinding(finding, host, new Date().toISOString().slice(0, 10));
  if (profile === undefined) {
    output.note(`${file}: not written: found ${finding.verdict}, expected an idle time-out or a lifetime to write`);
    return EXIT.expectationFailed;
  }
  writeText(file, profileText(profile), args.force === true);
  output.note(`${file}: written; idlewall serve --profile ${file} emulates this path`);
  for (const sentence of profile.unverified ?? []) output.note(`  not as measured: ${sentence}`);
  return EXIT.done;
}

function optionsFrom(args: Arguments): ProbeOptions & { readonly scheduler: RealScheduler } {
  const { ca, insecure = false, user } = args;
  const authorities = ca === undefined ? {} : { authorities: targetAuthorities(ca) };
  const server = ofOption("server", () => parseDeviceServer(args.server, { insecure, ...authorities }));
  const timeScale = timeScaleFrom(args["time-scale"]);
  const search = searchFrom(args, timeScale);
  const password = user === undefined ? noPassword(args) : passwordFrom(args);
  const scheduler = new RealScheduler({ timeScale });
  const common = { server, scheduler, timeScale, search };
  const model = deviceModel("fixed");
  if (user === undefined || password === undefined || model === undefined) return common;
  const { graceMs } = search;
  return {
    ...common,
    makeCarrier: (tellSearch) =>
      new ProbePings({ server, scheduler, user, password, model, graceMs, tell: tellSearch }),
  };
}

function searchFrom(args: Arguments, timeScale: number): SearchSettings {
  const preset = args.user !== undefined;
  const fromMs = durationFrom("from", args.from);
  const toMs = durationFrom("to", args.to);
  const precisionMs = durationFrom("precision", args.precision);
  if (fromMs >= toMs)
    throw new UsageError("E_USAGE", `--from: found ${args.from}, expected less than --to, ${args.to}`);
  if (preset && precisionMs < 1000)
    throw new UsageError(
      "E_USAGE",
      `--precision: found ${args.precision}, expected 1s or more: Pings take whole seconds`,
    );
  const flowCount = wholeNumber("--flows", args.flows ?? (preset ? 8 : 80), 4, 1000);
  const within = args["answer-within"];
  const graceMs = within === undefined ? Math.max(10_000, 500 * timeScale) : durationFrom("answer-within", within);
  return { fromMs, toMs, precisionMs, flowCount, graceMs, preset };
}

function passwordFrom({ password, "password-file": file }: Arguments): string {
  if (password !== undefined && file !== undefined)
    throw new UsageError("E_USAGE", "found --password beside --password-file, expected one or the other");
  const read = file === undefined ? password : readFirstLine(file);
  if (read !== undefined && read !== "") return read;
  const found = read === undefined ? "no password" : "an empty password";
  throw new UsageError("E_USAGE", `--user: found ${found}, expected IDLEWALL_PASSWORD or --password-file beside it`);
}

/** A password that stands in a variable is for other commands, too; a file was named for this one. */
function noPassword({ "password-file": file }: Arguments): undefined {
  if (file !== undefined)
    throw new UsageError("E_USAGE", `--password-file: found ${file} without --user, expected both or none`);
}
