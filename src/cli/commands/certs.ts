import path from "node:path";
import { UsageError } from "../../errors.ts";
import { writePemFiles } from "../../live/certificates-files.ts";
import { describeCertificate } from "../../live/certificates-describe.ts";
import type { CertificateDescription } from "../../live/certificates-describe.ts";
import { importPfx } from "../../live/certificates-pfx.ts";
import { invalid, parseCertificates } from "../../live/certificates-read.ts";
import { makeServerCertificates, namesOfThisMachine } from "../../live/certificates-server.ts";
import { readText } from "../../live/text-file.ts";
import { JSON_OPTION, commandGroup, defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { PASSPHRASE_OPTIONS, passphraseFrom } from "../options.ts";

const DIRECTORY = {
  directory: { type: "string", default: "certs", describe: "Where the files go" },
  force: { type: "boolean", describe: "Replace files that are there already" },
} as const;

const create = defineCommand({
  command: "create [names..]",
  describe: "Make certificates of a server (ECDSA and RSA), and an authority to trust, unless there is one",
  options: {
    ...DIRECTORY,
    ...JSON_OPTION,
    days: { type: "number", describe: "Validity in days, 397 at most and by default" },
  },
  positionals: {
    names: { type: "string", array: true, describe: "DNS names and IP addresses; those of this machine when left out" },
  },
  run: async ({ names = [], directory, force = false, days, json }, output) => {
    const made = await makeServerCertificates(directory, names.length === 0 ? namesOfThisMachine() : names, {
      force,
      ...(days !== undefined && { days }),
    });
    const [leaf] = parseCertificates(made.ecdsa.cert, "the new certificate");
    const { authorityFile, authorityCreated } = made;
    const files = ["ecdsa", "rsa"].map((kind) => path.join(directory, `server-${kind}.pem`));
    if (json === true) return finish(() => output.json({ authorityFile, authorityCreated, files }));
    return finish(() => {
      output.result(files.map((file) => `wrote ${file}, its key beside it`).join("\n"));
      if (leaf !== undefined)
        output.result(
          describeCertificate(leaf)
            .names.map((name) => `  for ${name}`)
            .join("\n"),
        );
      output.result(`${authorityCreated ? "wrote" : "signed by"} ${authorityFile}: devices must trust this one`);
    });
  },
});

const importing = defineCommand({
  command: "import <pfx>",
  describe: "Take certificate, issuers and key from a PFX file that Exchange exported",
  options: { ...DIRECTORY, ...PASSPHRASE_OPTIONS, ...JSON_OPTION },
  positionals: { pfx: { type: "string", demandOption: true, describe: "The PFX file" } },
  run: ({ pfx, directory, force = false, json, ...args }, output) => {
    const { cert, key, leaf, chain } = importPfx(pfx, passphraseFrom(args));
    const stem = path.join(directory, path.basename(pfx).replace(/\.(?:pfx|p12)$/iu, ""));
    const [certFile, keyFile] = [`${stem}.pem`, `${stem}-key.pem`];
    writePemFiles(
      [
        { file: keyFile, pem: key, secret: true },
        { file: certFile, pem: cert, secret: false },
      ],
      force,
    );
    const description = describeCertificate(leaf);
    if (json === true) return finish(() => output.json({ certFile, keyFile, issuers: chain.length, ...description }));
    return finish(() => {
      output.result(`wrote ${certFile} (with ${chain.length} issuers) and ${keyFile}`);
      output.result(text(description));
      output.result(`use it with --cert ${certFile} --key ${keyFile}`);
    });
  },
});

const show = defineCommand({
  command: "show <files..>",
  describe: "Show what certificates say and what a device needs for them",
  options: JSON_OPTION,
  positionals: { files: { type: "string", array: true, demandOption: true, describe: "PEM files" } },
  run: ({ files, json }, output) => {
    const described = files.flatMap(describeFile);
    if (json === true) return finish(() => output.json(described));
    return finish(() => output.result(described.map((each) => `${each.file}\n${text(each)}`).join("\n\n")));
  },
});

/** `idlewall certs create | import | show`. */
export const certs = commandGroup("certs", "Certificates for the device's side", [create, importing, show]);

function finish(tell: () => void): typeof EXIT.done {
  tell();
  return EXIT.done;
}

function describeFile(file: string): readonly (CertificateDescription & { readonly file: string })[] {
  const content = readCertificateText(file);
  const certificates = parseCertificates(content, file);
  if (certificates.length === 0) throw invalid(`${file}: found no certificate, expected PEM that begins a CERTIFICATE`);
  return certificates.map((certificate) => Object.assign({ file }, describeCertificate(certificate)));
}

function readCertificateText(file: string): string {
  if (/\.(?:pfx|p12)$/iu.test(file)) throw new UsageError("E_USAGE", `${file}: a PFX goes to idlewall certs import`);
  return readText(file);
}

function text(description: CertificateDescription): string {
  const { subject, issuer, names, validFrom, validUntil, daysLeft, keyType, fingerprint, advice } = description;
  return [
    `  subject      ${subject}`,
    `  names        ${names.join(", ")}`,
    `  issuer       ${issuer}`,
    `  valid        ${validFrom} to ${validUntil} (${daysLeft} days left)`,
    `  key          ${keyType}`,
    `  SHA-256      ${fingerprint}`,
    ...advice.map((each) => `  device       ${each}`),
  ].join("\n");
}
