import { X509Certificate, createPrivateKey } from "node:crypto";
import type { KeyObject } from "node:crypto";
import forge from "node-forge";
import { der } from "./certificates-der.ts";
import { checkDates, invalid, reasonOf, serverCertificate } from "./certificates-read.ts";
import type { ServerCertificate } from "./certificates-read.ts";
import { readBytes } from "./text-file.ts";

type Pfx = forge.pkcs12.Pkcs12Pfx;
type Bag = forge.pkcs12.Bag;

const { asn1, pkcs12, pki } = forge;

/** Longest chain followed; the real ones have two or three links. */
const LONGEST_CHAIN = 10;

/**
 * Reads the certificate, its issuers and the private key of a PFX file (PKCS #12) such as Exchange exports,
 * also with the old RC2-40 and 3DES encryption that OpenSSL 3 no longer reads by itself.
 * The root is left out: a device either has it already or has no reason to trust it.
 * @throws UsageError E_FILE_UNREADABLE the file can't be read
 * @throws CertificateError E_CERTIFICATE_INVALID no PFX, wrong passphrase, no key, key without its certificate, or
 * not (or no longer) valid
 */
export function importPfx(file: string, passphrase: string, now = new Date()): ServerCertificate {
  const pfx = decrypt(file, readBytes(file), passphrase);
  const bags = pfx.safeContents.flatMap(({ safeBags }) => safeBags);
  const certificates = bags.filter(({ type }) => type === pki.oids["certBag"]).map((bag) => certificateOf(file, bag));
  const keys = bags.filter(({ type }) => KEY_BAGS.has(type)).map((bag) => keyOf(file, bag));
  if (keys.length === 0)
    throw invalid(`${file}: found no private key; export the certificate again with its private key`);
  if (certificates.length === 0) throw invalid(`${file}: found no certificate beside the private key`);
  const pairs = keys.flatMap((key) =>
    certificates.filter((each) => each.checkPrivateKey(key)).map((leaf) => ({ leaf, key })),
  );
  const latest = pairs.sort((left, right) => endOf(right.leaf) - endOf(left.leaf))[0];
  if (latest === undefined) throw invalid(`${file}: the private key belongs to none of the certificates in it`);
  const chain = issuersOf(latest.leaf, certificates);
  checkDates(file, [latest.leaf, ...chain], now);
  return serverCertificate({ ...latest, chain });
}

const KEY_BAGS: ReadonlySet<string | undefined> = new Set([pki.oids["keyBag"], pki.oids["pkcs8ShroudedKeyBag"]]);

function decrypt(file: string, bytes: Buffer, passphrase: string): Pfx {
  const content = parse(file, bytes);
  try {
    return pkcs12.pkcs12FromAsn1(content, false, passphrase);
  } catch (error) {
    throw invalid(`${file}: ${refusal(reasonOf(error), passphrase)}`, error);
  }
}

function parse(file: string, bytes: Buffer): forge.asn1.Asn1 {
  if (bytes.includes("-----BEGIN "))
    throw invalid(`${file}: found PEM, expected a PFX (PKCS #12); PEM files go to --cert and --key`);
  try {
    return asn1.fromDer(bytes.toString("latin1"), false);
  } catch (error) {
    throw invalid(`${file}: found no PFX (PKCS #12), or a damaged one (${reasonOf(error)})`, error);
  }
}

/** The library tells its refusals apart by their text alone. */
function refusal(reason: string, passphrase: string): string {
  if (/MAC could not be verified|wrong password|Failed to decrypt/u.test(reason))
    return passphrase === "" ? "the PFX needs a passphrase" : "the passphrase is wrong, or the PFX is damaged";
  if (/not an PKCS#12|version other than 3/u.test(reason)) return "found no PFX (PKCS #12)";
  if (/[Uu]nsupported/u.test(reason))
    return `found a PFX with an encryption that can't be read here, expected TripleDES-SHA1 or AES256-SHA256 (${reason})`;
  return `found a damaged PFX (${reason})`;
}

function certificateOf(file: string, bag: Bag): X509Certificate {
  try {
    return new X509Certificate(der.bytes(bag.cert ? pki.certificateToAsn1(bag.cert) : bag.asn1));
  } catch (error) {
    throw invalid(`${file}: a certificate in it is broken (${reasonOf(error)})`, error);
  }
}

function keyOf(file: string, bag: Bag): KeyObject {
  try {
    return bag.key
      ? createPrivateKey(pki.privateKeyToPem(bag.key))
      : createPrivateKey({ key: der.bytes(bag.asn1), format: "der", type: "pkcs8" });
  } catch (error) {
    throw invalid(`${file}: the private key in it can't be read (${reasonOf(error)})`, error);
  }
}

/** From the leaf's issuer upwards, without the root. */
function issuersOf(leaf: X509Certificate, certificates: readonly X509Certificate[]): readonly X509Certificate[] {
  const chain: X509Certificate[] = [];
  for (let below = leaf; chain.length < LONGEST_CHAIN;) {
    const issuer = certificates.find((each) => below.checkIssued(each) && below.verify(each.publicKey));
    if (issuer === undefined || issuer.checkIssued(issuer)) break;
    chain.push(issuer);
    below = issuer;
  }
  return chain;
}

function endOf(certificate: X509Certificate): number {
  return new Date(certificate.validTo).getTime();
}
