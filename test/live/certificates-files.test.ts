import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { X509Certificate } from "node:crypto";
import tls from "node:tls";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createAuthority, createLeaf, keyPem } from "../../src/live/certificates.ts";
import type { CertifiedKey } from "../../src/live/certificates.ts";
import { describeCertificate } from "../../src/live/certificates-describe.ts";
import { writePemFiles } from "../../src/live/certificates-files.ts";
import { importPfx } from "../../src/live/certificates-pfx.ts";
import { readCertificate } from "../../src/live/certificates-read.ts";
import {
  ensureServerCertificates,
  makeServerCertificates,
  namesOfThisMachine,
} from "../../src/live/certificates-server.ts";

const root = mkdtempSync(path.join(tmpdir(), "idlewall-"));
afterAll(() => rmSync(root, { recursive: true }));

let directory = root;
beforeEach(() => {
  directory = mkdtempSync(path.join(root, "case-"));
});

const DAY_MS = 86_400_000;
const made: { authority?: CertifiedKey; leaf?: CertifiedKey; other?: CertifiedKey; rsa?: CertifiedKey } = {};
beforeAll(async () => {
  made.authority = await createAuthority({ name: "The Authority" });
  made.leaf = await createLeaf(made.authority, { names: ["mail.example.com"] });
  made.other = await createLeaf(made.authority, { names: ["other.example.com"] });
  made.rsa = await createLeaf(made.authority, { names: ["mail.example.com"], keyKind: "rsa" });
});

function identity(name: keyof typeof made): CertifiedKey {
  const found = made[name];
  if (found === undefined) throw new Error(`${name} was not made`);
  return found;
}

const pem = (name: keyof typeof made) => identity(name).certificate.toString();
const key = (name: keyof typeof made) => keyPem(identity(name).key);

function file(name: string, content: string | Uint8Array): string {
  const full = path.join(directory, name);
  writeFileSync(full, content);
  return full;
}

function openssl(...args: readonly string[]): void {
  execFileSync("openssl", args, { stdio: "pipe" });
}

const modeOf = (name: string) => (statSync(name).mode & 0o777).toString(8);

describe("writing PEM files", () => {
  test("gives private keys to their owner alone, and leaves no drafts", () => {
    const [secret, open] = [path.join(directory, "deep/key.pem"), path.join(directory, "deep/cert.pem")];
    writePemFiles(
      [
        { file: secret, pem: "k", secret: true },
        { file: open, pem: "c", secret: false },
      ],
      false,
    );
    expect([modeOf(secret), modeOf(open)]).toEqual(["600", "644"]);
    expect(readdirSync(path.join(directory, "deep")).sort()).toEqual(["cert.pem", "key.pem"]);
  });

  test("refuses to replace any of them, and then writes none", () => {
    const [first, second] = [path.join(directory, "a.pem"), file("b.pem", "old")];
    const write = () =>
      writePemFiles(
        [
          { file: first, pem: "a", secret: true },
          { file: second, pem: "b", secret: false },
        ],
        false,
      );
    expect(write).toThrow(expect.objectContaining({ code: "E_FILE_EXISTS" }));
    expect(write).toThrow(`${second} is there already; --force replaces it`);
    expect(existsSync(first)).toBe(false);
    expect(readFileSync(second, "utf8")).toBe("old");
  });

  test("replaces them when forced to, and an open key becomes a secret one", () => {
    const target = file("a.pem", "old");
    chmodSync(target, 0o644);
    writePemFiles([{ file: target, pem: "new", secret: true }], true);
    expect([readFileSync(target, "utf8"), modeOf(target)]).toEqual(["new", "600"]);
  });
});

