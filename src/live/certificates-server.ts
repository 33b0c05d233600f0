import { X509Certificate } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { hostname, networkInterfaces } from "node:os";
import path from "node:path";
import { createAuthority, createLeaf } from "./certificates.ts";
import { type CertifiedKey, type KeyKind, pemIdentity } from "./certificates.ts";
import { writePemFiles } from "./certificates-files.ts";
import type { PemFile } from "./certificates-files.ts";
import { parseCertificateName } from "./certificates-names.ts";
import { checkDates, readIdentityFiles, validityOf } from "./certificates-read.ts";
import { readText } from "./text-file.ts";
import { withLock } from "./lock.ts";

/** What a server offers to TLS clients, and what a device must trust for it. */
export interface ServerCertificates {
  readonly ecdsa: { readonly cert: string; readonly key: string };
  /** For clients that know no ECDSA. */
  readonly rsa: { readonly cert: string; readonly key: string };
  /** The PEM file that a device must be given as a trusted authority. */
  readonly authorityFile: string;
  /** Something was made anew: the authority, or the server's certificates. */
  readonly created: boolean;
  /** The authority was made anew: devices that trusted an earlier one must be given this one. */
  readonly authorityCreated: boolean;
}

/** How server certificates are made. */
export interface MakeSettings {
  /** 1 to 397 days, 397 by default. */
  readonly days?: number;
  /** Replaces certificates that are there already; the authority stays. */
  readonly force?: boolean;
  readonly now?: Date;
}

const DAY_MS = 86_400_000;
const AUTHORITY = "authority";
/** Lists the certificates that `serve` made in a directory, which it may therefore replace. */
const MADE_HERE = ".made-by-serve";
const KEY_KINDS = ["ecdsa", "rsa"] as const satisfies readonly KeyKind[];

/**
 * Gives the certificates that `serve` uses when it is given none: those that somebody else put into the directory, as
 * they are; else those that it made itself, when they are valid for another day and speak for every name; else new
 * ones, signed by the same authority as long as that is valid. Only what it made itself is ever replaced.
 * @throws UsageError E_USAGE a name can't stand in a certificate
 * @throws CertificateError E_CERTIFICATE_INVALID a file in the directory is broken, or somebody's certificate is over
 */
export function ensureServerCertificates(
  directory: string,
  names: readonly string[],
  now = new Date(),
): Promise<ServerCertificates> {
  return withLock(path.join(directory, ".lock"), async () => {
    const kept = readForeign(directory, now) ?? readKept(directory, names, now);
    if (kept !== undefined) return kept;
    const made = await makeServerCertificates(directory, names, { now, force: true });
    writeFileSync(path.join(directory, MADE_HERE), [made.ecdsa, made.rsa].map(fingerprintOf).join(""));
    return made;
  });
}

/**
 * Makes server certificates of both kinds, and an authority where there is none that can sign.
 * @throws UsageError E_FILE_EXISTS certificates are there already, and `force` is not set
 * @throws UsageError E_USAGE a name or the validity can't be used
 */
export async function makeServerCertificates(
  directory: string,
  names: readonly string[],
  { days, force = false, now = new Date() }: MakeSettings = {},
): Promise<ServerCertificates> {
  const old = readIdentity(directory, AUTHORITY, now);
  /** RSA, because the clients that need an RSA certificate can't check an ECDSA signature on it either. */
  const authority = old ?? (await createAuthority({ keyKind: "rsa", now }));
  const settings = { names, now, ...(days !== undefined && { days }) };
  const ecdsa = await createLeaf(authority, { ...settings, keyKind: "ecdsa" });
  const rsa = await createLeaf(authority, { ...settings, keyKind: "rsa" });
  const leaves = [...pemFiles(directory, leafStem("ecdsa"), ecdsa), ...pemFiles(directory, leafStem("rsa"), rsa)];
  /** An authority that can't be used any more is replaced, whatever `force` says: nobody can trust it. */
  if (old === undefined && !leaves.some(({ file }) => !force && existsSync(file)))
    writePemFiles(pemFiles(directory, AUTHORITY, authority), true);
  writePemFiles(leaves, force);
  return {
    ecdsa: pemIdentity(ecdsa),
    rsa: pemIdentity(rsa),
    authorityFile: certFile(directory, AUTHORITY),
    created: true,
    authorityCreated: old === undefined,
  };
}

