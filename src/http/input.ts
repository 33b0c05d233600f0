const LF = 0x0a;
const EMPTY = Buffer.alloc(0);
const EMPTY_LINE = Buffer.from("\r\n\r\n", "latin1");

/**
 * The bytes of one direction that are at hand: those that came in, and before them those held back.
 *
 * Three cursors move over them: bytes before *read* have been looked at, bytes before *cleared* may go on, bytes before
 * *told* were handed out. What is handed out is a view, not a copy, and is not written to any more. Bytes that are held
 * back until more come are copied, since their owner may use their memory again, and so that few bytes don't keep a
 * large buffer alive; bytes that come after them are appended, which costs less than a second write to a socket.
 */
export class Input {
  #bytes: Buffer = EMPTY;
  /** What `#bytes` is the beginning of, when it is ours to append to. */
  #store: Buffer = EMPTY;
  #told = 0;
  #cleared = 0;
  #read = 0;
  /** No LF stands between here and *read*: a long line that comes in bits is searched once. */
  #searched = 0;
  #offsetBytes = 0;

  /** Bytes that have not been read. */
  get unread(): number {
    return this.#bytes.length - this.#read;
  }

  /** Bytes that may not go on yet. */
  get heldBytes(): number {
    return this.#bytes.length - this.#cleared;
  }

  /** Offset of the next byte to be read in the direction's stream. */
  get offsetBytes(): number {
    return this.#offsetBytes + this.#read;
  }

  append(piece: Uint8Array): void {
    const held = this.#bytes.length;
    const size = held + piece.length;
    if (held === 0) {
      this.#bytes = asBuffer(piece);
      return;
    }
    if (size > this.#store.length) {
      this.#store = Buffer.allocUnsafe(Math.max(size, 2 * held));
      this.#bytes.copy(this.#store);
    }
    this.#store.set(piece, held);
    this.#bytes = this.#store.subarray(0, size);
  }

  /** How many of the next bytes are those of an empty line: 0 to 2. */
  emptyLineBytes(): number {
    if (this.#bytes[this.#read] !== 0x0d) return 0;
    if (this.unread === 1) return 1;
    return this.#bytes[this.#read + 1] === LF ? 2 : 0;
  }

  /** The next line with its end, of at most that many bytes, `undefined` while there is none; it is not read by that. */
  line(limitBytes: number): string | undefined {
    const end = this.#findLineEnd(limitBytes);
    return end === undefined ? undefined : this.#bytes.toString("latin1", this.#read, end);
  }

  /** All whole lines at hand within that many bytes, at most up to an empty line; they are not read by that. */
  lines(limitBytes: number): string {
    const first = this.#findLineEnd(limitBytes);
    if (first === undefined) return "";
    return this.#bytes.toString("latin1", this.#read, this.#findLastLineEnd(first, this.#read + limitBytes));
  }

  /** Reads on over bytes that are at hand. */
  skip(sizeBytes: number): void {
    this.#read += sizeBytes;
  }

  /** Lets go on what has been read. */
  clear(): void {
    this.#cleared = this.#read;
  }

  /** Reads and clears that many bytes, or those at hand when they are fewer. */
  take(sizeBytes: number): Uint8Array {
    const start = this.#read;
    this.#read = Math.min(this.#bytes.length, start + sizeBytes);
    this.#cleared = this.#read;
    return this.#bytes.subarray(start, this.#read);
  }

  /** What was cleared since this was last asked. */
  tell(): Uint8Array | undefined {
    if (this.#told === this.#cleared) return undefined;
    const start = this.#told;
    this.#told = this.#cleared;
    return start === 0 && this.#told === this.#bytes.length ? this.#bytes : this.#bytes.subarray(start, this.#told);
  }

  /** Gives up all but what is held back; to be called when all that was cleared is told. */
  settle(): void {
    const cleared = this.#cleared;
    if (cleared === this.#bytes.length) {
      this.#bytes = EMPTY;
      this.#store = EMPTY;
    } else if (cleared > 0 || this.#store.length === 0) {
      this.#store = Buffer.from(this.#bytes.subarray(cleared));
      this.#bytes = this.#store;
    }
    this.#offsetBytes += cleared;
    this.#read -= cleared;
    this.#searched = Math.max(0, this.#searched - cleared);
    this.#told = 0;
    this.#cleared = 0;
  }

  /** Gives up all that is held back. */
  drop(): void {
    this.#read = this.#bytes.length;
    this.#cleared = this.#read;
    this.#told = this.#read;
  }

  #findLineEnd(limitBytes: number): number | undefined {
    const found = this.#bytes.indexOf(LF, Math.max(this.#read, this.#searched));
    if (found === -1) this.#searched = this.#bytes.length;
    return found === -1 || found - this.#read >= limitBytes ? undefined : found + 1;
  }

  #findLastLineEnd(first: number, limit: number): number {
    if (first - this.#read <= 2) return first;
    const found = this.#bytes.indexOf(EMPTY_LINE, first - 2);
    const end = found + EMPTY_LINE.length;
    return found === -1 || end > limit ? this.#bytes.lastIndexOf(LF, limit - 1) + 1 : end;
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
