import type { Socket } from "node:net";
import type { SecureContext, TLSSocket } from "node:tls";
import type { Millis } from "../core/machine.ts";
import { type Endings, isSilent } from "../path/condition.ts";
import type { Direction, Segment } from "../path/segment.ts";
import type { ActivitySweep, Swept } from "./activity-sweep.ts";
import type { DeviceLeg, DeviceLegEvents, DeviceLegOptions, Sockets } from "./device-leg.ts";
import { LegPath, type LegPathEnds, type LivePayload } from "./leg-path.ts";
import { isConnectionLoss, lingerThenDestroy, NOTHING, probeHalfClosed, takeAway, judgeEnd } from "./linger.ts";
import { disown, own, type SocketError, type SocketOwner } from "./socket-owner.ts";
import { takeTlsOff, terminate } from "./tls-termination.ts";

/**
 * A leg whose conditions only watch and end: TLS stands directly on the accepted socket, the path sees decrypted bytes.
 * Conditions that come later may hold these back: the path then keeps them, in order, and both sides have to wait once
 * it holds as much as it may.
 * TLS is made when the device's first bytes are there: Node then sizes its input buffer by them, which saves a fifth
 * of a parked connection's memory (measured, Node 20.20).
 *
 * States: no TLS yet -> TLS -> (silenced: TLS is off again, bytes are thrown away, nothing is written) -> gone.
 */
export class WatchedLeg implements DeviceLeg, LegPathEnds, Swept, SocketOwner {
  readonly #secureContext: SecureContext;
  readonly #holeLingerMs: Millis;
  readonly #sockets: Sockets;
  readonly #raw: Socket;
  readonly #events: DeviceLegEvents;
  readonly #path: LegPath;
  readonly #activity: ActivitySweep;
  #tls: TLSSocket | undefined;
  /** What came first, as far as it has crossed the path, and how much has not. */
  #firstPieces: readonly Uint8Array[] = NONE;
  #firstBytesLeft = 0;
  #toldRead = 0;
  #toldWritten = 0;
  /** Whether a FIN toward the device follows a close_notify. */
  #endsInOrder = false;
  #deviceEnded = false;
  /** Whether the flow above takes nothing at the moment, and whether the path does not. */
  #pausedAbove = false;
  #pausedByPath = false;
  /** `write` has said false. */
  #owesDrained = false;
  /** Whether TLS was made; it may be off again. */
  #secured = false;
  #silenced = false;
  #probed = false;
  #gone = false;

