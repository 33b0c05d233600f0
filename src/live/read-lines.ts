import { createReadStream } from "node:fs";
import { type Readable, pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { UsageError } from "../errors.ts";
import { systemCode, UNREADABLE_REASONS } from "./text-file.ts";

/** Longest line that is read, in bytes: IIS takes requests of 16 KiB, and escapes make them no longer than three times. */
export const LONGEST_LINE_BYTES = 65_536;

/** Read at once, in bytes: less costs calls, more gains nothing (measured, Node 20.20). */
const PIECE_BYTES = 262_144;

/** Who takes the lines of a file. */
export interface LineTaker {
  /** Takes a line without its LF and the NULs before it; each byte is one character of it (Latin-1). */
  line(text: string): void;
  /** A line is longer than `LONGEST_LINE_BYTES`; it is passed over. */
  tooLong(limitBytes: number): void;
}

/**
 * Reads a file line by line in constant memory, gzip as well, which its first bytes tell; `-` is standard input.
 * Gives why the file ends before its end, when its gzip is broken; what stood before was read. http.sys fills what it has not
 * written yet of a log with NULs: they count as nothing, however many.
 * @throws UsageError E_FILE_UNREADABLE it is missing, forbidden, a directory or UTF-16
 */
export async function readLines(file: string, stdin: Readable, taker: LineTaker): Promise<string | undefined> {
  const raw = file === "-" ? stdin : createReadStream(file, { highWaterMark: PIECE_BYTES });
  const splitter = new LineSplitter(taker);
  try {
    let isFirst = true;
    for await (const piece of await unpacked(raw)) {
      if (isFirst) checkEncoding(file, piece);
      isFirst = false;
      splitter.piece(piece);
    }
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined || !code.startsWith("Z_")) throw unreadable(file, code, error);
    splitter.end();
    return `its gzip breaks off (${error instanceof Error ? error.message : code})`;
  } finally {
    raw.destroy();
  }
  splitter.end();
  return undefined;
}

/** Two bytes tell gzip (RFC 1952, 2.3.1); they may come one by one. */
async function unpacked(raw: Readable): Promise<AsyncIterable<Buffer>> {
  const pieces: AsyncIterator<Buffer> = raw[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < 2) {
    const { done, value } = await pieces.next();
    if (done === true) break;
    head = Buffer.concat([head, value]);
  }
  const whole = chained(head, pieces);
  if (head[0] !== 0x1f || head[1] !== 0x8b) return whole;
  /** Errors of either come out of what is read. */
  return pipeline(whole, createGunzip({ chunkSize: PIECE_BYTES }), () => undefined);
}

async function* chained(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer, void> {
  yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

/** Cuts pieces into lines. */
class LineSplitter {
  readonly #taker: LineTaker;
  #rest = "";
  #first = true;
  /** Within a line that is too long. */
  #skipping = false;

  constructor(taker: LineTaker) {
    this.#taker = taker;
  }

  piece(bytes: Buffer): void {
    const text = this.#rest + bytes.toString("latin1");
    let at = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", at)) {
      this.#line(text, at, end);
      at = end + 1;
    }
    this.#rest = text.slice(this.#skipping ? at : behindNuls(text, at));
    if (this.#rest.length <= LONGEST_LINE_BYTES) return;
    if (!this.#skipping) this.#tooLong();
    this.#skipping = true;
    this.#rest = "";
  }

  end(): void {
    if (this.#rest !== "") this.#line(this.#rest, 0, this.#rest.length);
    this.#rest = "";
  }

  #line(text: string, from: number, end: number): void {
    const marked = this.#first && text.startsWith(BYTE_ORDER_MARK) ? from + BYTE_ORDER_MARK.length : from;
    const begun = behindNuls(text, marked);
    this.#first = false;
    if (this.#skipping) this.#skipping = false;
    else if (end - begun > LONGEST_LINE_BYTES) this.#tooLong();
    else this.#taker.line(text.slice(begun, end));
  }

  #tooLong(): void {
    this.#first = false;
    this.#taker.tooLong(LONGEST_LINE_BYTES);
  }
}

/** Where the NULs from here on end. */
function behindNuls(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === 0) at += 1;
  return at;
}

/** Text of two bytes a letter, with its mark or without, is no log as IIS or idlewall writes it: an editor or a shell made it. */
function checkEncoding(file: string, [first, second, third, fourth]: Buffer): void {
  const isLittle = (first === 0xff && second === 0xfe) || (first !== 0 && second === 0 && third !== 0 && fourth === 0);
  const isBig = (first === 0xfe && second === 0xff) || (first === 0 && second !== 0 && third === 0 && fourth !== 0);
  if (!isLittle && !isBig) return;
  const found = `found UTF-16 (${isLittle ? "little" : "big"} endian), expected UTF-8 or ANSI, as IIS and idlewall write it`;
  throw new UsageError("E_FILE_UNREADABLE", `${file === "-" ? "standard input" : file}: ${found}`);
}

/** That of UTF-8, byte by byte. */
const BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";

function unreadable(file: string, code: string | undefined, cause: unknown): unknown {
  const reason = UNREADABLE_REASONS[code ?? ""];
  return reason === undefined ? cause : new UsageError("E_FILE_UNREADABLE", `${file}: ${reason}`, { cause });
}
