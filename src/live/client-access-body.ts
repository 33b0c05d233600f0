import type { IncomingMessage } from "node:http";
import { gunzipSync } from "node:zlib";
import { DEFAULT_WBXML_LIMITS } from "../activesync/wbxml-reader.ts";
import { type Refusal, refused } from "./client-access-head.ts";
import { systemCode } from "./text-file.ts";

/** Largest body of a request, as sent and without compression, in bytes: no larger one is read as WBXML. */
export const LARGEST_REQUEST_BYTES = DEFAULT_WBXML_LIMITS.sizeBytes;

/** Reads the body of a request, without its gzip, and tells it once; nothing of a request that breaks off. */
export function readBody(request: IncomingMessage, tell: (body: Uint8Array | Refusal) => void): void {
  const coding = (request.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  if (!CODINGS.has(coding)) return tell(refused(415, `The content encoding ${JSON.stringify(coding)} is not known.`));
  if (Number(request.headers["content-length"] ?? 0) > LARGEST_REQUEST_BYTES) return tell(TOO_LARGE);
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  request.on("data", (bytes: Buffer) => {
    const fitted = sizeBytes <= LARGEST_REQUEST_BYTES;
    sizeBytes += bytes.length;
    if (sizeBytes <= LARGEST_REQUEST_BYTES) pieces.push(bytes);
    else if (fitted) tell(TOO_LARGE);
  });
  request.once("end", () => {
    if (sizeBytes > LARGEST_REQUEST_BYTES) return;
    const body = Buffer.concat(pieces);
    tell(coding === "identity" || body.length === 0 ? body : unpack(body));
  });
}

/** `x-gzip` is the same (RFC 9110, 8.4.1.3). */
const CODINGS: ReadonlySet<string> = new Set(["identity", "gzip", "x-gzip"]);

const TOO_LARGE = refused(413, `A body may have ${LARGEST_REQUEST_BYTES} bytes at most.`);

function unpack(body: Buffer): Uint8Array | Refusal {
  try {
    return gunzipSync(body, { maxOutputLength: LARGEST_REQUEST_BYTES });
  } catch (error) {
    return systemCode(error) === "ERR_BUFFER_TOO_LARGE" ? TOO_LARGE : refused(400, "The body is no gzip.");
  }
}
