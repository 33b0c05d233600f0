import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { FlowSeen } from "../heartbeat/path-finding.ts";
import type { ResponseHead } from "../http/message.ts";
import { ResponseObserver } from "../http/response-observer.ts";
import { isFinal } from "./answers.ts";
import type { DeviceServer } from "./device-server.ts";
import { isConnectionLoss } from "./linger.ts";

/** What becomes of a prober's connection; one of `ended` and `failed` is told, once. */
export interface ProbeConnectionEvents {
  /** The request has gone to the network. */
  sent?(): void;
  ended(how: FlowSeen, body: Buffer): void;
  /** It did not come about. */
  failed(failure: ProbeFailure): void;
}

/** Why a connection did not come about. */
export interface ProbeFailure {
  readonly untrusted: boolean;
  readonly message: string;
}

/** One request on one connection, of which everything is told that the network does to it. */
export class ProbeConnection {
  readonly #socket: Socket;
  readonly #events: ProbeConnectionEvents;
  readonly #responses = new ResponseObserver();
  readonly #body: Uint8Array[] = [];
  #head: ResponseHead | undefined;
  #sent = false;
  #over = false;

  /** @param keepAliveMs how often TCP asks whether the other end is there, in real ms; never when absent */
  constructor(server: DeviceServer, request: Buffer, events: ProbeConnectionEvents, keepAliveMs?: number) {
    this.#events = events;
    this.#responses.expect({ method: "GET", upgrade: false });
    const opened = (): void => void this.#socket.write(request, () => this.#tellSent());
    this.#socket = connect(server, opened);
    this.#socket.setNoDelay(true);
    if (keepAliveMs !== undefined) this.#socket.setKeepAlive(true, keepAliveMs);
    this.#listen();
  }

  /** Whether the request has gone to the network. */
  get isOpen(): boolean {
    return this.#sent;
  }

  /** Says more on it. */
  write(bytes: Buffer): void {
    if (!this.#over) this.#socket.write(bytes);
  }

  /** Lets go of it; nothing is told any more. */
  destroy(): void {
    this.#over = true;
    this.#socket.destroy();
  }

  #tellSent(): void {
    if (this.#over) return;
    this.#sent = true;
    this.#events.sent?.();
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on("data", (bytes: Buffer) => this.#read(bytes));
    socket.once("end", () => this.#lose("closed"));
    socket.on("error", (error: Error) => {
      if (this.#sent) this.#lose(isConnectionLoss(error) ? "reset" : "closed");
      else this.#fail(error.message);
    });
    socket.once("close", () => this.#lose("closed"));
  }

  #read(bytes: Buffer): void {
    if (this.#over) return;
    for (const event of this.#responses.push(bytes)) {
      if (event.kind === "head" && isFinal(event.head)) this.#head = event.head;
      else if (event.kind === "body") this.#body.push(Uint8Array.from(event.bytes));
      else if (event.kind === "end" && this.#head !== undefined) return this.#end(seenOf(this.#head));
      else if (event.kind === "fault") return this.#end("closed");
    }
  }

  #lose(how: "reset" | "closed"): void {
    if (this.#sent) this.#end(how);
    else this.#fail("the connection was closed before anything could be asked");
  }

  #end(how: FlowSeen): void {
    if (this.#over) return;
    this.destroy();
    this.#events.ended(how, Buffer.concat(this.#body));
  }

  #fail(message: string): void {
    if (this.#over) return;
    this.destroy();
    this.#events.failed({ message, untrusted: isUntrusted(this.#socket) });
  }
}

function seenOf({ status }: ResponseHead): FlowSeen {
  return status === 200 ? "answered" : { status };
}

function connect({ host, port, tls }: DeviceServer, opened: () => void): Socket {
  if (tls === undefined) return connectTcp({ host, port }).once("connect", opened);
  const { secureContext, verify, serverName } = tls;
  return connectTls({
    host,
    port,
    secureContext,
    rejectUnauthorized: verify,
    ALPNProtocols: ["http/1.1"],
    ...(serverName === undefined ? {} : { servername: serverName }),
  }).once("secureConnect", opened);
}

function isUntrusted(socket: Socket & { readonly authorizationError?: unknown }): boolean {
  return Boolean(socket.authorizationError);
}
