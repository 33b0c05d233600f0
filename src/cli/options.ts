import type { Profile } from "../path/hop.ts";
import { UsageError } from "../errors.ts";
import { importPfx } from "../live/certificates-pfx.ts";
import { parseCertificates, readCertificate } from "../live/certificates-read.ts";
import type { ServerCertificate } from "../live/certificates-read.ts";
import { invalid } from "../live/certificates-read.ts";
import { loadProfile } from "../live/profile-files.ts";
import { readFirstLine, readText } from "../live/text-file.ts";
import { oneHopProfile, parseAtExpiry } from "../profile/one-hop.ts";
import { durationFrom } from "./duration-option.ts";
import { LOG_OPTIONS } from "./log-options.ts";
import { ofOption } from "./of-option.ts";
import type { OptionTable } from "./settings.ts";
import { TRACKING_OPTIONS } from "./tracking-options.ts";

/** What lies between the device and the server. */
export const PATH_OPTIONS = {
  profile: { type: "string", describe: "Name of a shipped profile, or a profile file" },
  "idle-timeout": { type: "string", describe: "One hop with this idle time-out, such as 13m, in place of a profile" },
  "at-expiry": { type: "string", describe: "How that hop ends a flow: drop, reset, close, reset-on-next, respond:504" },
} as const satisfies OptionTable;

/** The passphrase of a PFX; other users of the machine see flags, but neither variables nor files. */
export const PASSPHRASE_OPTIONS = {
  passphrase: { type: "string", describe: "Passphrase of the PFX; better as IDLEWALL_PASSPHRASE or in a file" },
  "passphrase-file": { type: "string", describe: "File whose first line is the passphrase" },
} as const satisfies OptionTable;

/** What the proxy proves itself with to devices. */
export const CERTIFICATE_OPTIONS = {
  cert: { type: "string", describe: "PEM file: the certificate, then its issuers" },
  key: { type: "string", describe: "PEM file: the private key of --cert" },
  pfx: { type: "string", describe: "PFX file with certificate and key, in place of --cert and --key" },
  ...PASSPHRASE_OPTIONS,
} as const satisfies OptionTable;

/** Where the proxy listens and whom it calls. */
export const SERVE_OPTIONS = {
  listen: { type: "string", default: ":443", describe: "HOST:PORT for devices; port 0 takes any free one" },
  tcp: {
    type: "string",
    array: true,
    describe: "[HOST:]PORT=HOST:PORT, a listener for any TCP and its server; may be repeated",
  },
  admin: { type: "string", default: "127.0.0.1:9443", describe: "HOST:PORT for health, metrics and the API" },
  "admin-host": {
    type: "string",
    array: true,
    describe: "Name under which the admin server may be asked, beside localhost and its address; may be repeated",
  },
  "admin-token-file": {
    type: "string",
    describe: "File whose first line admits to the admin server; made when missing; needed but for a loopback address",
  },
  "reveal-devices": { type: "boolean", describe: "Let the API tell device ids to who asks for them; never users" },
  "toxiproxy-api": {
    type: "string",
    describe: "[HOST]:PORT for Toxiproxy's API, on the loopback when HOST is left out; port 0 takes any free one",
  },
  seed: { type: "number", describe: "What all chances hang on, for a run to be repeated; drawn when not given" },
  "legacy-devices": { type: "boolean", describe: "Take TLS 1.0 and 1.1 and the old ciphers of Windows Mobile too" },
  "allow-probe": {
    type: "boolean",
    describe: "Answer idlewall probe on /.well-known/idlewall-probe instead of forwarding that path",
  },
  "time-scale": { type: "number", default: 1, describe: "Emulated seconds in a real one; real devices need 1" },
  drain: { type: "string", default: "30s", describe: "How long parked requests may go on after SIGTERM or SIGINT" },
  enforce: {
    type: "string",
    choices: ["user", "kernel"],
    default: "user",
    describe:
      "Who keeps expired flows silent: idlewall alone, or the Linux kernel for it (needs CAP_NET_ADMIN and nft)",
  },
  certs: { type: "string", default: "certs", describe: "Directory for the certificates that serve makes itself" },
  ...LOG_OPTIONS,
  ...TRACKING_OPTIONS,
  ...PATH_OPTIONS,
  ...CERTIFICATE_OPTIONS,
} as const satisfies OptionTable;

