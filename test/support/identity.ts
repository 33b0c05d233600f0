import { createSecureContext, type SecureContext } from "node:tls";
import { createAuthority, createLeaf, type CertifiedKey } from "../../src/live/certificates.ts";

/** A CA and a server certificate for loopback, made once a test file. */
export interface TestIdentity {
  readonly authority: CertifiedKey;
  readonly leaf: CertifiedKey;
  /** For clients that trust the authority; one for all of them, since making it is a good part of a handshake. */
  readonly trusting: SecureContext;
}

let made: Promise<TestIdentity> | undefined;

/** The test identity: P-256, for localhost, 127.0.0.1 and ::1. */
export function testIdentity(): Promise<TestIdentity> {
  made ??= make();
  return made;
}

async function make(): Promise<TestIdentity> {
  const authority = await createAuthority();
  const leaf = await createLeaf(authority, { names: ["localhost", "127.0.0.1", "::1"] });
  return { authority, leaf, trusting: createSecureContext({ ca: authority.certificate.toString() }) };
}
