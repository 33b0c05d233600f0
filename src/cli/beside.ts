import path from "node:path";
import { looksLikeFile } from "../live/profile-name.ts";

/** Options that name a file or a directory. */
const FILE_OPTIONS: ReadonlySet<string> = new Set([
  "cert",
  "key",
  "pfx",
  "passphrase-file",
  "certs",
  "target-ca",
  "admin-token-file",
  "cost",
]);

/** A file that another one names: beside it, unless it is named from the root. */
export function beside(folder: string, file: string): string {
  return path.isAbsolute(file) ? file : path.join(folder, file);
}

/** A profile that a file in this folder names: a shipped one stays a name. */
export function profileBeside(folder: string, nameOrFile: string): string {
  return looksLikeFile(nameOrFile) ? beside(folder, nameOrFile) : nameOrFile;
}

/** The value of an option as a file in this folder gives it. */
export function optionBeside(folder: string, option: string, value: unknown): unknown {
  if (typeof value !== "string") return value;
  if (option === "profile") return profileBeside(folder, value);
  return FILE_OPTIONS.has(option) ? beside(folder, value) : value;
}
