import { existsSync } from "node:fs";
import path from "node:path";
import { ensureServerCertificates, namesOfThisMachine } from "../live/certificates-server.ts";
import type { Identity } from "../live/tls-termination.ts";
import { certificateFrom } from "./options.ts";
import type { Teller } from "./output.ts";

/** The certificate options of a command that listens, with the directory for those it makes itself. */
export type IdentityArguments = Parameters<typeof certificateFrom>[0] & { readonly certs: string };

/** The certificate given, or those of our own with what a device must do to trust them. */
export async function identitiesFrom(args: IdentityArguments, teller: Teller): Promise<readonly Identity[]> {
  const given = certificateFrom(args);
  if (given !== undefined) return [given];
  if (!existsSync(path.join(args.certs, "authority.pem")))
    teller.note(`making keys and certificates in ${args.certs}, which takes some seconds`);
  const { ecdsa, rsa, authorityFile, created } = await ensureServerCertificates(args.certs, namesOfThisMachine());
  teller.note(
    `${created ? "made certificates" : "using the certificates"} in ${args.certs}; a device trusts them once ${authorityFile} is installed on it`,
  );
  return [...new Set([ecdsa, rsa])];
}
