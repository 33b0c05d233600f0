import type { Socket } from "node:net";
import { type Endings, isSilent } from "../path/condition.ts";
import type { Direction, Segment } from "../path/segment.ts";
import type { DeviceLeg, DeviceLegEvents, LegOptions } from "./device-leg.ts";
import { LegPath, type LegPathEnds, type LivePayload } from "./leg-path.ts";
import { lingerThenDestroy, probeHalfClosed, takeAway, judgeEnd } from "./linger.ts";

/** How long a half-closed device may be silent before the kernel probes it, in real ms. */
const PROBE_AFTER_MS = 15_000;

/**
 * A leg of a `tcp` listener: no TLS of ours, and every byte goes through the path as a segment. A sender waits while
 * the path or the receiver is full, so what is held in memory has a bound.
 */
export class PlainLeg implements DeviceLeg, LegPathEnds {
  readonly #options: LegOptions;
  readonly #raw: Socket;
  readonly #events: DeviceLegEvents;
  readonly #path: LegPath;
  /** The server takes nothing at the moment. */
  #paused = false;
  /** `write` has said false. */
  #owesDrained = false;
  #deviceEnded = false;
  #lost = false;
  #gone = false;

  constructor(options: LegOptions) {
    const { raw, path, scheduler, events } = options;
    this.#options = options;
    this.#raw = raw;
    this.#events = events;
    this.#path = new LegPath(path, scheduler, this, events, options.enforcement);
    raw.on("data", this.#onData);
    raw.on("drain", () => this.#tellDrained());
    raw.once("end", this.#onEnd);
    raw.on("error", this.#onError);
    raw.once("close", this.#onClose);
  }

  get remoteAddress(): string | undefined {
    return this.#raw.remoteAddress;
  }

  get wireBytes(): { readonly received: number; readonly sent: number } {
    return { received: this.#raw.bytesRead, sent: this.#raw.bytesWritten };
  }

  get gone(): boolean {
    return this.#gone;
  }

  get path(): LegPath {
    return this.#path;
  }

  write(bytes: Uint8Array): boolean {
    this.#path.data("toDevice", bytes.length, Buffer.from(bytes));
    this.#owesDrained = this.#fullToDevice();
    return !this.#owesDrained;
  }

  whenPassed(told: () => void): void {
    this.#path.whenPassed(told);
  }

  end(): void {
    this.#path.fin("toDevice");
  }

  /** Without TLS there is one way to end in order, and it is a FIN. */
  cut(how: "reset" | "close"): void {
    if (how === "reset") this.#path.rst("toDevice");
    else this.#path.fin("toDevice");
  }

  pause(): void {
    this.#paused = true;
    this.#regulate();
  }

  resume(): void {
    this.#paused = false;
    this.#regulate();
  }

  release(): void {
    this.finish();
    takeAway(this.#raw);
  }

  finish(): void {
    this.#path.stop();
  }

  /** Nothing escapes this leg: every byte is told as it comes. */
  untold(): readonly Segment<LivePayload>[] {
    return [];
  }

  forward(segment: Segment<LivePayload>): void {
    if (segment.direction === "toServer") this.#forwardToServer(segment);
    else this.#forwardToDevice(segment);
  }

  ended({ toDevice }: Endings): void {
    this.resume();
    this.#tellDrained();
    if (this.#deviceEnded && isSilent(toDevice)) this.#leaveHole();
  }

  eased(direction: Direction): void {
    if (direction === "toServer") this.#regulate();
    else this.#tellDrained();
  }

  #forwardToServer(segment: Segment<LivePayload>): void {
    switch (segment.kind) {
      case "data":
        if (segment.payload !== undefined) this.#events.data(segment.payload);
        return;
      case "fin":
        return this.#events.finToServer();
      case "rst":
        return this.#events.rstToServer();
    }
  }

  #forwardToDevice(segment: Segment<LivePayload>): void {
    switch (segment.kind) {
      case "data":
        if (segment.payload !== undefined && this.#raw.writable) this.#raw.write(segment.payload);
        return;
      case "fin":
        return this.#endDevice();
      case "rst":
        return takeAway(this.#raw);
    }
  }

  /** A device may go on sending behind the server's FIN as long as it likes; behind a hop's it has nobody to talk to. */
  #endDevice(): void {
    this.#raw.end();
    if (this.#path.ended) lingerThenDestroy(this.#raw);
    else this.#raw.setKeepAlive(true, PROBE_AFTER_MS);
  }

  #regulate(): void {
    if (this.#path.mustWait("toServer") || (this.#paused && !this.#path.ended)) this.#raw.pause();
    else this.#raw.resume();
  }

  #fullToDevice(): boolean {
    return this.#path.mustWait("toDevice") || (this.#raw.writableNeedDrain && !this.#path.ended);
  }

  #tellDrained(): void {
    if (!this.#owesDrained || this.#fullToDevice()) return;
    this.#owesDrained = false;
    this.#events.drained();
  }

  readonly #onData = (bytes: Buffer): void => {
    this.#path.data("toServer", bytes.length, bytes);
    this.#regulate();
  };

  readonly #onEnd = (): void => {
    if (this.#raw.writableEnded) this.#onFin();
    else judgeEnd(this.#raw, this.#onFin, this.#onError);
  };

  readonly #onFin = (): void => {
    this.#deviceEnded = true;
    this.#path.fin("toServer");
    if (this.#raw.writableEnded) return;
    if (this.#path.ended) this.#leaveHole();
    else probeHalfClosed(this.#raw);
  };

  /** The device has ended its side of a dead flow; it may still listen for a while, and hears nothing. */
  #leaveHole(): void {
    lingerThenDestroy(this.#raw, this.#raw, this.#options.holeLingerMs);
    this.#tellGone();
  }

  readonly #onError = (): void => {
    this.#lost = true;
    this.#path.rst("toServer");
  };

  /** What closes without a word from the device was given up by us, and the server is to learn of it as of an RST. */
  readonly #onClose = (): void => {
    this.#options.sockets.socketClosed(this.#raw);
    if (!this.#deviceEnded && !this.#lost) this.#path.rst("toServer");
    this.#tellGone();
  };

  #tellGone(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#events.deviceGone();
  }
}
