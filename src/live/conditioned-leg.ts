import type { Socket } from "node:net";
import type { SecureContext, TLSSocket } from "node:tls";
import type { Scheduler } from "../core/scheduler.ts";
import type { Path } from "../path/path.ts";
import type { Segment } from "../path/segment.ts";
import { ConditionedSocket } from "./conditioned-socket.ts";
import type { DeviceLeg, DeviceLegEvents } from "./device-leg.ts";
import { LegPath, type LivePayload } from "./leg-path.ts";
import { HOLE_LINGER_MS, isConnectionLoss, lingerThenDestroy, PROBE_AFTER_MS } from "./linger.ts";
import { terminate } from "./tls-termination.ts";

/**
 * A leg with conditions that delay or withhold: TLS stands above a stream of ours, and every TLS byte goes through the
 * path as a segment. Costs about a fifth of the requests a second (measured, Node 20.20).
 */
export class ConditionedLeg implements DeviceLeg {
  readonly #raw: Socket;
  readonly #events: DeviceLegEvents;
  readonly #path: LegPath;
  readonly #socket: ConditionedSocket;
  readonly #secureContext: SecureContext;
  #tls: TLSSocket | undefined;
  #gone = false;

  constructor(
    raw: Socket,
    secureContext: SecureContext,
    path: Path<LivePayload>,
    scheduler: Scheduler,
    events: DeviceLegEvents,
  ) {
    this.#raw = raw;
    this.#events = events;
    this.#secureContext = secureContext;
    this.#path = new LegPath(path, scheduler, this, events);
    this.#socket = new ConditionedSocket(raw, this.#path);
    raw.on("data", (bytes) => this.#path.data("toServer", bytes.length, bytes));
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

  write(bytes: Uint8Array): boolean {
    const tls = this.#tls;
    return tls?.writable === true ? tls.write(bytes) || this.#path.ended : true;
  }

  /** Without TLS nothing has arrived from the device yet, and a plain FIN is all there is to say. */
  end(): void {
    if (this.#tls === undefined) this.#path.fin("toDevice");
    else this.#tls.end();
  }

  cut(how: "reset" | "close"): void {
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
    if (!this.#raw.destroyed) this.#raw.resetAndDestroy();
    this.#destroyTls();
  }

  /** Nothing escapes this leg: every byte is told as it comes. */
  untold(): readonly Segment<LivePayload>[] {
    return [];
  }

  forward(segment: Segment<LivePayload>): void {
    if (segment.direction === "toServer") this.#forwardToServer(segment);
    else this.#forwardToDevice(segment);
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
        return this.#events.rstToServer();
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
        this.#raw.resetAndDestroy();
    }
  }

  #terminate(): void {
    const tls = terminate(this.#socket, this.#secureContext);
    this.#tls = tls;
    tls.on("secure", () => this.#events.secured());
    tls.on("data", (bytes: Buffer) => this.#events.data(bytes));
    tls.on("drain", () => this.#events.drained());
    tls.once("end", () => this.#events.finToServer());
    tls.on("error", this.#onTlsError);
  }

  readonly #onEnd = (): void => {
    this.#path.fin("toServer");
    if (!this.#path.ended) return void this.#raw.setKeepAlive(true, PROBE_AFTER_MS);
    lingerThenDestroy(this.#raw, HOLE_LINGER_MS);
    this.#tellGone();
  };

  readonly #onRawError = (): void => {
    this.#path.rst("toServer");
  };

  readonly #onTlsError = (error: Error & { readonly code?: string }): void => {
    if (this.#path.ended || this.#gone || isConnectionLoss(error)) return;
    this.#events.tlsFailed(error.code ?? error.message);
    this.#path.fin("toDevice");
  };

  readonly #onClose = (): void => {
    this.#destroyTls();
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
