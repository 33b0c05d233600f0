/** How much of a message may be held back before it is judged; what is larger is a fault. */
export interface HttpLimits {
  /**
   * Start line with its CR LF, in bytes; default 16 KiB. A longer request line is answered 414.
   * Source: RFC 9112, 3 asks for 8000 at least.
   */
  readonly startLineBytes: number;
  /** Start line, fields and the empty line, in bytes; default 64 KiB. A larger head is answered 431 (RFC 6585, 5). */
  readonly headBytes: number;
  /** Fields of a head, and of a trailer section; default 200. More are answered 431. */
  readonly fieldCount: number;
  /** Chunk size with its extensions and CR LF, in bytes; default 4 KiB. */
  readonly chunkLineBytes: number;
  /** Trailer fields and the empty line, in bytes; default 16 KiB. A larger section is answered 431. */
  readonly trailerBytes: number;
  /** What may follow a request to upgrade before that is answered, in bytes; default 64 KiB. */
  readonly upgradeBytes: number;
}

/** The limits that hold where nothing else is said. */
export const DEFAULT_LIMITS: HttpLimits = {
  startLineBytes: 16 * 1024,
  headBytes: 64 * 1024,
  fieldCount: 200,
  chunkLineBytes: 4 * 1024,
  trailerBytes: 16 * 1024,
  upgradeBytes: 64 * 1024,
};
