import { type Flaw, Refusal, refuseLine } from "./refusal.ts";

/**
 * Reads the line before a chunk, CR LF included: its size in hexadecimal digits, up to 2^53 - 1, then extensions
 * (RFC 9112, 7.1 and 7.1.1). White space is refused, though the extensions' grammar puts up with it: senders must not
 * write it, and readers differ over it.
 */
export function readChunkLine(line: string): number | Refusal {
  if (!CHUNK_LINE.test(line)) return refuseLine(line, CHUNK_FLAWS, "A chunk's size is not a hexadecimal number.");
  const sizeBytes = Number.parseInt(line, 16);
  return sizeBytes > Number.MAX_SAFE_INTEGER ? new Refusal(400, "A chunk's size is above 2^53 - 1.") : sizeBytes;
}

const CHUNK_LINE =
  /^[0-9A-Fa-f]{1,16}(?:;[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:=(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|"(?:[\t !#-[\]-~\u0080-\u00ff]|\\[\t -~\u0080-\u00ff])*"))?)*\r\n$/u;

const CHUNK_FLAWS: readonly Flaw[] = [
  [/^[0-9A-Fa-f]{17}/u, "A chunk's size has more than 16 digits."],
  [/^[0-9A-Fa-f]+[ \t]/u, "White space follows a chunk's size."],
  [/^[0-9A-Fa-f]+;/u, "A chunk's extensions are malformed."],
];
