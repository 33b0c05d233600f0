import type { Socket } from "node:net";
import type { SecureContext } from "node:tls";
import type { Millis } from "../core/machine.ts";
import type { Scheduler } from "../core/scheduler.ts";
import type { EndCause } from "../path/path-effect.ts";
import type { Endings } from "../path/condition.ts";
import type { Path } from "../path/path.ts";
import type { FlowEnforcement } from "./enforcement/flow-enforcement.ts";
import type { LegPath, LivePayload } from "./leg-path.ts";

/**
 * The device's side of a flow: the TCP connection, the path on it and, on an `https` listener, TLS above it.
 * There are two ways to build one with TLS (watched and conditioned); which it is shows in no outcome.
 */
export interface DeviceLeg {
  /** The device's address, for logs and for servers that are to be told. */
  readonly remoteAddress: string | undefined;
  /** Bytes that came from the device and went to it, on the wire. */
  readonly wireBytes: { readonly received: number; readonly sent: number };
  /** Whether the device's own TCP connection is gone. */
  readonly gone: boolean;
  /** The path on it, for whoever looks at the flow, changes its conditions or ends it. */
  readonly path: LegPath;
  /**
   * Sends decrypted bytes toward the device, whose memory may be used again once this returns; false asks to wait for
   * `drained`. From within an event of the leg it is always true: those bytes leave when the event is over.
   */
  write(bytes: Uint8Array): boolean;
  /** Tells once all that was written so far has left the path toward the device; at once where nothing is held. */
  whenPassed(told: () => void): void;
  /** Ends the leg in order: close_notify and FIN, after all that was written. */
  end(): void;
  /** Ends the leg visibly cut: RST, or FIN without close_notify. */
  cut(how: "reset" | "close"): void;
  /** Stops and resumes taking bytes from the device. */
  pause(): void;
  resume(): void;
  /** Lets go of everything at once; what the device sees is an RST. Told again, does nothing. */
  release(): void;
  /** Nothing is left above the leg: its path stops. A silenced device goes on to be shown nothing for a while. */
  finish(): void;
}

/** What every leg is built of. */
export interface LegOptions {
  /** The accepted connection, half-open when one side ends. */
  readonly raw: Socket;
  readonly path: Path<LivePayload>;
  readonly scheduler: Scheduler;
  readonly events: DeviceLegEvents;
  /** How long a device that ended its side of a silenced flow is still shown nothing, in real ms. */
  readonly holeLingerMs: Millis;
  /** What the kernel does for this flow, where it helps. */
  readonly enforcement?: FlowEnforcement | undefined;
  /** Who counts accepted sockets. */
  readonly sockets: Sockets;
}

/** Who is told when an accepted socket has closed. */
export interface Sockets {
  socketClosed(raw: Socket): void;
}

/** What a leg with TLS is built of. */
export interface DeviceLegOptions extends LegOptions {
  readonly secureContext: SecureContext;
}

/** What a device's leg tells the flow above it. */
export interface DeviceLegEvents {
  /** The TLS handshake is done. */
  secured(): void;
  /** The TLS handshake failed, or the records broke; the leg is ending by itself. */
  tlsFailed(reason: string): void;
  /** Decrypted bytes that crossed the path. */
  data(bytes: Uint8Array): void;
  /** The path takes bytes again after `write` said false. */
  drained(): void;
  /** A FIN came out of the path at the server's end: the device's, or a hop's. */
  finToServer(): void;
  /** An RST came out of the path at the server's end: the device's, or a hop's. */
  rstToServer(): void;
  /** A condition ended the flow; told once. */
  pathEnded(hop: string, condition: EndCause, endings: Endings): void;
  /**
   * Another hop than before holds back, or has dropped, what goes to the device; `undefined` when none does any more.
   */
  answersHeld(hop: string | undefined): void;
  /** The device has ended its side, or taken the connection away, while a hop held back what was sent to it. */
  answersMissed(): void;
  /** A hop has let something die that an end sent. */
  swallowed(): void;
  /** A reverse proxy on the path answers instead of the server. */
  respond(status: number): void;
  /** The device's TCP connection has closed, whether or not the path let that through; told once. */
  deviceGone(): void;
}