/** The values of options that were given, `undefined` where one was not. */
export type Given<Table extends OptionTable> = { readonly [Name in keyof Table]?: string | undefined };

/**
 * The path that `--profile`, or `--idle-timeout` with `--at-expiry`, names; `direct` when none does.
 * @throws UsageError E_USAGE, E_DURATION_INVALID, E_PROFILE_UNKNOWN or E_FILE_UNREADABLE
 * @throws FileError E_PROFILE_INVALID every fault of the file
 */
export function profileFrom(args: Given<typeof PATH_OPTIONS>): Profile {
  const { profile, "idle-timeout": idleTimeout, "at-expiry": atExpiry } = args;
  if (profile !== undefined && (idleTimeout ?? atExpiry) !== undefined)
    throw new UsageError("E_USAGE", "found --profile beside --idle-timeout or --at-expiry, expected one or the other");
  if (profile !== undefined) return loadProfile(profile);
  if (idleTimeout !== undefined) return oneHopFrom(idleTimeout, atExpiry);
  if (atExpiry !== undefined)
    throw new UsageError("E_USAGE", "found --at-expiry alone, expected --idle-timeout with it");
  return loadProfile("direct");
}

function oneHopFrom(idleTimeout: string, atExpiry: string | undefined): Profile {
  const idleTimeoutMs = durationFrom("idle-timeout", idleTimeout);
  const endings = atExpiry === undefined ? {} : { atExpiry: ofOption("at-expiry", () => parseAtExpiry(atExpiry)) };
  return ofOption("idle-timeout", () => oneHopProfile({ idleTimeoutMs, ...endings }));
}

/**
 * The certificate that `--cert` and `--key`, or `--pfx`, name; `undefined` when none does.
 * @throws UsageError E_USAGE or E_FILE_UNREADABLE
 * @throws CertificateError E_CERTIFICATE_INVALID what is wrong with it
 */
export function certificateFrom(args: Given<typeof CERTIFICATE_OPTIONS>): ServerCertificate | undefined {
  const { cert, key, pfx, "passphrase-file": passphraseFile } = args;
  if (pfx !== undefined && (cert ?? key) !== undefined)
    throw new UsageError("E_USAGE", "found --pfx beside --cert or --key, expected one or the other");
  if (pfx === undefined && passphraseFile !== undefined)
    throw new UsageError("E_USAGE", "found --passphrase-file without --pfx, expected both or none");
  if (pfx !== undefined) return importPfx(pfx, passphraseFrom(args));
  if ((cert === undefined) !== (key === undefined))
    throw new UsageError("E_USAGE", `found --${cert === undefined ? "key" : "cert"} alone, expected --cert with --key`);
  return cert === undefined || key === undefined ? undefined : readCertificate(cert, key);
}

/**
 * The passphrase that was given, `""` when none was.
 * @throws UsageError E_USAGE both ways were taken
 * @throws UsageError E_FILE_UNREADABLE its file can't be read
 */
export function passphraseFrom(args: Given<typeof PASSPHRASE_OPTIONS>): string {
  const { passphrase, "passphrase-file": file } = args;
  if (passphrase !== undefined && file !== undefined)
    throw new UsageError("E_USAGE", "found --passphrase beside --passphrase-file, expected one or the other");
  return file === undefined ? (passphrase ?? "") : readFirstLine(file);
}

/**
 * The PEM text of the authorities that `--target-ca` names.
 * @throws UsageError E_FILE_UNREADABLE the file can't be read
 * @throws CertificateError E_CERTIFICATE_INVALID it holds no certificate, or a broken one
 */
export function targetAuthorities(file: string): string {
  const pem = readText(file);
  if (parseCertificates(pem, file).length === 0)
    throw invalid(`${file}: found no certificate, expected PEM that begins a CERTIFICATE`);
  return pem;
}
