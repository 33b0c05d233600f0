import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { readText, unwritable } from "../live/text-file.ts";
import type { Output } from "./output.ts";

const TOKEN_BYTES = 32;

/**
 * The token in a file's first line. Where there is no file one is made, which only its owner may read; a name that is
 * mistyped thus admits nobody.
 * @throws UsageError E_FILE_UNREADABLE or E_FILE_UNWRITABLE
 */
export function adminToken(file: string | undefined, output: Output): string | undefined {
  if (file === undefined) return undefined;
  if (!existsSync(file)) makeToken(file, output);
  return firstLine(file);
}

/**
 * The token in a file's first line, `undefined` where there is none yet.
 * @throws UsageError E_FILE_UNREADABLE
 */
export function knownToken(file: string): string | undefined {
  return existsSync(file) ? firstLine(file) : undefined;
}

function firstLine(file: string): string {
  return (readText(file).split("\n")[0] ?? "").trim();
}

function makeToken(file: string, output: Output): void {
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `${token}\n`, { flag: "wx", mode: 0o600 });
  } catch (error) {
    throw unwritable(file, error);
  }
  output.note(`made a token for the admin server in ${file}`);
}
