import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { randomBytes } from "node:crypto";
import path from "node:path";
import { UsageError } from "../errors.ts";
import { systemCode, unwritable } from "./text-file.ts";

/** A PEM file to be written. */
export interface PemFile {
  readonly file: string;
  readonly pem: string;
  /** It holds a private key: only its owner may read it. */
  readonly secret: boolean;
}

/** File systems without hard links say one of these. */
const NO_LINKS: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);

/**
 * Writes PEM files, each whole or not at all, private keys with mode 0600; missing directories are made.
 * @param force replaces files that are there already
 * @throws UsageError E_FILE_EXISTS one of them is there already; then none was written
 * @throws UsageError E_FILE_UNWRITABLE one of them can't be written
 */
export function writePemFiles(files: readonly PemFile[], force: boolean): void {
  const taken = files.find(({ file }) => !force && existsSync(file));
  if (taken !== undefined) throw fileExists(taken.file);
  for (const file of files) {
    try {
      writeWhole(file, force);
    } catch (error) {
      throw unwritable(file.file, error);
    }
  }
}

/** A reader sees the old file or the new one, never half of it: a name is given to bytes that are on the disk. */
function writeWhole({ file, pem, secret }: PemFile, force: boolean): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    const handle = openSync(draft, "wx", secret ? 0o600 : 0o644);
    try {
      writeSync(handle, pem);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    if (force) renameSync(draft, file);
    else nameNewly(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** A link, unlike a renaming, fails when the name was taken in the meantime. */
function nameNewly(draft: string, file: string): void {
  try {
    linkSync(draft, file);
  } catch (error) {
    const code = systemCode(error) ?? "";
    if (code === "EEXIST") throw fileExists(file, error);
    if (!NO_LINKS.has(code)) throw error;
    renameSync(draft, file);
  }
}

function fileExists(file: string, cause?: unknown): UsageError {
  return new UsageError("E_FILE_EXISTS", `${file} is there already; --force replaces it`, { cause });
}
