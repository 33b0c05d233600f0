import forge from "node-forge";

/** An ASN.1 value on its way to DER. */
export type Der = forge.asn1.Asn1;

const { asn1 } = forge;
const { UNIVERSAL, CONTEXT_SPECIFIC } = asn1.Class;

/** The writers of the few ASN.1 types that an X.509 certificate is made of (RFC 5280; X.690). */
export const der = {
  sequence: (...parts: readonly Der[]): Der => asn1.create(UNIVERSAL, asn1.Type.SEQUENCE, true, [...parts]),
  set: (...parts: readonly Der[]): Der => asn1.create(UNIVERSAL, asn1.Type.SET, true, [...parts]),
  oid: (oid: string): Der => asn1.create(UNIVERSAL, asn1.Type.OID, false, asn1.oidToDer(oid).getBytes()),
  null: (): Der => asn1.create(UNIVERSAL, asn1.Type.NULL, false, ""),
  boolean: (value: boolean): Der => asn1.create(UNIVERSAL, asn1.Type.BOOLEAN, false, value ? "\u00FF" : "\0"),
  /** A number of at least 0, from its big-endian bytes. */
  integer: (bytes: Uint8Array): Der => asn1.create(UNIVERSAL, asn1.Type.INTEGER, false, binary(positive(bytes))),
  octets: (bytes: Uint8Array): Der => asn1.create(UNIVERSAL, asn1.Type.OCTETSTRING, false, binary(bytes)),
  utf8: (text: string): Der => asn1.create(UNIVERSAL, asn1.Type.UTF8, false, binary(Buffer.from(text))),
  /** Whole bytes, or, with `unusedBits`, named bits. */
  bits: (bytes: Uint8Array, unusedBits = 0): Der =>
    asn1.create(UNIVERSAL, asn1.Type.BITSTRING, false, binary(Buffer.from([unusedBits, ...bytes]))),
  /** UTCTime until 2049, GeneralizedTime from then on (RFC 5280, 4.1.2.5). */
  time: (at: Date): Der =>
    at.getUTCFullYear() < 2050
      ? asn1.create(UNIVERSAL, asn1.Type.UTCTIME, false, asn1.dateToUtcTime(at))
      : asn1.create(UNIVERSAL, asn1.Type.GENERALIZEDTIME, false, asn1.dateToGeneralizedTime(at)),
  /** A field told by its number, around parts (explicit). */
  // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- a field's number takes the place of a type's
  around: (tag: number, ...parts: readonly Der[]): Der => asn1.create(CONTEXT_SPECIFIC, tag, true, [...parts]),
  /** A field told by its number, in place of the type's own tag (implicit). */
  // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the same
  inPlace: (tag: number, bytes: Uint8Array): Der => asn1.create(CONTEXT_SPECIFIC, tag, false, binary(bytes)),
  /** DER that exists already, such as a public key. */
  parsed: (bytes: Uint8Array): Der => asn1.fromDer(binary(bytes)),
  bytes: (value: Der): Buffer => Buffer.from(asn1.toDer(value).getBytes(), "latin1"),
} as const;

/** The library speaks of bytes as of text with one character a byte. */
function binary(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

function positive(bytes: Uint8Array): Uint8Array {
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
}
