import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createAuthority, createLeaf, keyPem } from "../../../src/live/certificates.ts";

/** The name that devices ask for. */
export const NAME = "fidelity.test";

/** The certificates that server and idlewall prove themselves with, as PEM and as files. */
export interface Papers extends AsyncDisposable {
  readonly authority: string;
  readonly cert: string;
  readonly key: string;
  /** The file of one of them, or another file beside them. */
  file(name: string): string;
}

/** Makes certificates for these addresses. */
export async function makePapers(...addresses: readonly string[]): Promise<Papers> {
  const folder = await mkdtemp(path.join(tmpdir(), "idlewall-fidelity-"));
  const authority = await createAuthority();
  const leaf = await createLeaf(authority, { names: [NAME, ...addresses] });
  const texts = {
    authority: authority.certificate.toString(),
    cert: leaf.certificate.toString(),
    key: keyPem(leaf.key),
  };
  for (const [name, text] of Object.entries(texts)) await writeFile(path.join(folder, name), text);
  return {
    ...texts,
    file: (name) => path.join(folder, name),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
