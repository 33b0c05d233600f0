import { X509Certificate, createHash, createPublicKey, generateKeyPair, randomBytes, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { UsageError } from "../errors.ts";
import { der } from "./certificates-der.ts";
import type { Der } from "./certificates-der.ts";
import { parseCertificateName } from "./certificates-names.ts";
import type { CertificateName } from "./certificates-names.ts";
import type { Identity } from "./tls-termination.ts";

/** What a certificate's key is: ECDSA on P-256, or RSA of 2048 bits for clients that know nothing else. */
export type KeyKind = "ecdsa" | "rsa";

/** A certificate with its private key. */
export interface CertifiedKey {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
}

/** What an authority needs. */
export interface AuthoritySettings {
  /** How devices show it in their list of trusted authorities. */
  readonly name?: string;
  readonly keyKind?: KeyKind;
  /** 1 to 3650 days, 3650 by default. */
  readonly days?: number;
  /** The present instant, for tests. */
  readonly now?: Date;
}

/** What a server's certificate needs. */
export interface LeafSettings {
  /** DNS names and IP addresses, at least one; the first is the subject's common name. */
  readonly names: readonly string[];
  readonly keyKind?: KeyKind;
  /** 1 to 397 days, 397 by default; never beyond the authority's own end. */
  readonly days?: number;
  readonly now?: Date;
}

/**
 * Longest validity of a server's certificate, in days.
 * Apple refuses more than 398 from authorities it ships and more than 825 from any other (support.apple.com 102028);
 * one day goes to the backdating.
 */
const LONGEST_LEAF_DAYS = 397;

/** Longest validity of an authority, in days. */
const LONGEST_AUTHORITY_DAYS = 3650;

const DAY_MS = 86_400_000;
/** A common name holds 64 characters at most (RFC 5280, appendix A.1). */
const LONGEST_COMMON_NAME = 64;
const ORGANIZATION = "idlewall";

/** Makes a self-signed authority that may sign servers' certificates and nothing else. */
export async function createAuthority(settings: AuthoritySettings = {}): Promise<CertifiedKey> {
  const days = daysWithin(settings.days, LONGEST_AUTHORITY_DAYS);
  const key = await createKey(settings.keyKind ?? "ecdsa");
  const subject = distinguishedName(settings.name ?? `idlewall authority ${randomBytes(3).toString("hex")}`);
  const extensions = [
    extension("2.5.29.19", true, der.sequence(der.boolean(true), der.integer(Buffer.from([0])))),
    extension("2.5.29.15", true, der.bits(Buffer.from([0b0000_0110]), 1)),
    extension("2.5.29.14", false, der.octets(keyIdentifier(key))),
  ];
  const certificate = signed({
    subject,
    issuer: subject,
    key,
    signer: key,
    ...validity(settings.now, days),
    extensions,
  });
  return { certificate, key };
}

/**
 * Makes a server's certificate, signed by an authority.
 * @throws UsageError E_USAGE a name or the validity can't be used
 */
export async function createLeaf(authority: CertifiedKey, settings: LeafSettings): Promise<CertifiedKey> {
  const names = settings.names.map(parseCertificateName);
  const [first] = names;
  if (first === undefined) throw new UsageError("E_USAGE", "found no name, expected a DNS name or an IP address");
  const keyKind = settings.keyKind ?? "ecdsa";
  const { from, until } = validity(settings.now, daysWithin(settings.days, LONGEST_LEAF_DAYS));
  const authorityEnd = new Date(authority.certificate.validTo);
  const key = await createKey(keyKind);
  const certificate = signed({
    subject: distinguishedName(first.name.length <= LONGEST_COMMON_NAME ? first.name : undefined),
    issuer: subjectOf(authority.certificate),
    key,
    signer: authority.key,
    from,
    until: until < authorityEnd ? until : authorityEnd,
    extensions: leafExtensions(names, keyKind, key, authority.key),
  });
  return { certificate, key };
}

/** A private key as PEM, in PKCS #8. */
export function keyPem(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

/** A certificate with its key as TLS takes it, whichever form it has. */
export function pemIdentity(identity: Identity | CertifiedKey): Identity {
  if ("cert" in identity) return identity;
  return { cert: identity.certificate.toString(), key: keyPem(identity.key) };
}

/** Basic constraints, key usage, extended key usage (serverAuth), names, and both key identifiers. */
function leafExtensions(
  names: readonly CertificateName[],
  keyKind: KeyKind,
  key: KeyObject,
  authorityKey: KeyObject,
): readonly Der[] {
  /** An RSA key also encrypts: old clients know no other key exchange. */
  const usage = keyKind === "rsa" ? der.bits(Buffer.from([0b1010_0000]), 5) : der.bits(Buffer.from([0b1000_0000]), 7);
  return [
    extension("2.5.29.19", true, der.sequence()),
    extension("2.5.29.15", true, usage),
    extension("2.5.29.37", false, der.sequence(der.oid("1.3.6.1.5.5.7.3.1"))),
    extension("2.5.29.17", false, der.sequence(...names.map(alternativeName))),
    extension("2.5.29.14", false, der.octets(keyIdentifier(key))),
    extension("2.5.29.35", false, der.sequence(der.inPlace(0, keyIdentifier(authorityKey)))),
  ];
}

function alternativeName(name: CertificateName): Der {
  return name.kind === "dns" ? der.inPlace(2, Buffer.from(name.name)) : der.inPlace(7, name.bytes);
}

interface CertificateParts {
  readonly subject: Der;
  readonly issuer: Der;
  readonly key: KeyObject;
  readonly signer: KeyObject;
  readonly from: Date;
  readonly until: Date;
  readonly extensions: readonly Der[];
}

/** Builds and signs by hand what the library can't: it knows no ECDSA (RFC 5280, 4.1; RFC 5758, 3.2). */
function signed(parts: CertificateParts): X509Certificate {
  const algorithm =
    parts.signer.asymmetricKeyType === "ec"
      ? der.sequence(der.oid("1.2.840.10045.4.3.2"))
      : der.sequence(der.oid("1.2.840.113549.1.1.11"), der.null());
  const content = der.sequence(
    der.around(0, der.integer(Buffer.from([2]))),
    der.integer(serialNumber()),
    algorithm,
    parts.issuer,
    der.sequence(der.time(parts.from), der.time(parts.until)),
    parts.subject,
    der.parsed(publicKeyOf(parts.key)),
    der.around(3, der.sequence(...parts.extensions)),
  );
  const signature = sign("sha256", der.bytes(content), parts.signer);
  return new X509Certificate(der.bytes(der.sequence(content, algorithm, der.bits(signature))));
}

function createKey(kind: KeyKind): Promise<KeyObject> {
  const pair =
    kind === "ecdsa"
      ? promisify(generateKeyPair)("ec", { namedCurve: "P-256" })
      : promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  return pair.then(({ privateKey }) => privateKey);
}

function extension(oid: string, critical: boolean, value: Der): Der {
  const flag = critical ? [der.boolean(true)] : [];
  return der.sequence(der.oid(oid), ...flag, der.octets(der.bytes(value)));
}

function distinguishedName(commonName: string | undefined): Der {
  const organization = der.set(der.sequence(der.oid("2.5.4.10"), der.utf8(ORGANIZATION)));
  if (commonName === undefined) return der.sequence(organization);
  return der.sequence(organization, der.set(der.sequence(der.oid("2.5.4.3"), der.utf8(commonName))));
}

/** The subject exactly as it stands in a certificate: issuer and subject are compared byte by byte. */
function subjectOf(certificate: X509Certificate): Der {
  const [content] = partsOf(der.parsed(certificate.raw));
  const fields = content === undefined ? [] : partsOf(content);
  const subject = fields[5];
  if (subject === undefined) throw new Error("a parsed certificate has no subject field");
  return subject;
}

function partsOf(value: Der): readonly Der[] {
  return typeof value.value === "string" ? [] : value.value;
}

function publicKeyOf(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: "spki", format: "der" });
}