describe("reading a certificate and its key", () => {
  test("gives both, with the issuers in their order", () => {
    const read = readCertificate(file("c.pem", pem("leaf") + pem("authority")), file("k.pem", key("leaf")));
    expect(read.leaf.subject).toMatch(/CN=mail.example.com/u);
    expect(read.chain.map(({ subject }) => subject)).toEqual([identity("authority").certificate.subject]);
    expect(() => tls.createSecureContext({ cert: read.cert, key: read.key })).not.toThrow();
  });

  test("takes both from one file, with text around them", () => {
    const both = file("both.pem", `Bag Attributes\n${key("leaf")}\nsubject=x\n${pem("leaf")}`);
    expect(readCertificate(both, both).chain).toEqual([]);
  });

  test.each([
    ["an empty certificate file", () => "", () => key("leaf"), /c.pem: found no certificate/u],
    ["an empty key file", () => pem("leaf"), () => "", /k.pem: found no private key/u],
    ["the two in each other's place", () => key("leaf"), () => pem("leaf"), /k.pem: found no private key/u],
    [
      "the key of another",
      () => pem("leaf"),
      () => key("other"),
      /k.pem: the private key belongs to another certificate than .*c.pem/u,
    ],
    [
      "the issuer first",
      () => pem("authority") + pem("leaf"),
      () => key("leaf"),
      /c.pem: the key's own certificate comes as number 2, expected it first/u,
    ],
    [
      "a stranger in the chain",
      () => pem("leaf") + pem("other"),
      () => key("leaf"),
      /c.pem: certificate 2 \(other.example.com\) did not issue the one before it \(mail.example.com\)/u,
    ],
    [
      "a damaged certificate",
      () => pem("leaf").replace(/\n.{20}/u, "\nAAAAAAAAAAAAAAAAAAAA"),
      () => key("leaf"),
      /c.pem: certificate 1 is broken/u,
    ],
    [
      "a damaged key",
      () => pem("leaf"),
      () => key("leaf").replace(/\n.{20}/u, "\nAAAAAAAAAAAAAAAAAAAA"),
      /k.pem: the private key is broken/u,
    ],
    [
      "an encrypted key",
      () => pem("leaf"),
      () =>
        identity("leaf")
          .key.export({ type: "pkcs8", format: "pem", cipher: "aes-128-cbc", passphrase: "x" })
          .toString(),
      /k.pem: the private key is encrypted/u,
    ],
    [
      "an old encrypted key",
      () => pem("rsa"),
      () =>
        identity("rsa").key.export({ type: "pkcs1", format: "pem", cipher: "aes-128-cbc", passphrase: "x" }).toString(),
      /k.pem: the private key is encrypted/u,
    ],
  ])("tells %s apart", (_, cert, keyText, message) => {
    const [certFile, keyFile] = [file("c.pem", cert()), file("k.pem", keyText())];
    expect(() => readCertificate(certFile, keyFile)).toThrow(
      expect.objectContaining({ code: "E_CERTIFICATE_INVALID" }),
    );
    expect(() => readCertificate(certFile, keyFile)).toThrow(message);
  });

  test("says since when a certificate is expired, and from when it will be valid, to the second", () => {
    const [certFile, keyFile] = [file("c.pem", pem("leaf")), file("k.pem", key("leaf"))];
    const { validFrom, validTo } = identity("leaf").certificate;
    const [from, until] = [Date.parse(validFrom), Date.parse(validTo)];
    const at = (instant: number) => () => readCertificate(certFile, keyFile, new Date(instant));
    expect(at(from)).not.toThrow();
    expect(at(until - 1)).not.toThrow();
    expect(at(from - 1)).toThrow(/mail.example.com is not valid before \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/u);
    expect(at(until)).toThrow(/mail.example.com expired on \d{4}/u);
  });
});

/** Makes a PFX as Windows and OpenSSL do. */
function pfx(passphrase: string, name: "leaf" | "rsa", ...how: readonly string[]): string {
  const [cert, keyFile, ca] = [file("c", pem(name)), file("k", key(name)), file("ca", pem("authority"))];
  const out = path.join(directory, "mail.pfx");
  openssl(
    "pkcs12",
    "-export",
    "-out",
    out,
    "-in",
    cert,
    "-inkey",
    keyFile,
    "-certfile",
    ca,
    "-passout",
    `pass:${passphrase}`,
    ...how,
  );
  return out;
}

