import type { X509Certificate } from "node:crypto";
import { nameIn, titleOf, validityOf } from "./certificates-read.ts";

/** What a person wants to know of a certificate. */
export interface CertificateDescription {
  readonly subject: string;
  readonly issuer: string;
  /** DNS names and IP addresses. */
  readonly names: readonly string[];
  /** ISO 8601, UTC. */
  readonly validFrom: string;
  readonly validUntil: string;
  /** Whole days; negative once it expired. */
  readonly daysLeft: number;
  readonly keyType: string;
  readonly authority: boolean;
  /** SHA-256, as devices show it. */
  readonly fingerprint: string;
  /** What a device needs, and what it will not like. */
  readonly advice: readonly string[];
}

const DAY_MS = 86_400_000;
const LONGEST_PRIVATE_DAYS = 825;

/** Describes a certificate. */
export function describeCertificate(certificate: X509Certificate, now = new Date()): CertificateDescription {
  const { from, until } = validityOf(certificate);
  return {
    subject: titleOf(certificate),
    issuer: nameIn(certificate.issuer) ?? "nobody",
    names: namesOf(certificate),
    validFrom: from.toISOString(),
    validUntil: until.toISOString(),
    daysLeft: Math.floor((until.getTime() - now.getTime()) / DAY_MS),
    keyType: keyTypeOf(certificate),
    authority: certificate.ca,
    fingerprint: certificate.fingerprint256,
    advice: adviceOn(certificate, now),
  };
}

function namesOf(certificate: X509Certificate): readonly string[] {
  const names = certificate.subjectAltName?.split(", ") ?? [];
  return names.map((name) => name.replace(/^(?:DNS|IP Address):/u, ""));
}

function keyTypeOf({ publicKey }: X509Certificate): string {
  const { modulusLength, namedCurve } = publicKey.asymmetricKeyDetails ?? {};
  if (publicKey.asymmetricKeyType === "rsa") return `RSA ${modulusLength} bits`;
  if (publicKey.asymmetricKeyType === "ec") return `ECDSA ${namedCurve === "prime256v1" ? "P-256" : namedCurve}`;
  return publicKey.asymmetricKeyType ?? "unknown";
}

function adviceOn(certificate: X509Certificate, now: Date): readonly string[] {
  const { from, until } = validityOf(certificate);
  const days = (until.getTime() - from.getTime()) / DAY_MS;
  const selfSigned = certificate.checkIssued(certificate);
  const short = certificate.publicKey.asymmetricKeyDetails?.modulusLength ?? Number.POSITIVE_INFINITY;
  const advice: readonly (readonly [boolean, string])[] = [
    [now >= until, "expired: devices refuse it"],
    [now < from, "not valid yet: devices refuse it"],
    [certificate.ca, "install this one on a device as a trusted authority (a root certificate)"],
    [!certificate.ca && selfSigned, "self-signed: a device must be told to trust this very certificate"],
    [
      !certificate.ca && !selfSigned,
      `a device must trust its issuer, ${nameIn(certificate.issuer) ?? "which has no name"}`,
    ],
    [
      !certificate.ca && certificate.subjectAltName === undefined,
      "names nothing: iOS 13, Android 9 and later refuse it",
    ],
    [!certificate.ca && days > LONGEST_PRIVATE_DAYS, "valid for more than 825 days: iOS 13 and later refuse it"],
    [short < 2048, "an RSA key below 2048 bits: current devices refuse it"],
    [
      !certificate.ca && certificate.publicKey.asymmetricKeyType === "ec",
      "an ECDSA key: Windows Mobile and other old devices need RSA",
    ],
  ];
  return advice.filter(([applies]) => applies).map(([, text]) => text);
}
