/** One header or trailer field, its name and value as they were sent (surrounding white space of the value left out). */
export interface Field {
  readonly name: string;
  readonly value: string;
}

/** How the end of a message body is found (RFC 9112, 6.3). */
export type Framing =
  | { readonly kind: "none" }
  | { readonly kind: "length"; readonly lengthBytes: number }
  | { readonly kind: "chunked" }
  | { readonly kind: "until-close" };

/** The head of a request. */
export interface RequestHead {
  readonly method: string;
  readonly target: string;
  /** 0 for HTTP/1.0, 1 for HTTP/1.1. */
  readonly minorVersion: 0 | 1;
  readonly fields: readonly Field[];
  readonly framing: Framing;
  /** The sender asks to switch protocols: what follows the message may not be HTTP. */
  readonly upgrade: boolean;
}

/** The head of a response. */
export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  readonly minorVersion: 0 | 1;
  readonly fields: readonly Field[];
  readonly framing: Framing;
}

/** Why a message can't be framed without doubt, or is too large. */
export interface HttpFault {
  /** 400, 408, 413, 414, 431, 501 or 505: what a server answers such a request with; 502 for every response. */
  readonly status: number;
  /** A plain sentence: what was found and what was expected. */
  readonly message: string;
  /** Offset in the direction's byte stream, from 0. */
  readonly offsetBytes: number;
}

/**
 * What an observer found in the bytes it was given.
 * All `bytes` of a direction, joined, are exactly the bytes that came in; bytes that are not yet judged are held back.
 * A `head` comes before its first `bytes`, an `end` after its last.
 */
export type HttpEvent<Head> =
  | { readonly kind: "head"; readonly head: Head }
  /** Bytes that may go on to the other side. */
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  /** Content of the body, without chunk framing; a view of bytes told at the same time. */
  | { readonly kind: "body"; readonly bytes: Uint8Array }
  | { readonly kind: "end"; readonly trailers: readonly Field[] }
  /** Nothing that follows on this direction is looked at any more. */
  | { readonly kind: "fault"; readonly fault: HttpFault };