describe("importing a PFX", () => {
  test.each([
    ["AES-256 and SHA-256", "rsa", []],
    ["RC2-40 and 3DES, which OpenSSL 3 refuses", "rsa", ["-legacy"]],
    [
      "3DES alone, as Windows Server 2008 to 2016 export",
      "rsa",
      ["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"],
    ],
    ["an ECDSA key", "leaf", []],
    ["an ECDSA key, the old way", "leaf", ["-legacy"]],
    ["nothing", "rsa", ["-keypbe", "NONE", "-certpbe", "NONE"]],
  ] as const)("reads one encrypted with %s", (_, name, how) => {
    const imported = importPfx(pfx("geheim", name, ...how), "geheim");
    expect(imported.leaf.fingerprint256).toBe(identity(name).certificate.fingerprint256);
    expect(imported.key).toBe(key(name));
    expect(imported.chain).toEqual([]);
    expect(() => tls.createSecureContext({ cert: imported.cert, key: imported.key })).not.toThrow();
  });

  test("keeps the intermediate authorities, nearest first, and leaves out the root", () => {
    const steps = ["root", "middle", "server"];
    for (const [index, name] of steps.entries()) {
      const at = (ending: string) => path.join(directory, `${name}.${ending}`);
      const issuer = path.join(directory, steps[index - 1] ?? "");
      const signer = index === 0 ? [] : ["-CA", `${issuer}.pem`, "-CAkey", `${issuer}.key`];
      const ca = `basicConstraints=critical,CA:${index < 2 ? "TRUE" : "FALSE"}`;
      openssl(
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        at("key"),
        "-out",
        at("pem"),
        "-subj",
        `/CN=${name}`,
        "-addext",
        ca,
        ...signer,
      );
    }
    const read = (name: string) => readFileSync(path.join(directory, name), "utf8");
    const out = path.join(directory, "chain.pfx");
    const extra = file("extra.pem", read("root.pem") + read("middle.pem"));
    openssl(
      "pkcs12",
      "-export",
      "-out",
      out,
      "-in",
      path.join(directory, "server.pem"),
      "-inkey",
      path.join(directory, "server.key"),
      "-certfile",
      extra,
      "-passout",
      "pass:x",
    );
    const { leaf, chain } = importPfx(out, "x");
    expect([leaf, ...chain].map(({ subject }) => subject)).toEqual(["CN=server", "CN=middle"]);
  });

  test("reads one with an empty passphrase", () => {
    expect(importPfx(pfx("", "rsa"), "").leaf.subject).toMatch(/mail.example.com/u);
  });

  test("tells a wrong passphrase from a missing one", () => {
    const out = pfx("geheim", "rsa", "-legacy");
    expect(() => importPfx(out, "Geheim")).toThrow(/mail.pfx: the passphrase is wrong, or the PFX is damaged$/u);
    expect(() => importPfx(out, "")).toThrow(/mail.pfx: the PFX needs a passphrase$/u);
  });

  test("tells one without a key, without a certificate and with another's key apart", () => {
    const [cert, keyFile] = [file("c", pem("rsa")), file("k", key("rsa"))];
    const out = path.join(directory, "part.pfx");
    openssl("pkcs12", "-export", "-out", out, "-in", cert, "-nokeys", "-passout", "pass:x");
    expect(() => importPfx(out, "x")).toThrow(
      /found no private key; export the certificate again with its private key/u,
    );
    openssl("pkcs12", "-export", "-out", out, "-inkey", keyFile, "-nocerts", "-passout", "pass:x");
    expect(() => importPfx(out, "x")).toThrow(/found no certificate beside the private key/u);
  });

  test("tells an expired one and one not yet valid apart", () => {
    const out = pfx("x", "rsa");
    expect(() => importPfx(out, "x", new Date(Date.now() + 400 * DAY_MS))).toThrow(/mail.pfx: .* expired on/u);
    expect(() => importPfx(out, "x", new Date(Date.now() - 2 * DAY_MS))).toThrow(/mail.pfx: .* is not valid before/u);
  });

  test.each([
    ["no ASN.1", Buffer.from("hello"), /found no PFX/u],
    ["an empty file", Buffer.alloc(0), /found no PFX/u],
    ["other ASN.1", Buffer.from([0x30, 0x03, 0x02, 0x01, 0x03]), /found no PFX/u],
    ["PEM", Buffer.from("-----BEGIN CERTIFICATE-----"), /found PEM, expected a PFX/u],
  ])("refuses %s as no PFX", (_, content, message) => {
    const name = file("no.pfx", content);
    expect(() => importPfx(name, "x")).toThrow(expect.objectContaining({ code: "E_CERTIFICATE_INVALID" }));
    expect(() => importPfx(name, "x")).toThrow(message);
  });

  test("refuses one that was cut off or damaged, wherever", () => {
    const whole = readFileSync(pfx("x", "rsa"));
    for (const at of [1, 4, 20, 100, 500, 1500, whole.length - 1]) {
      expect(() => importPfx(file("cut.pfx", whole.subarray(0, at)), "x")).toThrow(
        expect.objectContaining({ code: "E_CERTIFICATE_INVALID" }),
      );
      const damaged = Buffer.from(whole);
      damaged.writeUInt8((damaged.readUInt8(at) + 1) % 256, at);
      expect(() => importPfx(file("bad.pfx", damaged), "x")).toThrow(
        expect.objectContaining({ code: "E_CERTIFICATE_INVALID" }),
      );
    }
  });
});

