import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { DEFAULT_WBXML_LIMITS } from "../activesync/wbxml-reader.ts";
import type { ConnectionFailure } from "../heartbeat/device-events.ts";
import { keepsAlive } from "../http/fields.ts";
import type { HttpEvent, ResponseHead } from "../http/message.ts";
import { ResponseObserver } from "../http/response-observer.ts";
import { isFinal } from "./answers.ts";
import type { DeviceServer, DeviceTls } from "./device-server.ts";
import { isConnectionLoss } from "./linger.ts";

/*
 * connecting (one request may wait) -> open -> busy (a request is out) -> open ... -> gone, at any time and for good.
 * Nothing here keeps time: how long a request may take is the session's to say.
 */

/** What a device's connection tells; each ends the request that is out. */
export interface DeviceConnectionEvents {
  answered(answer: HttpAnswer): void;
  /** HTTP that can't be read as an answer. */
  garbled(): void;
  /** The connection ended, or did not come about. */
  failed(how: ConnectionFailure): void;
}

/** An HTTP answer, whole. */
export interface HttpAnswer {
  readonly head: ResponseHead;
  readonly body: Uint8Array;
}

/** Keeps a device's TLS session from one of its connections to the next. */
export interface TlsSessionKeeper {
  session: Buffer | undefined;
}

/** Largest body that is read, in bytes: no larger one is read as WBXML. */
const LARGEST_BODY_BYTES = DEFAULT_WBXML_LIMITS.sizeBytes;

/** One connection of a device, on which one request at a time is out. */
export class DeviceConnection {
  /** Resolves when nothing is left of the connection. */
  readonly closed: Promise<void>;
  readonly #events: DeviceConnectionEvents;
  readonly #socket: Socket;
  readonly #responses = new ResponseObserver();
  #ready = false;
  #gone = false;
  #busy = false;
  #waiting: Uint8Array | undefined;
  #head: ResponseHead | undefined;
  #body: Uint8Array[] = [];
  #bodyBytes = 0;

  constructor(server: DeviceServer, sessions: TlsSessionKeeper | undefined, events: DeviceConnectionEvents) {
    this.#events = events;
    const { host, port, tls } = server;
    if (tls === undefined) {
      this.#socket = connectTcp({ host, port });
      this.#socket.once("connect", () => this.#opened());
    } else {
      const socket = connectSecurely(server, tls, sessions);
      socket.once("secureConnect", () => this.#opened());
      this.#socket = socket;
    }
    this.#socket.setNoDelay(true);
    this.closed = new Promise((resolve) => {
      this.#socket.once("close", () => resolve());
    });
    this.#listen();
  }

  /** Whether it can take no request any more. */
  get gone(): boolean {
    return this.#gone;
  }

  /** Sends a request, head and body, as soon as the server is reached and trusted. */
  send(method: string, bytes: Uint8Array): void {
    this.#busy = true;
    this.#responses.expect({ method, upgrade: false });
    if (this.#ready) this.#socket.write(bytes);
    else this.#waiting = bytes;
  }

  /** Closes the connection without another word: nothing of it is told any more. */
  destroy(): void {
    this.#busy = false;
    this.#leave();
  }

  /** Nothing is written before this: the password is for a server that proved itself. */
  #opened(): void {
    this.#ready = true;
    if (this.#waiting !== undefined && !this.#gone) this.#socket.write(this.#waiting);
    this.#waiting = undefined;
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on("data", (bytes: Buffer) => this.#read(this.#responses.push(bytes)));
    socket.once("end", () => this.#ended());
    socket.on("error", (error: Error) => this.#fail(this.#failureOf(error)));
    socket.once("close", () => this.#fail(this.#ready ? "closed" : "unreachable"));
  }

  /**
   * A FIN ends a body that lasts until then; in the middle of anything else it leaves no answer. An RST that comes
   * right behind the beginning of an answer looks the same: libuv tells both as an end (seen with Node 20.20).
   */
  #ended(): void {
    const events = this.#responses.end();
    if (!events.some((event) => event.kind === "fault")) this.#read(events);
    this.#fail(this.#ready ? "closed" : "unreachable");
  }

  #read(events: readonly HttpEvent<ResponseHead>[]): void {
    if (this.#gone) return;
    let answer: HttpAnswer | undefined;
    let broken = false;
    for (const event of events) {
      if (event.kind === "head" && isFinal(event.head)) this.#head = event.head;
      else if (event.kind === "body") this.#keep(event.bytes);
      else if (event.kind === "end") answer = this.#take() ?? answer;
      else if (event.kind === "fault") broken = true;
    }
    const tooLarge = this.#bodyBytes > LARGEST_BODY_BYTES;
    if (broken || tooLarge || (answer !== undefined && !keepsAlive(answer.head))) this.#leave();
    this.#tell(answer, broken || tooLarge);
  }

  #tell(answer: HttpAnswer | undefined, broken: boolean): void {
    if (!this.#busy || (answer === undefined && !broken)) return;
    this.#busy = false;
    if (answer === undefined) this.#events.garbled();
    else this.#events.answered(answer);
  }

  #keep(bytes: Uint8Array): void {
    this.#bodyBytes += bytes.length;
    if (this.#bodyBytes <= LARGEST_BODY_BYTES) this.#body.push(bytes);
  }

  #take(): HttpAnswer | undefined {
    if (this.#head === undefined) return undefined;
    const answer = { head: this.#head, body: Buffer.concat(this.#body) };
    this.#head = undefined;
    this.#body = [];
    this.#bodyBytes = 0;
    return answer;
  }

  #leave(): void {
    this.#gone = true;
    this.#socket.destroy();
  }

  #fail(how: ConnectionFailure): void {
    if (this.#gone) return;
    this.#leave();
    if (!this.#busy) return;
    this.#busy = false;
    this.#events.failed(how);
  }

  /** Before the connection is there, no ending of it says anything of the path: the request never crossed it. */
  #failureOf(error: Error & { readonly code?: string }): ConnectionFailure {
    if (this.#ready) return isConnectionLoss(error) ? "reset" : "closed";
    if (isUntrusted(this.#socket)) return "untrusted";
    return error.code === "ECONNREFUSED" ? "refused" : "unreachable";
  }
}

function connectSecurely(
  { host, port }: DeviceServer,
  { secureContext, verify, serverName }: DeviceTls,
  sessions: TlsSessionKeeper | undefined,
): TLSSocket {
  const socket = connectTls({
    host,
    port,
    secureContext,
    rejectUnauthorized: verify,
    ALPNProtocols: ["http/1.1"],
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...(sessions?.session === undefined ? {} : { session: sessions.session }),
  });
  if (sessions !== undefined) {
    socket.on("session", (session: Buffer) => {
      sessions.session = session;
    });
  }
  return socket;
}

function isUntrusted(socket: Socket & { readonly authorizationError?: unknown }): boolean {
  return Boolean(socket.authorizationError);
}
