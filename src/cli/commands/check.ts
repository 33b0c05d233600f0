import { formatAddress, parseAddress } from "../../live/address.ts";
import { checkKernelEnforcement } from "../../live/enforcement/kernel-enforcer.ts";
import { titleOf } from "../../live/certificates-read.ts";
import { pathLine } from "../../profile/describe.ts";
import { formatDuration, parseDuration } from "../../profile/durations.ts";
import { JSON_OPTION, defineCommand } from "../command.ts";
import { EXIT, exitCodeOf } from "../exit-codes.ts";
import { FORWARD_OPTIONS, forwardingFrom, originsOf } from "../forwarding.ts";
import { SERVE_OPTIONS, certificateFrom, profileFrom, targetAuthorities } from "../options.ts";
import { errorText } from "../output.ts";
import { timeScaleFrom } from "../time-scale.ts";

/** `idlewall check`: what `serve` would refuse, without listening. */
export const check = defineCommand({
  command: "check",
  describe: "Check what serve would be started with, and tell every fault, without starting it",
  options: { ...FORWARD_OPTIONS, ...SERVE_OPTIONS, ...JSON_OPTION },
  run: async (args, output) => {
    const { "target-ca": authorities } = args;
    const parts: Readonly<Record<string, () => string | Promise<string>>> = {
      listen: () => formatAddress(parseAddress(args.listen)),
      admin: () => formatAddress(parseAddress(args.admin)),
      target: () => originsOf(forwardingFrom({ ...args, "target-ca": undefined })),
      "target-ca": () => (authorities === undefined ? "the system's" : targetAuthorities(authorities) && authorities),
      path: () => pathLine(profileFrom(args)),
      certificate: () => certificateTitle(args),
      "time-scale": () => String(timeScaleFrom(args["time-scale"])),
      drain: () => formatDuration(parseDuration(args.drain)),
      enforce: () => (args.enforce === "kernel" ? checkKernelEnforcement().then(() => "kernel") : "user"),
    };
    const checked = await Promise.all(Object.entries(parts).map(([part, find]) => attempt(part, find)));
    const errors = checked.flatMap(({ error }) => (error === undefined ? [] : [error]));
    for (const error of errors) output.note(errorText(error, false));
    if (args.json === true) output.json({ ok: errors.length === 0, parts: checked.map(summary) });
    else for (const { part, found } of checked) if (found !== undefined) output.result(`${part.padEnd(12)} ${found}`);
    return errors.length === 0 ? EXIT.done : exitCodeOf(errors[0]);
  },
});

interface Checked {
  readonly part: string;
  readonly found?: string;
  readonly error?: unknown;
}

async function attempt(part: string, find: () => string | Promise<string>): Promise<Checked> {
  try {
    return { part, found: await find() };
  } catch (error) {
    return { part, error };
  }
}

function summary({ part, found, error }: Checked) {
  return error === undefined ? { part, found } : { part, fault: errorText(error, false) };
}

function certificateTitle(args: Parameters<typeof certificateFrom>[0]): string {
  const certificate = certificateFrom(args);
  return certificate === undefined ? "made by serve, in certs/" : titleOf(certificate.leaf);
}
