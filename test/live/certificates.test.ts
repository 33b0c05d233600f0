import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import path from "node:path";
import tls from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAuthority, createLeaf, keyPem } from "../../src/live/certificates.ts";
import type { CertifiedKey, KeyKind } from "../../src/live/certificates.ts";
import { parseCertificateName } from "../../src/live/certificates-names.ts";

const directory = mkdtempSync(path.join(tmpdir(), "idlewall-"));
afterAll(() => rmSync(directory, { recursive: true }));

const NAMES = ["mail.example.com", "*.example.org", "bücher.example", "127.0.0.1", "2001:DB8::1", "[::1]"];
const authorities = new Map<KeyKind, CertifiedKey>();

beforeAll(async () => {
  for (const keyKind of ["ecdsa", "rsa"] as const) authorities.set(keyKind, await createAuthority({ keyKind }));
});

function authorityOf(kind: KeyKind): CertifiedKey {
  const authority = authorities.get(kind);
  if (authority === undefined) throw new Error(`no authority of kind ${kind}`);
  return authority;
}

function openssl(...args: readonly string[]): string {
  return execFileSync("openssl", args, { encoding: "utf8" });
}

function pemFile(name: string, identity: CertifiedKey): string {
  const file = path.join(directory, name);
  writeFileSync(file, identity.certificate.toString());
  return file;
}

describe.each([
  ["ecdsa", "ecdsa", /ASN1 OID: prime256v1/u, /Digital Signature\s*\n/u],
  ["rsa", "ecdsa", /ASN1 OID: prime256v1/u, /Digital Signature\s*\n/u],
  ["ecdsa", "rsa", /Public-Key: \(2048 bit\)/u, /Digital Signature, Key Encipherment\s*\n/u],
  ["rsa", "rsa", /Public-Key: \(2048 bit\)/u, /Digital Signature, Key Encipherment\s*\n/u],
] as const)("an authority of kind %s signs a certificate of kind %s", (authorityKind, keyKind, keyText, usage) => {
  test("that OpenSSL verifies by its strictest rules, and that says what it should", async () => {
    const authority = authorityOf(authorityKind);
    const leaf = await createLeaf(authority, { names: NAMES, keyKind });
    const [ca, file] = [pemFile("ca.pem", authority), pemFile("leaf.pem", leaf)];
    const verified = openssl("verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", ca, file);
    expect(verified.trim()).toBe(`${file}: OK`);
    const text = openssl("x509", "-in", file, "-noout", "-text");
    expect(text).toMatch(keyText);
    expect(text).toMatch(usage);
    expect(text).toMatch(/Basic Constraints: critical\s+CA:FALSE/u);
    expect(text).toMatch(/Extended Key Usage:\s+TLS Web Server Authentication\s*\n/u);
    expect(text).toContain(
      "DNS:mail.example.com, DNS:*.example.org, DNS:xn--bcher-kva.example, IP Address:127.0.0.1, " +
        "IP Address:2001:DB8:0:0:0:0:0:1, IP Address:0:0:0:0:0:0:0:1",
    );
    expect(text).toMatch(/Subject: O = idlewall, CN = mail.example.com/u);
  });

  test("that a TLS client accepts which trusts the authority, and no other", async () => {
    const authority = authorityOf(authorityKind);
    const leaf = await createLeaf(authority, { names: ["127.0.0.1"], keyKind });
    const server = tls.createServer({ cert: leaf.certificate.toString(), key: keyPem(leaf.key) }, (socket) =>
      socket.end(),
    );
    server.on("tlsClientError", () => undefined);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const trusting = tls.connect({ host: "127.0.0.1", port, ca: authority.certificate.toString() });
    await once(trusting, "secureConnect");
    expect(trusting.authorized).toBe(true);
    trusting.destroy();
    const stranger = tls.connect({
      host: "127.0.0.1",
      port,
      ca: authorityOf(authorityKind === "rsa" ? "ecdsa" : "rsa").certificate.toString(),
    });
    const [refusal]: unknown[] = await once(stranger, "error");
    expect(refusal).toMatchObject({ code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" });
    server.close();
    await once(server, "close");
  });
});

test("an authority may sign servers' certificates, and nothing below them", () => {
  const text = openssl("x509", "-in", pemFile("ca.pem", authorityOf("ecdsa")), "-noout", "-text");
  expect(text).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/u);
  expect(text).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign\s*\n/u);
});