describe("describing a certificate", () => {
  test("says what it is, how long it lasts and what a device needs", () => {
    const { certificate } = identity("leaf");
    const now = new Date(Date.parse(certificate.validTo) - 10.5 * DAY_MS);
    expect(describeCertificate(certificate, now)).toEqual({
      subject: "mail.example.com",
      issuer: "The Authority",
      names: ["mail.example.com"],
      validFrom: new Date(certificate.validFrom).toISOString(),
      validUntil: new Date(certificate.validTo).toISOString(),
      daysLeft: 10,
      keyType: "ECDSA P-256",
      authority: false,
      fingerprint: certificate.fingerprint256,
      advice: [
        expect.stringContaining("a device must trust its issuer, The Authority"),
        expect.stringContaining("Windows Mobile"),
      ],
    });
  });

  test("says of an authority that it is the one to install", () => {
    expect(describeCertificate(identity("authority").certificate)).toMatchObject({
      authority: true,
      advice: ["install this one on a device as a trusted authority (a root certificate)"],
    });
  });

  test("says what current devices refuse", () => {
    const out = path.join(directory, "old.pem");
    openssl(
      "req",
      "-x509",
      "-newkey",
      "rsa:1024",
      "-nodes",
      "-keyout",
      path.join(directory, "k"),
      "-out",
      out,
      "-subj",
      "/CN=old",
      "-days",
      "3650",
      "-addext",
      "basicConstraints=CA:FALSE",
    );
    const both = file("both.pem", readFileSync(out, "utf8") + readFileSync(path.join(directory, "k"), "utf8"));
    const { leaf } = readCertificate(both, both);
    expect(describeCertificate(leaf, new Date("2060-01-01"))).toMatchObject({
      keyType: "RSA 1024 bits",
      advice: [/expired/u, /self-signed/u, /names nothing/u, /825 days/u, /2048 bits/u].map((each) =>
        expect.stringMatching(each),
      ),
    });
    expect(describeCertificate(leaf, new Date("2000-01-01")).advice[0]).toMatch(/not valid yet/u);
  });
});

