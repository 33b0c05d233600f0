import { gunzipSync } from "node:zlib";
import type { DecodeFailure } from "../heartbeat/events.ts";
import { findField } from "../http/fields.ts";
import { headBytes } from "../http/head-size.ts";
import type { RequestHead, ResponseHead } from "../http/message.ts";

/** Largest body that is looked into, before and after decompression; a Ping has some hundred bytes. */
const BODY_LIMIT_BYTES = 256 * 1024;

/** Keeps a copy of one body as it passes, up to a limit, and reads it when it is whole. */
export class BodyCollector {
  readonly #gzip: boolean;
  readonly #headBytes: number;
  /** A copy, as a view of a few bytes would keep alive all that came with them. */
  #store = NOTHING;
  #sizeBytes = 0;

  constructor(head: RequestHead | ResponseHead) {
    const encoding = findField(head.fields, "content-encoding");
    this.#gzip = encoding !== undefined && !/^identity$/iu.test(encoding);
    this.#headBytes = headBytes(head);
  }

  /** Size of what has passed of the message: its head and its content, as it was sent. */
  get messageBytes(): number {
    return this.#headBytes + this.#sizeBytes;
  }

  add(bytes: Uint8Array): void {
    const sizeBytes = this.#sizeBytes + bytes.length;
    if (sizeBytes > BODY_LIMIT_BYTES) this.#store = NOTHING;
    else this.#append(bytes, sizeBytes);
    this.#sizeBytes = sizeBytes;
  }

  /** The whole body, decompressed, or why there is none to read. */
  take(): Uint8Array | DecodeFailure {
    if (this.#sizeBytes > BODY_LIMIT_BYTES) return "too-large";
    const body = this.#store.subarray(0, this.#sizeBytes);
    return this.#gzip && body.length > 0 ? gunzip(body) : body;
  }

  #append(bytes: Uint8Array, sizeBytes: number): void {
    if (sizeBytes > this.#store.length) {
      const store = Buffer.alloc(Math.max(sizeBytes, 2 * this.#sizeBytes));
      store.set(this.#store.subarray(0, this.#sizeBytes));
      this.#store = store;
    }
    this.#store.set(bytes, this.#sizeBytes);
  }
}

const NOTHING: Uint8Array = new Uint8Array(0);

function gunzip(body: Uint8Array): Uint8Array | DecodeFailure {
  try {
    return gunzipSync(body, { maxOutputLength: BODY_LIMIT_BYTES });
  } catch (error) {
    return error instanceof RangeError ? "too-large" : "gzip";
  }
}
