import { Duplex } from "node:stream";
import type { DeviceLeg } from "./device-leg.ts";

/** How the device's leg ends when all that was written has gone out. */
export type StreamEnding = "in-order" | "reset" | "close";

/** What a flow's stream tells. */
export interface RewriterStreamEvents {
  /** Takes more bytes from the device. */
  wanted(): void;
  /** All is written, and the device's leg is about to be ended. */
  ended(): void;
}

/** A device's leg as Node's HTTP server sees it: cleared bytes come out of it, answers go into it. */
export class RewriterStream extends Duplex {
  readonly #device: DeviceLeg;
  readonly #tell: RewriterStreamEvents;
  #ending: StreamEnding = "in-order";
  #unblock: (() => void) | undefined;

  constructor(device: DeviceLeg, events: RewriterStreamEvents) {
    super({ allowHalfOpen: true, autoDestroy: false, emitClose: true });
    // Node writes heads that wait for no body without saying that they are latin1 (seen in Node 20.20).
    this.setDefaultEncoding("latin1");
    this.#device = device;
    this.#tell = events;
    // What is written after the end belongs to an answer that was given up.
    this.on("error", () => undefined);
  }

  /** Lets the HTTP server read bytes; false asks to wait for `wanted`. */
  arrive(bytes: Uint8Array): boolean {
    return this.push(bytes);
  }

  /** The device's leg takes bytes again. */
  drained(): void {
    const unblock = this.#unblock;
    this.#unblock = undefined;
    unblock?.();
  }

  /** Ends the device's leg after what was written so far and these last bytes. */
  finish(ending: StreamEnding, last?: Uint8Array): void {
    if (this.writableEnded) return;
    this.#ending = ending;
    if (last === undefined) this.end();
    else this.end(last);
  }

  override _read(): void {
    this.#tell.wanted();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    if (this.#device.write(bytes)) done();
    else this.#unblock = done;
  }

  /** One segment for what was written together, such as a head and its body. */
  override _writev(
    pieces: readonly { readonly chunk: Buffer; readonly encoding: BufferEncoding }[],
    done: (error?: Error) => void,
  ): void {
    this._write(Buffer.concat(pieces.map((piece) => piece.chunk)), "binary", done);
  }

  override _final(done: (error?: Error) => void): void {
    this.#tell.ended();
    if (this.#ending === "in-order") this.#device.end();
    else this.#device.cut(this.#ending);
    done();
  }
}