describe("the certificates that a server makes itself", () => {
  test("are made once, and the same ones are there the next time", async () => {
    const first = await ensureServerCertificates(directory, ["mail.example.com", "127.0.0.1", "::1"]);
    const second = await ensureServerCertificates(directory, ["127.0.0.1"]);
    expect([first.created, first.authorityCreated]).toEqual([true, true]);
    expect(second).toEqual({ ...first, created: false, authorityCreated: false });
    expect(readdirSync(directory).sort()).toEqual([
      ".made-by-serve",
      "authority-key.pem",
      "authority.pem",
      "server-ecdsa-key.pem",
      "server-ecdsa.pem",
      "server-rsa-key.pem",
      "server-rsa.pem",
    ]);
    for (const name of readdirSync(directory).filter((each) => each.endsWith("-key.pem")))
      expect(modeOf(path.join(directory, name))).toBe("600");
    for (const kind of ["ecdsa", "rsa"])
      openssl("verify", "-CAfile", first.authorityFile, path.join(directory, `server-${kind}.pem`));
  });

  test("are made anew by the same authority when a name is missing, or their time is nearly over", async () => {
    const first = await ensureServerCertificates(directory, ["a.example"]);
    const authority = readFileSync(first.authorityFile, "utf8");
    const named = await ensureServerCertificates(directory, ["a.example", "b.example"]);
    expect([named.created, named.authorityCreated]).toEqual([true, false]);
    const before = await ensureServerCertificates(directory, ["a.example"], new Date(Date.now() + 395 * DAY_MS));
    expect(before.created).toBe(false);
    const after = await ensureServerCertificates(directory, ["a.example"], new Date(Date.now() + 396.5 * DAY_MS));
    expect([after.created, after.authorityCreated]).toEqual([true, false]);
    expect(readFileSync(first.authorityFile, "utf8")).toBe(authority);
  });

  test("get a new authority when the old one's time is over, or its key is lost", async () => {
    await ensureServerCertificates(directory, ["a.example"]);
    const late = await ensureServerCertificates(directory, ["a.example"], new Date(Date.now() + 3650 * DAY_MS));
    expect([late.created, late.authorityCreated]).toEqual([true, true]);
    rmSync(path.join(directory, "authority-key.pem"));
    const lost = await ensureServerCertificates(directory, ["a.example"], new Date(Date.now() + 3651 * DAY_MS));
    expect([lost.created, lost.authorityCreated]).toEqual([true, true]);
  });

  test("are not made where somebody else put some: those are used as they are, and never replaced", async () => {
    await makeServerCertificates(directory, ["mail.example.com"]);
    const files = readdirSync(directory).map((name) => readFileSync(path.join(directory, name), "utf8"));
    const used = await ensureServerCertificates(directory, ["localhost"]);
    expect(used.created).toBe(false);
    expect(new X509Certificate(used.rsa.cert).subjectAltName).toBe("DNS:mail.example.com");
    expect(readdirSync(directory).map((name) => readFileSync(path.join(directory, name), "utf8"))).toEqual(files);
    const late = new Date(Date.now() + 400 * DAY_MS);
    await expect(ensureServerCertificates(directory, ["localhost"], late)).rejects.toThrow(/server-ecdsa\.pem/u);
    rmSync(path.join(directory, "server-ecdsa.pem"));
    await expect(ensureServerCertificates(directory, ["localhost"])).rejects.toThrow(/server-ecdsa\.pem/u);
    rmSync(path.join(directory, "server-ecdsa-key.pem"));
    const one = await ensureServerCertificates(directory, ["localhost"]);
    expect(one.ecdsa).toBe(one.rsa);
  });

  test("are the same for servers that start at once", async () => {
    const all = await Promise.all([1, 2, 3].map(() => ensureServerCertificates(directory, ["a.example"])));
    expect(all.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(all.map(({ ecdsa }) => ecdsa.cert)).size).toBe(1);
  });

  test("cover a wildcard and what it stands for", async () => {
    await ensureServerCertificates(directory, ["*.example.com"]);
    expect((await ensureServerCertificates(directory, ["*.example.com", "mail.example.com"])).created).toBe(false);
    expect((await ensureServerCertificates(directory, ["*.mail.example.com"])).created).toBe(true);
  });

  test("are refused rather than replaced when a file is broken", async () => {
    await ensureServerCertificates(directory, ["a.example"]);
    file("server-rsa.pem", "nonsense");
    await expect(ensureServerCertificates(directory, ["a.example"])).rejects.toMatchObject({
      code: "E_CERTIFICATE_INVALID",
    });
    expect(existsSync(path.join(directory, ".lock"))).toBe(false);
  });

  test("are not replaced on demand without force, and keep their authority with it", async () => {
    const first = await makeServerCertificates(directory, ["a.example"]);
    await expect(makeServerCertificates(directory, ["a.example"])).rejects.toMatchObject({ code: "E_FILE_EXISTS" });
    const second = await makeServerCertificates(directory, ["a.example"], { force: true, days: 5 });
    expect([first.authorityCreated, second.authorityCreated]).toEqual([true, false]);
  });

  test("can name this machine in every way", async () => {
    const names = namesOfThisMachine();
    expect(names).toEqual(expect.arrayContaining(["localhost", "127.0.0.1", "::1"]));
    expect((await makeServerCertificates(directory, names)).created).toBe(true);
  });
});
