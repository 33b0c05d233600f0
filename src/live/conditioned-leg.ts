import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { type Endings, isSilent } from "../path/condition.ts";
import type { Direction, Segment } from "../path/segment.ts";
import { ConditionedSocket } from "./conditioned-socket.ts";
import type { DeviceLeg, DeviceLegEvents, DeviceLegOptions } from "./device-leg.ts";
import { LegPath, type LegPathEnds, type LivePayload } from "./leg-path.ts";
import { isConnectionLoss, lingerThenDestroy, NOTHING, probeHalfClosed, takeAway, judgeEnd } from "./linger.ts";
import { terminate } from "./tls-termination.ts";

/**
 * A leg with conditions that delay or withhold: TLS stands above a stream of ours, and every TLS byte goes through the
 * path as a segment. Costs about a fifth of the requests a second (measured, Node 20.20).
 */
export class ConditionedLeg implements DeviceLeg, LegPathEnds {
  readonly #options: DeviceLegOptions;
  readonly #raw: Socket;
  readonly #events: DeviceLegEvents;
  readonly #path: LegPath;
  readonly #socket: ConditionedSocket;
  #tls: TLSSocket | undefined;
  /** Whether all that was written has entered the path. */
  #inPath = true;
  #deviceEnded = false;
  #gone = false;

  constructor(options: DeviceLegOptions) {
    const { raw, path, scheduler, events } = options;
    this.#options = options;
    this.#raw = raw;
    this.#events = events;
    this.#path = new LegPath(path, scheduler, this, events, options.enforcement);
    this.#socket = new ConditionedSocket(raw, this.#path);
    raw.on("data", this.#onData);
    raw.once("end", this.#onEnd);
    raw.on("error", this.#onRawError);
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

  /** A hop may wait for what a server says to a device that is gone. */
  write(bytes: Uint8Array): boolean {
    const tls = this.#tls;
    if (tls?.writable === true) {
      const atOnce = tls.writableLength === 0;
      const takesMore = tls.write(atOnce ? bytes : Buffer.from(bytes));
      this.#inPath = atOnce && this.#socket.idle;
      return takesMore || (this.#path.ended && !this.#path.mustWait("toDevice"));
    }
    if (this.#raw.destroyed) this.#path.data("toDevice", bytes.length, Buffer.from(bytes));
    return true;
  }

  /** What TLS has not written into the path yet comes behind what the path holds. */
  whenPassed(told: () => void): void {
    const tls = this.#tls;
    if (tls?.writable !== true || this.#inPath) return this.#path.whenPassed(told);
    tls.write(NOTHING, (error) => {
      if (error === null || error === undefined) this.#path.whenPassed(told);
    });
  }

  /** Without TLS nothing has arrived from the device yet, and a plain FIN is all there is to say. */
  end(): void {
    if (this.#tls === undefined) this.#path.fin("toDevice");
    else this.#tls.end();
  }

  cut(how: "reset" | "close"): void {
    if (how === "reset") this.#path.rst("toDevice");
    else if (this.#tls === undefined || this.#tls.writableLength === 0) this.#path.fin("toDevice");
    else this.#tls.write(NOTHING, () => this.#path.fin("toDevice"));
  }

  pause(): void {
    this.#tls?.pause();
  }

  resume(): void {
    this.#tls?.resume();
  }

  release(): void {
    this.finish();
    takeAway(this.#raw);
  }

  finish(): void {
    this.#path.stop();
    if (this.#raw.destroyed) this.#destroyTls();
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
    this.#tls?.resume();
    this.#socket.left();
    if (this.#deviceEnded && isSilent(toDevice)) this.#leaveHole();
  }

  eased(direction: Direction): void {
    if (direction === "toServer") this.#socket.regulate();
    else this.#socket.left();
  }

  #forwardToServer(segment: Segment<LivePayload>): void {
    switch (segment.kind) {
      case "data":
        if (this.#tls === undefined) this.#terminate();
        return this.#socket.arrive(segment.payload);
      case "fin":
        if (this.#path.ended || this.#tls === undefined) return this.#events.finToServer();
        return this.#socket.arrive(undefined);
      case "rst":
        this.#events.rstToServer();
        if (this.#gone) this.#destroyTls();
    }
  }

  #forwardToDevice(segment: Segment<LivePayload>): void {
    switch (segment.kind) {
      case "data":
        if (segment.payload !== undefined && this.#raw.writable) this.#raw.write(segment.payload);
        return this.#socket.left();
      case "fin":
        this.#raw.end();
        return lingerThenDestroy(this.#raw);
      case "rst":
        return takeAway(this.#raw);
    }
  }

  #terminate(): void {
    const tls = terminate(this.#socket, this.#options.secureContext);
    this.#tls = tls;
    tls.on("secure", () => this.#events.secured());
    tls.on("data", (bytes: Buffer) => this.#events.data(bytes));
    tls.on("drain", () => this.#events.drained());
    tls.once("end", () => this.#events.finToServer());
    tls.on("error", this.#onTlsError);
  }

  readonly #onData = (bytes: Buffer): void => {
    this.#path.data("toServer", bytes.length, bytes);
    this.#socket.regulate();
  };

  readonly #onEnd = (): void => {
    if (this.#raw.writableEnded) this.#onFin();
    else judgeEnd(this.#raw, this.#onFin, () => this.#path.rst("toServer"));
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

  readonly #onRawError = (): void => {
    this.#path.rst("toServer");
  };

  readonly #onTlsError = (error: Error & { readonly code?: string }): void => {
    if (this.#path.ended || this.#gone || isConnectionLoss(error)) return;
    this.#events.tlsFailed(error.code ?? error.message);
    this.#path.fin("toDevice");
  };

  /**
   * What closes without a word from the device was given up by us; behind what the path holds it is an RST. TLS stays
   * for that.
   */
  readonly #onClose = (): void => {
    this.#options.sockets.socketClosed(this.#raw);
    const holds = this.#path.holds("toServer");
    if (!holds) this.#destroyTls();
    else if (!this.#deviceEnded) this.#path.rst("toServer");
    this.#tellGone();
  };

  #destroyTls(): void {
    this.#tls?.destroy();
    this.#socket.destroy();
  }

  #tellGone(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#events.deviceGone();
  }
}
