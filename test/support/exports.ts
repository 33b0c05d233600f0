import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { REPRODUCTIONS } from "../../src/report/exports/formats.ts";
import type { ExportEnds, ExportedHop } from "../../src/report/exports/subject.ts";
import { keyPem } from "../../src/live/certificates.ts";
import { testIdentity } from "./identity.ts";

const run = promisify(execFile);

/** A directory with the certificate that an exported configuration names. */
export interface ExportFolder {
  readonly folder: string;
  /** Certificate and key in one file, as HAProxy wants them; nginx takes either part from it. */
  readonly pem: string;
}

/** Makes a directory with a certificate of our own for the loopback. */
export async function exportFolder(): Promise<ExportFolder> {
  const folder = mkdtempSync(path.join(tmpdir(), "idlewall-exports-"));
  const pem = path.join(folder, "mail.pem");
  const { leaf } = await testIdentity();
  writeFileSync(pem, `${leaf.certificate.toString()}${keyPem(leaf.key)}`, { mode: 0o600 });
  return { folder, pem };
}

/** Writes an export to a file of the folder; fails when the format refuses. */
export function exportTo(
  { folder }: ExportFolder,
  format: keyof typeof REPRODUCTIONS,
  hop: ExportedHop,
  ends: ExportEnds,
): string {
  const exported = REPRODUCTIONS[format](hop, ends);
  if (exported.kind === "refusal") throw new Error(exported.reason);
  const file = path.join(folder, `${hop.profile}-${hop.hop}.${format}`);
  writeFileSync(file, `${exported.text}\n`);
  return file;
}

/** Runs a program to its end and gives what it said; fails, with that, when it is not content or not there. */
export async function content(command: string, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run(command, args);
  return stdout + stderr;
}

/** A port of the loopback at which nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = portOf(server);
  server.close();
  await once(server, "close");
  return port;
}

/** The port at which a server listens. */
export function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