/** The names under which a device may reach this machine: its host name, localhost, and all its addresses. */
export function namesOfThisMachine(): readonly string[] {
  const addresses = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .map(({ address }) => address)
    .filter((address) => !address.startsWith("fe80:"));
  return [...new Set(["localhost", hostname(), "127.0.0.1", "::1", ...addresses])].filter(isName);
}

function isName(text: string): boolean {
  try {
    return parseCertificateName(text) !== undefined;
  } catch {
    return false;
  }
}

/** Certificates that somebody put there: those whose fingerprint is not on the list of what was made here. */
function readForeign(directory: string, now: Date): ServerCertificates | undefined {
  const list = path.join(directory, MADE_HERE);
  const madeHere = existsSync(list) ? readText(list) : "";
  const identities = KEY_KINDS.flatMap((kind) => {
    const [cert, key] = [certFile(directory, leafStem(kind)), keyFile(directory, leafStem(kind))];
    if (!existsSync(cert) && !existsSync(key)) return [];
    const { leaf, key: privateKey } = readIdentityFiles(cert, key);
    const pem = pemIdentity({ certificate: leaf, key: privateKey });
    if (madeHere.includes(fingerprintOf(pem))) return [];
    checkDates(cert, [leaf], now);
    return [{ cert: readText(cert), key: pem.key }];
  });
  const [first, second] = identities;
  if (first === undefined) return undefined;
  const trusted = [AUTHORITY, ...KEY_KINDS.map(leafStem)].map((stem) => certFile(directory, stem));
  return {
    ecdsa: first,
    rsa: second ?? first,
    authorityFile: trusted.find((file) => existsSync(file)) ?? first.cert,
    created: false,
    authorityCreated: false,
  };
}

/** One line of the list of what was made here. */
function fingerprintOf({ cert }: { readonly cert: string }): string {
  return `${new X509Certificate(cert).fingerprint256}\n`;
}

function readKept(directory: string, names: readonly string[], now: Date): ServerCertificates | undefined {
  const authority = readIdentity(directory, AUTHORITY, now);
  const [ecdsa, rsa] = KEY_KINDS.map((kind) => readIdentity(directory, leafStem(kind), now));
  if (authority === undefined || ecdsa === undefined || rsa === undefined) return undefined;
  const good = [ecdsa, rsa].every(
    ({ certificate }) =>
      isSignedBy(certificate, authority.certificate) && names.every((name) => covers(certificate, name)),
  );
  if (!good) return undefined;
  return {
    ecdsa: pemIdentity(ecdsa),
    rsa: pemIdentity(rsa),
    authorityFile: certFile(directory, AUTHORITY),
    created: false,
    authorityCreated: false,
  };
}

/** A certificate and its key, when both are there and valid for another day. */
function readIdentity(directory: string, stem: string, now: Date): CertifiedKey | undefined {
  const [cert, key] = [certFile(directory, stem), keyFile(directory, stem)];
  if (!existsSync(cert) || !existsSync(key)) return undefined;
  const { leaf, key: privateKey } = readIdentityFiles(cert, key);
  const { from, until } = validityOf(leaf);
  const usable = from <= now && until.getTime() - now.getTime() > DAY_MS;
  return usable ? { certificate: leaf, key: privateKey } : undefined;
}

function isSignedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}

function covers(certificate: X509Certificate, text: string): boolean {
  const parsed = parseCertificateName(text);
  if (parsed.kind === "address") return certificate.checkIP(parsed.name) !== undefined;
  const named = (certificate.subjectAltName ?? "").split(", ").includes(`DNS:${parsed.name}`);
  return named || certificate.checkHost(parsed.name) !== undefined;
}

/** The key first: a certificate without its key would look as if it could be used. */
function pemFiles(directory: string, stem: string, identity: CertifiedKey): readonly PemFile[] {
  const { cert, key } = pemIdentity(identity);
  return [
    { file: keyFile(directory, stem), pem: key, secret: true },
    { file: certFile(directory, stem), pem: cert, secret: false },
  ];
}

function leafStem(kind: KeyKind): string {
  return `server-${kind}`;
}

function certFile(directory: string, stem: string): string {
  return path.join(directory, `${stem}.pem`);
}

function keyFile(directory: string, stem: string): string {
  return path.join(directory, `${stem}-key.pem`);
}
