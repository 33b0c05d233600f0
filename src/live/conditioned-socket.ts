import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import type { LegPath } from "./leg-path.ts";

/** Bytes that may wait inside the path in one direction before the sender has to wait. */
const DELAYED_LIMIT_BYTES = 256 * 1024;

/**
 * The accepted socket as TLS sees it through the path: every segment of either direction goes through it.
 * The leg calls `arrive` with what comes out toward the server; what TLS writes goes into the path.
 */
export class ConditionedSocket extends Duplex {
  readonly #raw: Socket;
  readonly #path: LegPath;
  #unblock: (() => void) | undefined;

  constructor(raw: Socket, path: LegPath) {
    super({ allowHalfOpen: true, autoDestroy: false, emitClose: true });
    this.#raw = raw;
    this.#path = path;
    raw.on("drain", () => this.#accept());
  }

  /** Bytes, or with `undefined` the FIN, that came out of the path at the server's end. */
  arrive(bytes: Uint8Array | undefined): void {
    if (this.destroyed) return;
    if (!this.push(bytes ?? null) || this.#path.delayedBytes("toServer") > DELAYED_LIMIT_BYTES) this.#raw.pause();
  }

  /** The path or the socket has taken bytes toward the device: lets TLS write on. */
  left(): void {
    if (!this.#full()) this.#accept();
  }

  override _read(): void {
    if (this.#path.delayedBytes("toServer") <= DELAYED_LIMIT_BYTES) this.#raw.resume();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    if (bytes.length === 0) return done();
    this.#unblock = done;
    this.#path.data("toDevice", bytes.length, bytes);
    this.left();
  }

  override _final(done: (error?: Error) => void): void {
    this.#path.fin("toDevice");
    done();
  }

  #full(): boolean {
    return this.#raw.writableNeedDrain || this.#path.delayedBytes("toDevice") > DELAYED_LIMIT_BYTES;
  }

  #accept(): void {
    const done = this.#unblock;
    this.#unblock = undefined;
    done?.();
  }
}
