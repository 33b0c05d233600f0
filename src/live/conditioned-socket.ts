import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import type { LegPath } from "./leg-path.ts";

/**
 * The accepted socket as TLS sees it through the path: every segment of either direction goes through it.
 * The leg calls `arrive` with what comes out toward the server; what TLS writes goes into the path.
 */
export class ConditionedSocket extends Duplex {
  readonly #raw: Socket;
  readonly #path: LegPath;
  #unblock: (() => void) | undefined;
  /** Whether TLS takes more. */
  #wanted = true;

  constructor(raw: Socket, path: LegPath) {
    super({ allowHalfOpen: true, autoDestroy: false, emitClose: true });
    this.#raw = raw;
    this.#path = path;
    raw.on("drain", () => this.left());
  }

  /** Whether all that TLS wrote has entered the path. */
  get idle(): boolean {
    return this.#unblock === undefined && this.writableLength === 0;
  }

  /** Bytes, or with `undefined` the FIN, that came out of the path at the server's end. */
  arrive(bytes: Uint8Array | undefined): void {
    if (this.destroyed) return;
    this.#wanted = this.push(bytes ?? null);
    this.regulate();
  }

  /** Reads from the device as long as TLS wants to and the path takes it. */
  regulate(): void {
    if (!this.destroyed && (this.#path.mustWait("toServer") || !this.#wanted)) this.#raw.pause();
    else this.#raw.resume();
  }

  /** The path or the socket has taken bytes toward the device: lets TLS write on. */
  left(): void {
    if (this.#unblock !== undefined && !this.#full()) this.#accept();
  }

  override _read(): void {
    this.#wanted = true;
    this.regulate();
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
    return this.#path.mustWait("toDevice") || (this.#raw.writableNeedDrain && !this.#path.ended);
  }

  #accept(): void {
    const done = this.#unblock;
    this.#unblock = undefined;
    done?.();
  }
}
