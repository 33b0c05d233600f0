import type { HttpFault, RequestHead, ResponseHead } from "../http/message.ts";
import type { Endings } from "../path/condition.ts";
import type { FlowFacts } from "../path/flow-facts.ts";
import type { EndCause } from "../path/path-effect.ts";
import type { FlowTuple } from "./enforcement/flow-tuple.ts";
import type { DeviceLeg, DeviceLegEvents } from "./device-leg.ts";
import type { ServerFailure } from "./server-leg.ts";

/** What stands above a device's leg and brings its requests to the server: the relay, or the rewriter. */
export interface FlowHandler extends DeviceLegEvents {
  /** Whether a request waits for an answer that its device can still hear. */
  readonly busy: boolean;
  /** Bytes on the wires of the flow's legs so far. */
  readonly bytes: FlowBytes;
  /** Joins the handler to its device's leg; called once, before any event. */
  attach(device: DeviceLeg): void;
  /** Told by a handler whose flow has a connection of its own to the server, once that is made; set before any event. */
  tellConnected?: ((server: FlowTuple | undefined) => void) | undefined;
  /** Ends both legs at once, for the end of the process or of an operator's patience. */
  abort(): void;
}

/** Who looks on while a flow's bytes pass. It must not throw, and keeps nothing waiting. */
export interface FlowWatcher {
  /** Gives what is known of the flow from now on. */
  requestHead(head: RequestHead): FlowFacts;
  requestBody(bytes: Uint8Array): void;
  requestEnd(): void;
  answerHead(head: ResponseHead): void;
  answerBody(bytes: Uint8Array): void;
  /** The answer's last byte has come from the server. Gives what is to be called when it has left the path. */
  answerEnd(): () => void;
  /** Another hop than before holds back, or has dropped, what goes to the device; `undefined` when none does any more. */
  answersHeld(hop: string | undefined): void;
  /** The device has ended its side while a hop held back what was sent to it. */
  answersMissed(): void;
  /** The device may have nothing more to wait for: what it was to get has crossed, or never will. */
  settled(): void;
  pathEnded(hop: string, condition: EndCause, endings: Endings): void;
  /** The device has ended its side on a living path, or reset it. */
  deviceLeft(byReset?: boolean): void;
  /** The server could not be reached or broke off; the status is what the device got instead of an answer, if any. */
  serverFailed(failure: ServerFailure, status: number | undefined): void;
  /** A request was refused because of its framing, its size or its slowness. */
  refused(fault: HttpFault): void;
  /** A TLS handshake with the device, or with the server, is done. */
  secured(leg: "device" | "server"): void;
  /** A TLS handshake with the device failed, or its records broke. */
  tlsFailed(reason: string): void;
  /** Both legs are gone. */
  closed(bytes: FlowBytes): void;
}

/** Bytes of one flow on the wires of its two legs. */
export interface FlowBytes {
  readonly fromDevice: number;
  readonly toDevice: number;
  readonly fromServer: number;
  readonly toServer: number;
}

/** What two sockets counted, each at its end of the flow. */
export function flowBytes(device: Wire | undefined, server: Wire | undefined): FlowBytes {
  const { received: fromDevice, sent: toDevice } = device ?? NOTHING;
  const { received: fromServer, sent: toServer } = server ?? NOTHING;
  return { fromDevice, toDevice, fromServer, toServer };
}

interface Wire {
  readonly received: number;
  readonly sent: number;
}

const NOTHING: Wire = { received: 0, sent: 0 };

/** The sum of two counts. */
export function addBytes(left: FlowBytes, right: FlowBytes): FlowBytes {
  return {
    fromDevice: left.fromDevice + right.fromDevice,
    toDevice: left.toDevice + right.toDevice,
    fromServer: left.fromServer + right.fromServer,
    toServer: left.toServer + right.toServer,
  };
}
