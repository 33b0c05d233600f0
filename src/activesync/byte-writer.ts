/** Bytes that grow at their end; each byte is copied a constant number of times on average. */
export class ByteWriter {
  #buffer = new Uint8Array(64);
  #length = 0;

  byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#length] = value;
    this.#length += 1;
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Writes 0 to 2^32 - 1 in groups of seven bits, the highest first, as few as will do. Source: WBXML 1.3, 5.1. */
  multiByteInteger(value: number): void {
    let groups = 1;
    while (value >= 2 ** (7 * groups)) groups += 1;
    for (let group = groups - 1; group >= 0; group -= 1) {
      this.byte(((value >>> (7 * group)) & 0x7f) | (group > 0 ? 0x80 : 0));
    }
  }

  /** What was written so far, as a copy. */
  bytes(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
    grown.set(this.#buffer);
    this.#buffer = grown;
  }
}
