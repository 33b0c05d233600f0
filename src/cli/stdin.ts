import { UsageError } from "../errors.ts";
import { LARGEST_FILE_BYTES } from "../live/text-file.ts";

/**
 * Reads a text to its end, however long the program before this one takes; a byte order mark is left out.
 * @throws UsageError E_FILE_UNREADABLE it is above 1 MiB, or no UTF-8
 */
export async function readStdin(stdin: AsyncIterable<Buffer | string>): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of stdin) {
    const bytes = Buffer.from(piece);
    size += bytes.length;
    if (size > LARGEST_FILE_BYTES) throw unreadable(`found more, expected ${LARGEST_FILE_BYTES} bytes at most`);
    pieces.push(bytes);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(pieces));
  } catch (error) {
    throw unreadable("found bytes that are no UTF-8, expected text", error);
  }
}

function unreadable(reason: string, cause?: unknown): UsageError {
  return new UsageError("E_FILE_UNREADABLE", `standard input: ${reason}`, { cause });
}
