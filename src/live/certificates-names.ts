import { isIP } from "node:net";
import { domainToASCII } from "node:url";
import { UsageError } from "../errors.ts";

/** A name that a certificate speaks for. */
export type CertificateName =
  | { readonly kind: "dns"; readonly name: string }
  /** In its shortest form, with its 4 or 16 bytes. */
  | { readonly kind: "address"; readonly name: string; readonly bytes: Uint8Array };

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u;
const LONGEST_NAME = 253;

/**
 * Reads a DNS name (with a wildcard as its first label, if at all; other alphabets become their ASCII form) or an IP
 * address (IPv6 with or without brackets).
 * @throws UsageError E_USAGE what was found and what was expected
 */
export function parseCertificateName(text: string): CertificateName {
  const address = text.replace(/^\[(.*)\]$/u, "$1");
  const version = isIP(address);
  if (version !== 0 && !address.includes("%")) return addressName(version, address);
  /** The conversion drops white space and what follows a separator, so these are found before it. */
  const foreign = /[\s/\\?#@:%]/u.test(text);
  const name = domainToASCII(text.replace(/^\*\./u, "").replace(/\.$/u, ""));
  const labels = name.split(".");
  const numeric = /^\d+$/u.test(labels.at(-1) ?? "");
  if (foreign || numeric || name.length > LONGEST_NAME || !labels.every((label) => LABEL.test(label)))
    throw new UsageError(
      "E_USAGE",
      `found the name ${JSON.stringify(text)}, expected a DNS name such as mail.example.com, or an IP address`,
    );
  return { kind: "dns", name: text.startsWith("*.") ? `*.${name}` : name };
}

function addressName(version: number, address: string): CertificateName {
  if (version === 4) return { kind: "address", name: address, bytes: Uint8Array.from(address.split("."), Number) };
  const name = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [head = "", tail] = name.split("::");
  const [before, after] = [groupsOf(head), groupsOf(tail ?? "")];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  const bytes = [...before, ...zeros, ...after].flatMap((group) => [Math.floor(group / 256), group % 256]);
  return { kind: "address", name, bytes: Uint8Array.from(bytes) };
}

function groupsOf(text: string): readonly number[] {
  return text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
}