test("two authorities have different names and serial numbers", async () => {
  const [one, two] = [await createAuthority(), await createAuthority()];
  expect(one.certificate.subject).not.toBe(two.certificate.subject);
  expect(one.certificate.serialNumber).not.toBe(two.certificate.serialNumber);
});

test("a certificate is backdated by a day and never outlives its authority", async () => {
  const now = new Date("2026-03-01T12:00:00Z");
  const authority = await createAuthority({ now, days: 30, name: "Short" });
  const { certificate } = await createLeaf(authority, { names: ["a"], now });
  expect(new Date(certificate.validFrom).toISOString()).toBe("2026-02-28T12:00:00.000Z");
  expect(certificate.validTo).toBe(authority.certificate.validTo);
  const short = await createLeaf(authority, { names: ["a"], now, days: 1 });
  expect(new Date(short.certificate.validTo).toISOString()).toBe("2026-03-02T12:00:00.000Z");
});

test("a certificate lives 398 days at most, counted from its backdated beginning", async () => {
  const { certificate } = await createLeaf(authorityOf("ecdsa"), { names: ["a"] });
  const days = (Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)) / 86_400_000;
  expect(days).toBe(398);
});

test("an end beyond 2049 is written as later dates must be", async () => {
  const authority = await createAuthority({ now: new Date("2045-01-01T00:00:00Z") });
  expect(authority.certificate.validTo).toMatch(/2054/u);
  expect(openssl("asn1parse", "-in", pemFile("late.pem", authority))).toMatch(/UTCTIME[^\n]*\n[^\n]*GENERALIZEDTIME/u);
});

test("a first name too long for a common name stands among the alternative names only", async () => {
  const name = `${"a".repeat(40)}.${"b".repeat(40)}.example`;
  const { certificate } = await createLeaf(authorityOf("ecdsa"), { names: [name] });
  expect(certificate.subject).toBe("O=idlewall");
  expect(certificate.subjectAltName).toBe(`DNS:${name}`);
});

test.each([0, -1, 1.5, 398, Number.NaN])("a validity of %d days is refused", async (days) => {
  await expect(createLeaf(authorityOf("ecdsa"), { names: ["a"], days })).rejects.toMatchObject({ code: "E_USAGE" });
});

test("a certificate without any name is refused", async () => {
  await expect(createLeaf(authorityOf("ecdsa"), { names: [] })).rejects.toThrow(/found no name/u);
});

describe("a name", () => {
  test.each([
    ["mail.example.com", "mail.example.com"],
    ["MAIL.Example.com.", "mail.example.com"],
    ["localhost", "localhost"],
    ["*.example.com", "*.example.com"],
    ["10.0.0.1", "10.0.0.1"],
    ["2001:DB8:0::1", "2001:db8::1"],
    ["::", "::"],
    ["::ffff:1.2.3.4", "::ffff:102:304"],
  ])("%s is read as %s", (text, name) => {
    expect(parseCertificateName(text).name).toBe(name);
  });

  test.each([
    "",
    " ",
    "a b",
    "*",
    "*.*.a",
    "a.*.b",
    "-a.example",
    "a-.example",
    "a..b",
    "a_b.example",
    "1.2.3",
    "1.2.3.4.5",
    "256.1.1.1",
    "fe80::1%eth0",
    ":::",
    "http://a",
    "a:443",
    "a/b",
    "a\nb",
    `${"a".repeat(64)}.b`,
    "a.".repeat(127) + "b",
  ])("%j is refused", (text) => {
    expect(() => parseCertificateName(text)).toThrow(expect.objectContaining({ code: "E_USAGE" }));
  });
});
