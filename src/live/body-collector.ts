import { gunzipSync } from "node:zlib";
import type { DecodeFailure } from "../heartbeat/events.ts";

/** Largest body that is looked into, before and after decompression; a Ping has some hundred bytes. */
export const BODY_LIMIT_BYTES = 256 * 1024;

/** Keeps a copy of one body as it passes, up to a limit, and reads it when it is whole. */
export class BodyCollector {
  readonly #gzip: boolean;
  #pieces: Uint8Array[] | undefined = [];
  #sizeBytes = 0;

  /** @param contentEncoding the value of the Content-Encoding field, if there is one */
  constructor(contentEncoding: string | undefined) {
    this.#gzip = contentEncoding !== undefined && !/^identity$/iu.test(contentEncoding);
  }

  add(bytes: Uint8Array): void {
    if (this.#pieces === undefined) return;
    this.#sizeBytes += bytes.length;
    if (this.#sizeBytes > BODY_LIMIT_BYTES) this.#pieces = undefined;
    else this.#pieces.push(bytes);
  }

  /** The whole body, decompressed, or why there is none to read. */
  take(): Uint8Array | DecodeFailure {
    const pieces = this.#pieces;
    this.#pieces = undefined;
    if (pieces === undefined) return "too-large";
    const [only] = pieces;
    const body = pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
    if (!this.#gzip || body.length === 0) return body;
    try {
      return gunzipSync(body, { maxOutputLength: BODY_LIMIT_BYTES });
    } catch {
      return "gzip";
    }
  }
}