/** SHA-1 over the key's bits (RFC 5280, 4.2.1.2, first method). */
function keyIdentifier(key: KeyObject): Buffer {
  const [, bits] = partsOf(der.parsed(publicKeyOf(key)));
  if (bits === undefined) throw new Error("a public key has no key bits");
  const raw = der.bytes(bits);
  const headerBytes = raw[1] !== undefined && raw[1] >= 0x80 ? 2 + (raw[1] - 0x80) : 2;
  return createHash("sha1")
    .update(raw.subarray(headerBytes + 1))
    .digest();
}

/** 16 random bytes, above 0 and below 2^127 (RFC 5280, 4.1.2.2). */
function serialNumber(): Uint8Array {
  const bytes = randomBytes(16);
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f);
  return bytes;
}

/** Begins a day ago, because devices' clocks go wrong. */
function validity(now: Date | undefined, days: number): { readonly from: Date; readonly until: Date } {
  const at = now?.getTime() ?? Date.now();
  return { from: new Date(at - DAY_MS), until: new Date(at + days * DAY_MS) };
}

function daysWithin(days: number | undefined, longest: number): number {
  if (days === undefined) return longest;
  if (Number.isInteger(days) && days >= 1 && days <= longest) return days;
  throw new UsageError("E_USAGE", `found a validity of ${days} days, expected a whole number from 1 to ${longest}`);
}
