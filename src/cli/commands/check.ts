import { UsageError } from "../../errors.ts";
import { formatAddress, overlaps, parseAddress, readAddress } from "../../live/address.ts";
import { checkKernelEnforcement } from "../../live/enforcement/kernel-enforcer.ts";
import { titleOf } from "../../live/certificates-read.ts";
import { pathLine } from "../../profile/describe.ts";
import { formatDuration } from "../../profile/durations.ts";
import { JSON_OPTION, defineCommand } from "../command.ts";
import { durationFrom } from "../duration-option.ts";
import { EXIT, exitCodeOf } from "../exit-codes.ts";
import { FORWARD_OPTIONS, forwardingFrom, originsOf } from "../forwarding.ts";
import { ofOption } from "../of-option.ts";
import { SERVE_OPTIONS, certificateFrom, profileFrom, targetAuthorities } from "../options.ts";
import { errorText } from "../output.ts";
import { checkedSeed } from "../seed.ts";
import { isMainAsked, namesOfOptions, nothingAsked, type ServeArguments } from "../serve-plan.ts";
import { splitTcp } from "../tcp-option.ts";
import { timeScaleFrom } from "../time-scale.ts";
import { toxiproxyFrom } from "../toxiproxy-option.ts";
import { trackingText } from "../tracking-options.ts";
import { checkAdminHost } from "../admin-host.ts";
import { checkKnownToken } from "../admin-token.ts";
import { SERVE_FILE } from "../configuration.ts";
import { draftEntry, type EntrySurroundings, fileListeners, type PlacedEntry } from "../file-listeners.ts";
import { draftTcp } from "../listener-drafts.ts";
import { checkOwnTarget } from "../../live/own-target.ts";
import { targetText } from "../../live/target.ts";

/** `idlewall check`: what `serve` would refuse, without listening. */
export const check = defineCommand({
  command: "check",
  describe: "Check what serve would be started with, and tell every fault, without starting it",
  options: { ...FORWARD_OPTIONS, ...SERVE_OPTIONS, ...JSON_OPTION },
  fileExtras: SERVE_FILE,
  run: async (args, output) => {
    const { "target-ca": authorities, "toxiproxy-api": api } = args;
    /** What it found is its exit code too, whoever reads its lines. */
    output.outlive();
    const others = otherListeners(args);
    const isAlone = Object.keys(others).length === 0 && api === undefined;
    const isMain = isAlone || isMainAsked(args);
    const main: Readonly<Record<string, () => string>> = {
      target: () => targetsOf(args),
      "target-ca": () => (authorities === undefined ? "the system's" : targetAuthorities(authorities) && authorities),
    };
    const parts: Readonly<Record<string, () => string | undefined | Promise<string>>> = {
      ...(isMain ? { listen: () => formatAddress(ofOption("listen", () => parseAddress(args.listen))) } : {}),
      admin: () => adminOf(args, isMain),
      toxiproxy: () => toxiproxyOf(args),
      ...(isMain ? main : {}),
      ...others,
      path: () => pathOf(args, isMain),
      ...(isMain ? { certificate: () => certificateTitle(args) } : {}),
      "time-scale": () => String(timeScaleFrom(args["time-scale"])),
      drain: () => formatDuration(durationFrom("drain", args.drain)),
      seed: () => (args.seed === undefined ? "drawn at the start" : String(checkedSeed(args.seed))),
      tracking: () => trackingText(args),
      enforce: () => (args.enforce === "kernel" ? checkKernelEnforcement().then(() => "kernel") : "user"),
    };
    const checked = await Promise.all(Object.entries(parts).map(([part, find]) => attempt(part, find)));
    const errors = checked.flatMap(({ error }) => (error === undefined ? [] : [error]));
    for (const text of new Set(errors.map((error) => errorText(error, false)))) output.note(text);
    const told = checked.filter(({ found, error }) => found !== undefined || error !== undefined);
    if (args.json === true) output.json({ ok: errors.length === 0, parts: told.map(summary) });
    else for (const { part, found } of checked) if (found !== undefined) output.result(`${part.padEnd(12)} ${found}`);
    return errors.length === 0 ? EXIT.done : exitCodeOf(errors[0]);
  },
});

/** Listeners beside the one of `--target`, each in a line of its own. */
function otherListeners(args: ServeArguments): Readonly<Record<string, () => string>> {
  const quick = (args.tcp ?? []).map((text) => [`tcp ${text}`, () => quickLine(args, text)] as const);
  const { entries, folder } = fileListeners(args.config);
  const surroundings = { folder, profile: NO_PATH, certs: args.certs, taken: namesOfOptions(args) };
  const written = entries.map(
    (placed) => [`listener ${placed.entry.name}`, () => entryLine(placed, args, surroundings)] as const,
  );
  return Object.fromEntries([...quick, ...written]);
}

function quickLine(args: ServeArguments, text: string): string {
  const profile = profileFrom(args);
  return pathLine(ofOption("tcp", () => draftTcp({ name: "tcp", ...splitTcp(text), profile })).profile);
}

/** Listeners tell their path in their own line; of the one of `--target` it is a line apart. */
function pathOf(args: ServeArguments, isMain: boolean): string | undefined {
  const profile = profileFrom(args);
  return isMain ? pathLine(profile) : undefined;
}

function entryLine(placed: PlacedEntry, args: ServeArguments, surroundings: EntrySurroundings): string {
  const profile = placed.entry.profile === undefined ? profileFrom(args) : surroundings.profile;
  const draft = draftEntry(placed, { ...surroundings, profile });
  return `${draft.type} on ${placed.entry.listen}, to ${draft.targets.map(targetText).join(", ")}: ${pathLine(draft.profile)}`;
}

/** Authorities are a part of their own. */
function targetsOf(args: ServeArguments): string {
  if (!isMainAsked(args)) throw nothingAsked();
  const forwarding = forwardingFrom({ ...args, "target-ca": undefined });
  const listen = readAddress(args.listen);
  for (const target of forwarding.targets) if (listen !== undefined) checkOwnTarget(listen, target);
  return originsOf(forwarding);
}

function toxiproxyOf(args: ServeArguments): string | undefined {
  const at = toxiproxyFrom(args["toxiproxy-api"]);
  return at === undefined ? undefined : formatAddress(at);
}

/** A missing token file is made by `serve`. */
function adminOf(
  args: {
    readonly listen: string;
    readonly admin: string;
    readonly "admin-host"?: readonly string[] | undefined;
    readonly "admin-token-file"?: string | undefined;
  },
  listens: boolean,
): string {
  const at = ofOption("admin", () => parseAddress(args.admin));
  const front = listens ? readAddress(args.listen) : undefined;
  if (front !== undefined && overlaps(front, at)) {
    const found = `--admin: found ${formatAddress(at)}, where --listen is: ${formatAddress(front)}`;
    throw new UsageError("E_ADDRESS_INVALID", `${found}; expected an address of its own`);
  }
  for (const host of args["admin-host"] ?? []) ofOption("admin-host", () => checkAdminHost(host));
  const file = args["admin-token-file"];
  checkKnownToken(at, file);
  return `${formatAddress(at)}${file === undefined ? "" : ", with a token"}`;
}

const NO_PATH = { name: "direct", title: "", source: "", hops: [] };

interface Checked {
  readonly part: string;
  readonly found?: string | undefined;
  readonly error?: unknown;
}

async function attempt(part: string, find: () => string | undefined | Promise<string>): Promise<Checked> {
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
