import { X509Certificate, createPrivateKey } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { CertificateError } from "../errors.ts";
import { readText, systemCode } from "./text-file.ts";

/** A server's certificate, checked, as a TLS server takes it. */
export interface ServerCertificate {
  /** PEM: the server's own certificate, then its issuers. */
  readonly cert: string;
  /** PEM: the private key. */
  readonly key: string;
  readonly leaf: X509Certificate;
  /** The issuers that are sent along, nearest first. */
  readonly chain: readonly X509Certificate[];
}

/** A certificate, the issuers that were with it, and its key. */
export interface ChainedIdentity {
  readonly leaf: X509Certificate;
  readonly chain: readonly X509Certificate[];
  readonly key: KeyObject;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----(?:(?!-----)[\s\S])*-----END \1-----/gu;

/**
 * Reads a certificate, with the issuers that follow it, and its private key; both may stand in one file.
 * @throws UsageError E_FILE_UNREADABLE a file can't be read
 * @throws CertificateError E_CERTIFICATE_INVALID which of the two is wrong, and how
 */
export function readCertificate(certFile: string, keyFile: string, now = new Date()): ServerCertificate {
  const read = readIdentityFiles(certFile, keyFile);
  checkDates(certFile, [read.leaf, ...read.chain], now);
  return serverCertificate(read);
}

/**
 * Reads the same as `readCertificate`, whatever its dates.
 * @throws UsageError E_FILE_UNREADABLE a file can't be read
 * @throws CertificateError E_CERTIFICATE_INVALID which of the two is wrong, and how
 */
export function readIdentityFiles(certFile: string, keyFile: string): ChainedIdentity {
  const certificates = parseCertificates(readText(certFile), certFile);
  const key = parseKey(readText(keyFile), keyFile);
  const [leaf, ...chain] = certificates;
  if (leaf === undefined) throw invalid(`${certFile}: found no certificate, expected PEM that begins a CERTIFICATE`);
  if (!leaf.checkPrivateKey(key)) throw invalid(mismatch(certFile, keyFile, chain, key));
  checkOrder(certFile, certificates);
  return { leaf, chain, key };
}

/**
 * Reads every certificate of a PEM text.
 * @param file how messages name the text
 * @throws CertificateError E_CERTIFICATE_INVALID one of them is broken
 */
export function parseCertificates(text: string, file: string): readonly X509Certificate[] {
  const blocks = [...text.matchAll(BLOCK)].filter(([, kind]) => kind === "CERTIFICATE" || kind === "X509 CERTIFICATE");
  return blocks.map(([pem], index) => {
    try {
      return new X509Certificate(pem);
    } catch (error) {
      throw invalid(`${file}: certificate ${index + 1} is broken (${reasonOf(error)})`, error);
    }
  });
}

/**
 * Refuses certificates whose time has not come, or is over.
 * @throws CertificateError E_CERTIFICATE_INVALID which one, and since or until when
 */
export function checkDates(file: string, certificates: readonly X509Certificate[], now: Date): void {
  for (const certificate of certificates) {
    const { from, until } = validityOf(certificate);
    const name = titleOf(certificate);
    if (now >= until) throw invalid(`${file}: the certificate of ${name} expired on ${day(until)}`);
    if (now < from) throw invalid(`${file}: the certificate of ${name} is not valid before ${day(from)}`);
  }
}

/** A checked certificate as a TLS server takes it. */
export function serverCertificate({ leaf, chain, key }: ChainedIdentity): ServerCertificate {
  const cert = [leaf, ...chain].map(String).join("");
  return { cert, key: key.export({ type: "pkcs8", format: "pem" }).toString(), leaf, chain };
}

/** When a certificate's time begins and ends. */
export function validityOf(certificate: X509Certificate): { readonly from: Date; readonly until: Date } {
  return { from: new Date(certificate.validFrom), until: new Date(certificate.validTo) };
}

/** A certificate's subject in a sentence: its common name, or all of it. */
export function titleOf(certificate: X509Certificate): string {
  return nameIn(certificate.subject) ?? certificate.subjectAltName ?? "an unnamed subject";
}

/** The common name in a subject or issuer, or all of it on one line. */
export function nameIn(distinguishedName: string | undefined): string | undefined {
  if (distinguishedName === undefined || distinguishedName === "") return undefined;
  return /^CN=(.*)$/mu.exec(distinguishedName)?.[1] ?? distinguishedName.replaceAll("\n", ", ");
}

/** The error for a certificate, key or PFX that can't be used. */
export function invalid(message: string, cause?: unknown): CertificateError {
  return new CertificateError("E_CERTIFICATE_INVALID", message, { cause });
}

/** What went wrong, without the library's ceremony. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function parseKey(text: string, file: string): KeyObject {
  const block = [...text.matchAll(BLOCK)].find(([, kind]) => kind?.endsWith("PRIVATE KEY"));
  if (block === undefined) throw invalid(`${file}: found no private key, expected PEM that begins a PRIVATE KEY`);
  const encrypted = block[1] === "ENCRYPTED PRIVATE KEY" || block[0].includes("Proc-Type: 4,ENCRYPTED");
  if (encrypted)
    throw invalid(
      `${file}: the private key is encrypted, expected one without a passphrase (openssl pkey -in ${file})`,
    );
  try {
    return createPrivateKey(block[0]);
  } catch (error) {
    throw invalid(`${file}: the private key is broken (${systemCode(error) ?? reasonOf(error)})`, error);
  }
}

function mismatch(certFile: string, keyFile: string, chain: readonly X509Certificate[], key: KeyObject): string {
  const later = chain.findIndex((certificate) => certificate.checkPrivateKey(key));
  if (later === -1) return `${keyFile}: the private key belongs to another certificate than ${certFile}`;
  return `${certFile}: the key's own certificate comes as number ${later + 2}, expected it first, then its issuers`;
}

function checkOrder(file: string, certificates: readonly X509Certificate[]): void {
  for (const [index, certificate] of certificates.entries()) {
    const issuer = certificates[index + 1];
    if (issuer === undefined || (certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey))) continue;
    throw invalid(
      `${file}: certificate ${index + 2} (${titleOf(issuer)}) did not issue the one before it (${titleOf(certificate)}), ` +
        "expected every certificate to be followed by its issuer",
    );
  }
}

function day(at: Date): string {
  return at.toISOString().replace(/T(.*)\..*$/u, " $1 UTC");
}
