import { randomBytes } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { ListenAddress } from "../control/listen.ts";
import { checkToken } from "../control/token.ts";
import { UsageError } from "../errors.ts";
import type { Address } from "../live/address.ts";
import { readFirstLine, unwritable } from "../live/text-file.ts";
import type { Output } from "./output.ts";

const TOKEN_BYTES = 32;

/**
 * The token of an admin address, from a file's first line. Where there is no file one is made, which only its owner may
 * read; a name that is mistyped thus admits nobody. No directory is made: one that is missing is a slip of the hand.
 * @throws UsageError E_FILE_UNREADABLE or E_FILE_UNWRITABLE
 * @throws UsageError E_USAGE or E_CONFIG_INVALID the address needs a token, or the one in the file can't be one
 */
export function adminToken(at: Address, file: string | undefined, output: Output): string | undefined {
  if (file !== undefined && !existsSync(file)) makeToken(file, output);
  const token = file === undefined ? undefined : readFirstLine(file).trim();
  checkTokenOf(at, token, file);
  return token;
}

/**
 * Checks the token of an admin address as far as it is known: a file that is missing would be made.
 * @throws UsageError E_FILE_UNREADABLE, E_FILE_UNWRITABLE, E_USAGE or E_CONFIG_INVALID
 */
export function checkKnownToken(at: Address, file: string | undefined): void {
  if (file === undefined) checkTokenOf(at, undefined, file);
  else if (existsSync(file)) checkTokenOf(at, knownToken(file), file);
  else checkDirectory(file);
}

/**
 * The token in a file, where there is one.
 * @throws UsageError E_FILE_UNREADABLE
 */
export function knownToken(file: string): string | undefined {
  return existsSync(file) ? readFirstLine(file).trim() : undefined;
}

function checkTokenOf(at: Address, token: string | undefined, file: string | undefined): void {
  try {
    checkToken(listenAddress(at), token);
  } catch (error) {
    if (file === undefined || !(error instanceof UsageError)) throw error;
    throw new UsageError(error.code, `${file}: ${error.message}`, { cause: error });
  }
}

function listenAddress({ host = "::", port }: Address): ListenAddress {
  return { host, port };
}

function checkDirectory(file: string): void {
  const directory = path.dirname(file);
  if (existsSync(directory)) return;
  throw new UsageError("E_FILE_UNWRITABLE", `${file} can't be made: found no directory ${directory}, expected one`);
}

function makeToken(file: string, output: Output): void {
  checkDirectory(file);
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  try {
    writeFileSync(file, `${token}\n`, { flag: "wx", mode: 0o600 });
  } catch (error) {
    throw unwritable(file, error);
  }
  output.note(`made a token for the admin server in ${file}`);
}
