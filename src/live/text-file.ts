import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { UsageError } from "../errors.ts";

/** Largest file read, in bytes: what people write by hand stays far below it. */
export const LARGEST_FILE_BYTES = 1_048_576;

/** Why a file can't be read, in words, by the system's code. */
export const UNREADABLE_REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EACCES: "the right to read it is missing",
  EPERM: "the right to read it is missing",
  EISDIR: "found a directory, expected a file",
  ELOOP: "a symbolic link on the way to it leads to itself",
  ENAMETOOLONG: "its name is too long",
};

/** How long a pipe may say nothing, in real ms: a command behind `<(...)` takes a while to begin. */
const PIPE_PATIENCE_MS = 5000;

/** How long to wait before a pipe is asked again, in real ms. */
const PIPE_PAUSE_MS = 10;

const PIECE_BYTES = 65_536;

/**
 * Reads a file of bytes. A pipe or device is read as well, up to the same size, and not waited for without end.
 * @param file as the person named it
 * @param patienceMs how long a pipe may say nothing, in real ms
 * @throws UsageError E_FILE_UNREADABLE it is missing, forbidden, a directory, above 1 MiB or silent
 */
export function readBytes(file: string, patienceMs = PIPE_PATIENCE_MS): Buffer {
  try {
    /** Nobody may have the other end of a pipe open: to open it would take until somebody does. */
    const handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return readAll(handle, file, patienceMs);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw unreadable(file, UNREADABLE_REASONS[systemCode(error) ?? ""] ?? String(error), error);
  }
}

function readAll(handle: number, file: string, patienceMs: number): Buffer {
  const kind = fstatSync(handle);
  if (kind.size > LARGEST_FILE_BYTES) throw tooLarge(file, `${kind.size} bytes`);
  const pieces: Buffer[] = [];
  let size = 0;
  let patientUntil = performance.now() + patienceMs;
  for (;;) {
    const piece = readPiece(handle);
    const isSilent = piece === undefined || (piece.length === 0 && size === 0 && kind.isFIFO());
    if (piece?.length === 0 && !isSilent) return Buffer.concat(pieces);
    if (isSilent) {
      if (performance.now() >= patientUntil) throw unreadable(file, `nothing came from it in ${patienceMs / 1000} s`);
      Atomics.wait(NEVER_WOKEN, 0, 0, PIPE_PAUSE_MS);
      continue;
    }
    patientUntil = performance.now() + patienceMs;
    pieces.push(piece);
    size += piece.length;
    if (size > LARGEST_FILE_BYTES) throw tooLarge(file, "more");
  }
}

/** `undefined` when there is nothing yet. */
function readPiece(handle: number): Buffer | undefined {
  const piece = Buffer.alloc(PIECE_BYTES);
  try {
    return piece.subarray(0, readSync(handle, piece));
  } catch (error) {
    if (systemCode(error) === "EAGAIN") return undefined;
    throw error;
  }
}

const NEVER_WOKEN = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

function tooLarge(file: string, found: string): UsageError {
  return unreadable(file, `found ${found}, expected ${LARGEST_FILE_BYTES} bytes at most`);
}

/**
 * Reads a file of UTF-8 text; a byte order mark is left out.
 * @throws UsageError E_FILE_UNREADABLE also when it holds no text
 */
export function readText(file: string): string {
  const bytes = readBytes(file);
  if (/^(?:\xff\xfe|\xfe\xff)/u.test(bytes.toString("latin1", 0, 2)))
    throw unreadable(file, "found UTF-16, expected text in UTF-8");
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (!text.includes("\0")) return text;
  } catch (error) {
    throw unreadable(file, "found bytes that are no UTF-8, expected text", error);
  }
  throw unreadable(file, "found binary data, expected text");
}

/**
 * Reads the first line of a file of UTF-8 text, such as a secret that stands alone in it.
 * @throws UsageError E_FILE_UNREADABLE
 */
export function readFirstLine(file: string): string {
  return readText(file).split(/\r?\n/u)[0] ?? "";
}

/**
 * Writes a file of text; one that is there already is replaced only when `force` is set.
 * @throws UsageError E_FILE_EXISTS it is there already
 * @throws UsageError E_FILE_UNWRITABLE it can't be written
 */
export function writeText(file: string, text: string, force: boolean): void {
  try {
    writeFileSync(file, text, { flag: force ? "w" : "wx" });
  } catch (error) {
    throw notWritten(file, error);
  }
}

/**
 * Checks, before work whose result is to be written there, that `writeText` can write a file.
 * @throws UsageError as `writeText`
 */
export function checkWritable(file: string, force: boolean): void {
  const isThere = existsSync(file);
  try {
    closeSync(openSync(file, force ? "a" : "wx"));
    if (!isThere) rmSync(realpathSync(file));
  } catch (error) {
    throw notWritten(file, error);
  }
}

function notWritten(file: string, error: unknown): unknown {
  const code = systemCode(error);
  if (code === "EISDIR" || (code === "EEXIST" && lstatSync(file).isDirectory())) return directory(file, error);
  return code === "EEXIST" ? existing(file, error) : unwritable(file, error);
}

/** The operating system's code of an error, such as `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

function directory(file: string, cause: unknown): UsageError {
  return new UsageError("E_FILE_UNWRITABLE", `${file}: found a directory, expected a file`, { cause });
}

function existing(file: string, cause: unknown): UsageError {
  return new UsageError("E_FILE_EXISTS", `${file} is there already; --force replaces it`, { cause });
}

function unreadable(file: string, reason: string, cause?: unknown): UsageError {
  return new UsageError("E_FILE_UNREADABLE", `${file}: ${reason}`, { cause });
}

/**
 * Says what can't be written where, when a task that writes there failed for that.
 * Gives the error to throw: UsageError E_FILE_UNWRITABLE for a missing right, a read-only or full file system, or a file
 * in the way; any other error unchanged.
 */
export function unwritable(place: string, error: unknown): unknown {
  const reason = WRITE_FAULTS.get(systemCode(error) ?? "");
  if (reason === undefined) return error;
  return new UsageError("E_FILE_UNWRITABLE", `${place} can't be written: ${reason}; expected a place that can be`, {
    cause: error,
  });
}

const WRITE_FAULTS: ReadonlyMap<string, string> = new Map([
  ["EACCES", "the right to write there is missing"],
  ["EPERM", "the right to write there is missing"],
  ["EROFS", "its file system is read-only"],
  ["ENOSPC", "its file system is full"],
  ["ENOENT", "a directory on the way to it is missing"],
  ["ENOTDIR", "a file stands where a directory is needed"],
  ["EEXIST", "a file stands where a directory is needed"],
  ["ELOOP", "a symbolic link on the way to it leads to itself"],
  ["ENAMETOOLONG", "its name is too long"],
  ["EDQUOT", "no more may be written there"],
]);
