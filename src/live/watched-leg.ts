import type { Socket } from "node:net";
import type { SecureContext, TLSSocket } from "node:tls";
import type { Scheduler } from "../core/scheduler.ts";
import type { Path } from "../path/path.ts";
import type { Segment } from "../path/segment.ts";
import type { ActivitySweep, Swept } from "./activity-sweep.ts";
import type { DeviceLeg, DeviceLegEvents } from "./device-leg.ts";
import { LegPath, type LivePayload } from "./leg-path.ts";
import { HOLE_LINGER_MS, isConnectionLoss, lingerThenDestroy, PROBE_AFTER_MS } from "./linger.ts";
import { terminate } from "./tls-termination.ts";

/**
 * A leg whose conditions only watch and end: TLS stands directly on the accepted socket, the path sees decrypted bytes.
 * TLS is made when the device's first bytes are there: Node then sizes its input buffer by them, which saves a fifth
 * of a parked connection's memory (measured, Node 20.20).
 *
 * States: no TLS yet -> TLS -> (path ended: bytes are thrown away, nothing is written) -> gone.
 */
export class WatchedLeg implements DeviceLeg, Swept {
  readonly #raw: Socket;
  readonly #secureContext: SecureContext;
  readonly #events: DeviceLegEvents;
  readonly #path: LegPath;
  readonly #activity: ActivitySweep;
  #tls: TLSSocket | undefined;
  #toldRead = 0;
  #toldWritten = 0;
  #endsInOrder = false;
  #gone = false;

  constructor(
    raw: Socket,
    secureContext: SecureContext,
    path: Path<LivePayload>,
    scheduler: Scheduler,
    activity: ActivitySweep,
    events: DeviceLegEvents,
  ) {
    this.#raw = raw;
    this.#secureContext = secureContext;
    this.#events = events;
    this.#activity = activity;
    this.#path = new LegPath(path, scheduler, this, events);
    raw.once("data", this.#onFirstBytes);
    raw.once("end", this.#onEnd);
    raw.on("error", this.#onError);
    raw.once("close", this.#onClose);
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

  write(bytes: Uint8Array): boolean {
    this.#path.data("toDevice", bytes.length, bytes);
    this.#noteTold();
    return this.#tls?.writableNeedDrain !== true || this.#path.ended;
  }

  /** The FIN may take its turn in the path later: whether it is in order stays as it was last said. */
  end(): void {
    this.#endsInOrder = true;
    this.#path.fin("toDevice");
  }

  cut(how: "reset" | "close"): void {
    this.#endsInOrder = false;
    if (how === "reset") this.#path.rst("toDevice");
    else this.#path.fin("toDevice");
  }

  pause(): void {
    this.#tls?.pause();
  }

  resume(): void {
    this.#tls?.resume();
  }

  release(): void {
    this.#path.stop();
    this.#activity.delete(this);
    if (!this.#raw.destroyed) this.#raw.resetAndDestroy();
    this.#tls?.destroy();
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

  #forwardToServer(segment: Segment<LivePayload>): void {
    switch (segment.kind) {
      case "data":
        if (segment.payload === undefined) return;
        if (this.#tls === undefined) return this.#terminate(segment.payload);
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
        if (segment.payload !== undefined && this.#tls?.writable === true) this.#tls.write(segment.payload);
        return;
      case "fin":
        if (this.#endsInOrder && !this.#path.ended && this.#tls !== undefined) this.#tls.end();
        else this.#raw.end();
        return lingerThenDestroy(this.#raw);
      case "rst":
        this.#raw.resetAndDestroy();
    }
  }

  readonly #onFirstBytes = (bytes: Buffer): void => {
    this.#raw.pause();
    this.#noteTold();
    this.#path.data("toServer", bytes.length, bytes);
    if (this.#tls === undefined) this.#raw.resume();
  };

  #terminate(firstBytes: Uint8Array): void {
    const raw = this.#raw;
    raw.removeListener("end", this.#onEnd);
    raw.unshift(firstBytes);
    const tls = terminate(raw, this.#secureContext);
    this.#tls = tls;
    tls.on("secure", this.#onSecure);
    tls.on("data", this.#onData);
    tls.on("drain", () => this.#events.drained());
    tls.once("end", this.#onEnd);
    tls.on("error", this.#onError);
  }

  /** Session tickets leave just after the handshake; a sweep would find them late. */
  readonly #onSecure = (): void => {
    this.sweep();
    setImmediate(() => this.sweep());
    this.#events.secured();
  };

  readonly #onData = (bytes: Buffer): void => {
    this.#noteTold();
    this.#path.data("toServer", bytes.length, bytes);
  };

  readonly #onEnd = (): void => {
    this.#path.fin("toServer");
    if (this.#path.ended) this.#leaveHole();
    else this.#raw.setKeepAlive(true, PROBE_AFTER_MS);
  };

  /** The device has ended its side of a dead flow; it may still listen for a while, and hears nothing. */
  #leaveHole(): void {
    lingerThenDestroy(this.#raw, HOLE_LINGER_MS);
    this.#tellGone();
  }

  readonly #onError = (error: Error & { readonly code?: string }): void => {
    if (this.#path.ended || this.#gone) return;
    if (isConnectionLoss(error)) this.#path.rst("toServer");
    else this.#events.tlsFailed(error.code ?? error.message);
  };

  readonly #onClose = (): void => {
    this.#tls?.destroy();
    this.#tellGone();
  };

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