  constructor(options: DeviceLegOptions, activity: ActivitySweep) {
    const { raw, path, scheduler, events } = options;
    this.#secureContext = options.secureContext;
    this.#holeLingerMs = options.holeLingerMs;
    this.#sockets = options.sockets;
    this.#raw = raw;
    this.#events = events;
    this.#activity = activity;
    this.#path = new LegPath(path, scheduler, this, events, options.enforcement);
    // Data is the last, since it goes again: what loses another property costs V8 a hash table.
    own(raw, this, ["end", "error", "close", "data"]);
    activity.add(this);
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

  /** TLS that is not busy takes bytes at once. */
  write(bytes: Uint8Array): boolean {
    const atOnce = this.#path.passesAtOnce && this.#tls?.writableLength === 0;
    this.#path.data("toDevice", bytes.length, atOnce ? bytes : Buffer.from(bytes));
    this.#noteTold();
    this.#owesDrained = this.#fullToDevice();
    return !this.#owesDrained;
  }

  whenPassed(told: () => void): void {
    this.#path.whenPassed(told);
  }

  /** The FIN may take its turn in the path later: whether it is in order stays as it was last said. */
  end(): void {
    this.#endsInOrder = true;
    this.#path.fin("toDevice");
  }

  cut(how: "reset" | "close"): void {
    if (how === "reset") this.#path.rst("toDevice");
    else this.#path.fin("toDevice");
  }

  pause(): void {
    this.#pausedAbove = true;
    this.#tls?.pause();
  }

  resume(): void {
    this.#pausedAbove = false;
    if (!this.#pausedByPath) this.#tls?.resume();
  }

  release(): void {
    this.finish();
    takeAway(this.#raw, this.#tls);
  }

  finish(): void {
    this.#path.stop();
    this.#activity.delete(this);
  }

  sweep(): void {
    for (const segment of this.untold()) {
      if (segment.kind === "data") this.#path.data(segment.direction, segment.sizeBytes, undefined);
    }
  }

  untold(): readonly Segment<LivePayload>[] {
    const read = this.#raw.bytesRead - this.#toldRead;
    const written = this.#raw.bytesWritten - this.#toldWritten;
    if (read === 0 && written === 0) return [];
    this.#noteTold();
    const segments: Segment<LivePayload>[] = [];
    if (read > 0) segments.push({ kind: "data", direction: "toServer", sizeBytes: read, payload: undefined });
    if (written > 0) segments.push({ kind: "data", direction: "toDevice", sizeBytes: written, payload: undefined });
    return segments;
  }

  forward(segment: Segment<LivePayload>): void {
    if (segment.direction === "toServer") this.#forwardToServer(segment);
    else this.#forwardToDevice(segment);
  }

  ended({ toDevice }: Endings): void {
    if (typeof toDevice !== "string") return;
    this.#silenced = true;
    if (!this.#secured) this.#raw.resume();
    else if (this.#deviceEnded) {
      if (isSilent(toDevice)) this.#leaveHole();
    } else if (this.#path.delayedBytes("toDevice") === 0) this.#takeTlsOff();
  }

  eased(direction: Direction): void {
    if (direction === "toDevice") return this.#tellDrained();
    this.#pausedByPath = false;
    if (!this.#secured) return;
    if (this.#tls === undefined) this.#raw.resume();
    else if (!this.#pausedAbove || this.#path.ended) this.#tls.resume();
  }

  /** TLS answers even a device that is to be shown nothing, to a broken record for instance: it comes off. */
  #takeTlsOff(): void {
    const tls = this.#tls;
    if (tls === undefined) return;
    if (!takeTlsOff(tls)) return void tls.resume();
    this.#tls = undefined;
    own(this.#raw, this, ["end", "data"]);
    this.#raw.resume();
  }

  #fullToDevice(): boolean {
    const held = this.#path.mustWait("toDevice");
    return held || (this.#tls?.writableNeedDrain === true && !this.#path.ended);
  }

  #tellDrained(): void {
    if (!this.#owesDrained || this.#fullToDevice()) return;
    this.#owesDrained = false;
    this.#events.drained();
  }

  #forwardToServer(segment: Segment<LivePayload>): void {
    switch (segment.kind) {
      case "data":
        if (segment.payload === undefined) return;
        if (!this.#secured) return this.#gather(segment.payload);
        return this.#events.data(segment.payload);
      case "fin":
        return this.#events.finToServer();
      case "rst":
        return this.#events.rstToServer();
    }
  }

  #forwardToDevice(segment: Segment<LivePayload>): void {
    switch (segment.kind) {
      case "data":
        return this.#writeToDevice(segment.payload);
      case "fin":
        return this.#endDevice();
      case "rst":
        return takeAway(this.#raw, this.#tls);
    }
  }

  /** Bytes that were held are on the wire only now, which is no activity of its own: the path has seen them. */
  #writeToDevice(bytes: Uint8Array | undefined): void {
    const tls = this.#tls;
    if (bytes === undefined || tls?.writable !== true) return;
    tls.write(bytes);
    this.#noteTold();
    if (this.#silenced && this.#path.delayedBytes("toDevice") === 0) tls.write(NOTHING, () => this.#takeTlsOff());
  }

  /** A FIN of either kind goes behind what was written. */
  #endDevice(): void {
    const tls = this.#tls;
    if (tls === undefined) this.#raw.end();
    else if (this.#endsInOrder) tls.end();
    else if (tls.writableLength === 0) this.#endBelow();
    else tls.write(NOTHING, () => this.#endBelow());
    lingerThenDestroy(this.#raw, tls);
  }

  /** TLS does not notice when the socket's other side has ended, and would keep it open. */
  #endBelow(): void {
    this.#raw.end();
    if (this.#deviceEnded) this.#closeBehind();
  }

  #closeBehind(): void {
    if (this.#raw.writableFinished) this.#raw.destroy();
    else this.#raw.once("finish", () => this.#raw.destroy());
  }

  socketData(socket: Socket, bytes: Buffer): void {
    if (socket === this.#tls) this.#takeData(bytes);
    else if (this.#secured) this.#takeTlsBytes(bytes);
    else this.#takeFirstBytes(bytes);
  }

  socketDrained(): void {
    this.#tellDrained();
  }

  #takeFirstBytes(bytes: Buffer): void {
    disown(this.#raw, "data");
    this.#raw.pause();
    this.#noteTold();
    this.#firstBytesLeft = bytes.length;
    this.#path.data("toServer", bytes.length, bytes);
    if (this.#secured) return;
    if (this.#path.holds("toServer")) this.#probe();
    else this.#raw.resume();
  }

  /** A condition may have split what came first; TLS takes it whole. */
  #gather(piece: Uint8Array): void {
    this.#firstPieces = [...this.#firstPieces, piece];
    this.#firstBytesLeft -= piece.length;
    if (this.#firstBytesLeft > 0) return;
    const [first, ...others] = this.#firstPieces;
    this.#firstPieces = NONE;
    if (first !== undefined) this.#terminate(others.length === 0 ? first : Buffer.concat([first, ...others]));
  }

  #terminate(firstBytes: Uint8Array): void {
    const raw = this.#raw;
    raw.unshift(firstBytes);
    const tls = terminate(raw, this.#secureContext);
    this.#tls = tls;
    this.#secured = true;
    // From here on TLS tells the end.
    disown(raw, "end");
    own(tls, this, ["secure", "data", "drain", "end", "error"]);
  }

  /**
   * Session tickets leave just after the handshake; a sweep would find them late. What it finds may end the flow, and
   * within TLS's own telling that would pull memory from under OpenSSL.
   */
  socketReady(): void {
    setImmediate(() => this.sweep());
    this.#events.secured();
  }

  #takeData(bytes: Buffer): void {
    this.#noteTold();
    this.#path.data("toServer", bytes.length, bytes);
    this.#regulate();
  }

  /** What a silenced device still sends: nobody reads it, but it may be what a hop waits for. */
  #takeTlsBytes(bytes: Buffer): void {
    this.#noteTold();
    this.#path.data("toServer", bytes.length, undefined);
    this.#regulate();
  }

  /** Nobody tells of a device that goes while nothing is read from it: the kernel is to look. */
  #regulate(): void {
    if (!this.#path.mustWait("toServer")) return;
    this.#pausedByPath = true;
    (this.#tls ?? this.#raw).pause();
    this.#probe();
  }

  #probe(): void {
    if (!this.#probed) probeHalfClosed(this.#raw);
    this.#probed = true;
  }

  socketEnded(socket: Socket): void {
    if (this.#tls !== undefined && socket !== this.#tls) return;
    if (this.#raw.writableEnded || this.#tls?.writableEnded === true) return this.#takeFin();
    judgeEnd(
      this.#raw,
      () => this.#takeFin(),
      () => this.#path.rst("toServer"),
    );
  }

  #takeFin(): void {
    this.#deviceEnded = true;
    this.#path.fin("toServer");
    if (this.#raw.writableEnded) this.#closeBehind();
    else if (this.#path.ended) this.#leaveHole();
    else this.#probe();
  }

  /** The device has ended its side of a dead flow; it may still listen for a while, and hears nothing. */
  #leaveHole(): void {
    lingerThenDestroy(this.#raw, this.#tls, this.#holeLingerMs);
    this.#tellGone();
  }

  socketFailed(_socket: Socket, error: SocketError): void {
    if (this.#path.ended || this.#gone) return;
    if (isConnectionLoss(error)) this.#path.rst("toServer");
    else this.#events.tlsFailed(error.code ?? error.message);
  }

  /** What closes without a word from the device was given up by us; behind what the path holds it is an RST. */
  socketClosed(): void {
    this.#sockets.socketClosed(this.#raw);
    this.#tls?.destroy();
    if (!this.#deviceEnded && this.#path.holds("toServer")) this.#path.rst("toServer");
    this.#tellGone();
  }

  #tellGone(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#activity.delete(this);
    this.#events.deviceGone();
  }

  #noteTold(): void {
    this.#toldRead = this.#raw.bytesRead;
    this.#toldWritten = this.#raw.bytesWritten;
  }
}

const NONE: readonly Uint8Array[] = [];
