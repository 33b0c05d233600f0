import path from "node:path";
import { EmulatorError, FileError } from "../errors.ts";
import { type Address, overlaps, parseAddress, readAddress } from "../live/address.ts";
import { loadProfile } from "../live/profile-files.ts";
import { checkTcpProfile } from "../live/tcp-profile.ts";
import { checkOwnTarget } from "../live/own-target.ts";
import { parseTarget, parseTcpTarget, type Target } from "../live/target.ts";
import { type ListenerEntry, readConfiguration, STRUCTURED_KEYS } from "../profile/configuration.ts";
import type { DocumentPath, ValueFault } from "../profile/document.ts";
import { parseDuration } from "../profile/durations.ts";
import { parseAtExpiry } from "../profile/one-hop.ts";
import { checkAdminHost } from "./admin-host.ts";
import { optionBeside } from "./beside.ts";
import { entryProfile, httpsArguments } from "./file-listeners.ts";
import { forwardingFrom } from "./forwarding.ts";
import { certificateFrom, targetAuthorities } from "./options.ts";
import { checkedSeed } from "./seed.ts";
import { dashed, type FileExtras } from "./settings.ts";
import { splitTcp } from "./tcp-option.ts";
import { timeScaleFrom } from "./time-scale.ts";
import { toxiproxyAddress } from "./toxiproxy-option.ts";
import { trackingNumber } from "./tracking-options.ts";

/** What the configuration file of `serve` and `check` may hold beside their options, and what may be wrong with it. */
export const SERVE_FILE: FileExtras = { keys: STRUCTURED_KEYS, faults: faultsOfFile };

/** What the text of an option must be. */
const TEXTS: Readonly<Record<string, (text: string) => unknown>> = {
  listen: parseAddress,
  admin: parseAddress,
  tcp: checkQuick,
  target: parseTarget,
  "target-ca": targetAuthorities,
  profile: loadProfile,
  "idle-timeout": parseDuration,
  "at-expiry": parseAtExpiry,
  drain: parseDuration,
  "toxiproxy-api": toxiproxyAddress,
  "admin-host": checkAdminHost,
};

/** What the number of an option must be. */
const NUMBERS: Readonly<Record<string, (found: number) => unknown>> = {
  seed: checkedSeed,
  "time-scale": timeScaleFrom,
  "tracked-devices": (found) => trackingNumber("tracked-devices", found),
  "tracked-networks": (found) => trackingNumber("tracked-networks", found),
  "ipv4-prefix": (found) => trackingNumber("ipv4-prefix", found),
  "ipv6-prefix": (found) => trackingNumber("ipv6-prefix", found),
};

/** Options that take several texts. */
const LISTS: ReadonlySet<string> = new Set(["tcp", "admin-host"]);

/** Options that name an address of their own. */
const ADDRESSES = ["listen", "admin", "toxiproxy-api"] as const;

/** Finds every fault of a file: of each listener, of options' values, and across them. */
function faultsOfFile(value: Readonly<Record<string, unknown>>, file: string): readonly ValueFault[] {
  const folder = path.dirname(file);
  const { listeners, faults } = readConfiguration(value);
  const options = Object.entries(value).filter(([key]) => !STRUCTURED_KEYS.includes(key));
  return [
    ...faults,
    ...[...listeners].flatMap(([index, entry]) => faultsOfEntry(entry, ["listeners", index], folder)),
    ...options.flatMap(([key, given]) => faultsOfOption(key, given, folder)),
    ...addressFaults(options, listeners),
  ];
}

function faultsOfOption(key: string, given: unknown, folder: string): readonly ValueFault[] {
  const option = dashed(key);
  const checkNumber = NUMBERS[option];
  if (checkNumber !== undefined && typeof given === "number") return attempt([key], () => checkNumber(given));
  const check = TEXTS[option];
  if (check === undefined) return [];
  const texts: readonly (readonly [DocumentPath, unknown])[] =
    Array.isArray(given) && LISTS.has(option) ? given.map((each, index) => [[key, index], each]) : [[[key], given]];
  return texts.flatMap(([place, text]) => {
    const near = optionBeside(folder, option, typeof text === "number" ? String(text) : text);
    return typeof near === "string" ? attempt(place, () => check(near)) : [];
  });
}

function faultsOfEntry(entry: ListenerEntry, at: DocumentPath, folder: string): readonly ValueFault[] {
  const surroundings = { folder, certs: "certs", profile: NO_PROFILE };
  const common = [
    ...attempt([...at, "listen"], () => parseAddress(entry.listen)),
    ...attempt([...at, "profile"], () => {
      const profile = entryProfile(entry, surroundings);
      if (entry.type === "tcp") checkTcpProfile(profile);
    }),
  ];
  if (entry.type === "tcp")
    return [...common, ...attempt([...at, "target"], () => checkOther(entry.listen, parseTcpTarget(entry.target)))];
  const { "target-ca": authorities, ...args } = httpsArguments(entry, surroundings);
  const target = attempt([...at, "target"], () => {
    if (entry.target !== undefined) checkOther(entry.listen, parseTarget(entry.target));
  });
  return [
    ...common,
    ...target,
    ...(target.length > 0 ? [] : attempt(at, () => forwardingFrom(args))),
    ...attempt([...at, "targetCa"], () => authorities !== undefined && targetAuthorities(authorities)),
    ...attempt([...at, certificateKey(entry)], () => certificateFrom(args)),
  ];
}

/** Where a fault of a listener's certificate is told. */
function certificateKey({ pfx, passphraseFile }: Extract<ListenerEntry, { readonly type: "https" }>): string {
  if (pfx !== undefined) return "pfx";
  return passphraseFile === undefined ? "cert" : "passphraseFile";
}

/** A listener's address that can't be read has a fault of its own. */
function checkOther(listen: string, target: Target): void {
  const at = readAddress(listen);
  if (at !== undefined) checkOwnTarget(at, target);
}

/** Nobody can listen where another one does; a port alone is that port of every address. */
function addressFaults(
  options: readonly (readonly [string, unknown])[],
  listeners: ReadonlyMap<number, ListenerEntry>,
): readonly ValueFault[] {
  const places = [
    ...options
      .filter(([key]) => ADDRESSES.some((name) => name === dashed(key)))
      .map(([key, text]) => ({ at: [key], text })),
    ...[...listeners].map(([index, { listen }]) => ({ at: ["listeners", index, "listen"], text: listen })),
  ];
  const taken: { readonly address: Address; readonly by: string }[] = [];
  return places.flatMap(({ at, text }) => {
    const address = readAddress(String(text));
    if (address === undefined) return [];
    const other = taken.find((each) => overlaps(each.address, address));
    taken.push({ address, by: at.length === 1 ? String(at[0]) : `listener ${Number(at[1]) + 1}` });
    if (other === undefined) return [];
    return [{ path: at, message: `found ${String(text)}, where ${other.by} listens: expected an address of its own` }];
  });
}

function checkQuick(text: string): void {
  const { listen, target } = splitTcp(text);
  checkOwnTarget(parseAddress(listen), parseTcpTarget(target));
}

/** What a check finds, at its place; a file that is named there tells its own faults, with their places in it. */
function attempt(at: DocumentPath, check: () => unknown): readonly ValueFault[] {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof FileError) return error.message.split("\n").map((message) => ({ path: at, message }));
    if (error instanceof EmulatorError) return [{ path: at, message: error.message }];
    throw error;
  }
}

const NO_PROFILE = { name: "none", title: "", source: "", hops: [] };
