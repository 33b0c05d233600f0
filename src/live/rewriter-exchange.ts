import type { ClientRequest, IncomingMessage, InformationEvent, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type httpProxy from "http-proxy";
import { DEFAULT_LIMITS } from "../http/limits.ts";
import type { Field, RequestHead, ResponseHead } from "../http/message.ts";
import { Refusal } from "../http/refusal.ts";
import { readResponseHead } from "../http/response-head.ts";
import {
  answerFields,
  asksForWebSocket,
  bindsConnection,
  expectsAnswer,
  type FieldValues,
  pairUp,
} from "./rewriter-fields.ts";
import type { RewriterPool, ServerConnection, WireBytes } from "./rewriter-pool.ts";
import type { ServerFailure } from "./server-leg.ts";

/** A request as it is to go to its backend. */
export interface Outgoing {
  readonly head: RequestHead;
  readonly pool: RewriterPool;
  /** What stands in the request line. */
  readonly target: string;
  readonly fields: readonly FieldValues[];
}

/** What one request's way to its backend and back tells; once it was given up, only that it is closed. */
export interface RewriterExchangeEvents {
  /** A TLS handshake with the backend is done. */
  secured(): void;
  /** An interim answer (1xx). */
  interim(status: number, reason: string, fields: readonly Field[]): void;
  answerHead(head: ResponseHead): void;
  answerBody(bytes: Uint8Array): void;
  answerEnd(): void;
  /** The HTTP server has written the whole answer, and has ended the device's connection where that is due. */
  settled(): void;
  /** The backend switched protocols; the connection is the listener's from now on. */
  upgraded(head: ResponseHead, connection: ServerConnection, firstBytes: Uint8Array, bytes: WireBytes): void;
  /** The backend can't be reached, broke off or answers what can't be read; told once, before the answer's end only. */
  failed(failure: ServerFailure): void;
  /** The backend's connection is no longer this exchange's; told once. */
  closed(): void;
}

/**
 * One request that `http-proxy` brings to a backend, and its answer, with what `http-proxy` leaves undone:
 * fields, target, interim answers, trailers and every way in which either side can break off.
 *
 * States: waiting (for the HTTP server to hand the request over) -> asking -> answering -> answered;
 * `givenUp` at any time: then nothing of the answer goes to the device any more.
 */
export class RewriterExchange {
  readonly #outgoing: Outgoing;
  readonly #events: RewriterExchangeEvents;
  #state: "waiting" | "asking" | "answering" | "answered" = "waiting";
  #incoming: Incoming | undefined;
  #proxyRequest: ClientRequest | undefined;
  #answer: IncomingMessage | undefined;
  #connection: ServerConnection | undefined;
  #before: WireBytes = NO_BYTES;
  #bytes: WireBytes = NO_BYTES;
  #givenUp = false;
  #endWhenSent = false;
  #closed = false;

  constructor(outgoing: Outgoing, events: RewriterExchangeEvents) {
    this.#outgoing = outgoing;
    this.#events = events;
  }

  get head(): RequestHead {
    return this.#outgoing.head;
  }

  /** The backend's host and port, for people. */
  get host(): string {
    return this.#outgoing.pool.target.url.host;
  }

  /** Whether the final answer has begun. */
  get begun(): boolean {
    return this.#state === "answering" || this.#state === "answered";
  }

  /** Bytes on the backend's wire on behalf of this request. */
  get bytes(): WireBytes {
    const connection = this.#connection;
    if (connection === undefined || this.#closed) return this.#bytes;
    const { received, sent } = connection.wireBytes;
    const { received: receivedBefore, sent: sentBefore } = this.#before;
    return {
      received: this.#bytes.received + received - receivedBefore,
      sent: this.#bytes.sent + sent - sentBefore,
    };
  }

  /** Hands the request to `http-proxy`, with no field in it: `sending` writes them all. */
  begin(incoming: Incoming): void {
    if (this.#givenUp) return;
    this.#incoming = incoming;
    this.#state = "asking";
    incoming.request.headers = {};
    const { target, agent } = this.#outgoing.pool;
    const { host, port } = target;
    const options = {
      target: { protocol: "http:", host, hostname: host, port },
      agent,
      ignorePath: true,
      toProxy: true,
      selfHandleResponse: true,
    };
    withoutDeprecations(() =>
      incoming.proxy.web(incoming.request, incoming.response, options, (error) => this.#fail(error)),
    );
  }

  /** The request to the backend has its connection and nothing of it is written yet. */
  sending(proxyRequest: ClientRequest): void {
    this.#proxyRequest = proxyRequest;
    proxyRequest.once("close", () => this.#release());
    if (this.#givenUp) return void proxyRequest.destroy();
    this.#take(proxyRequest);
    proxyRequest.on("information", (info) => {
      if (!this.#givenUp) this.#passInterim(info);
    });
    proxyRequest.once("upgrade", (answer, socket, first) => this.#upgrade(answer, socket, first));
    try {
      this.#writeHead(proxyRequest);
    } catch (error) {
      this.#fail(asError(error));
      proxyRequest.destroy();
    }
  }

  /** The backend's answer has begun. */
  answering(answer: IncomingMessage): void {
    if (this.#givenUp || this.#incoming === undefined) return;
    const head = this.#readHead(answer);
    if (head instanceof Refusal) return this.#refuse(head.message);
    this.#state = "answering";
    this.#answer = answer;
    this.#events.answerHead(head);
    this.#passAnswer(head, answer, this.#incoming);
  }

  /** Ends our side of the backend's connection in order once the request is sent: the device has ended its side. */
  end(): void {
    this.#endWhenSent = true;
    const sent = this.#proxyRequest;
    if (sent === undefined) return;
    if (sent.writableFinished) this.#endConnection();
    else sent.once("finish", () => this.#endConnection());
  }

  /** Ends our side of the backend's connection as a middlebox does. */
  fin(): void {
    if (this.#proxyRequest === undefined) this.reset();
    else if (!this.#closed) this.#connection?.fin();
  }

  /** Gives the request up and takes the backend's connection away with an RST. */
  reset(): void {
    if (this.#closed) return;
    this.#giveUp();
    this.#connection?.reset();
    this.#proxyRequest?.destroy();
    if (this.#state === "waiting") this.#release();
  }

  #take(proxyRequest: ClientRequest): void {
    const { socket } = proxyRequest;
    const connection = socket === null ? undefined : this.#outgoing.pool.connectionOf(socket);
    this.#connection = connection;
    if (connection === undefined) return;
    this.#before = proxyRequest.reusedSocket ? connection.wireBytes : NO_BYTES;
    if (this.#outgoing.pool.target.tls === undefined || connection.connected) return;
    connection.socket.once("secureConnect", () => this.#events.secured());
  }

  #writeHead(proxyRequest: ClientRequest): void {
    const { head, target, fields } = this.#outgoing;
    proxyRequest.path = target;
    if (bindsConnection(head)) proxyRequest.shouldKeepAlive = false;
    if (proxyRequest.hasHeader("content-length")) proxyRequest.removeHeader("content-length");
    for (const { name, values } of fields) proxyRequest.setHeader(name, values);
    if (head.framing.kind === "chunked") this.#passTrailers(proxyRequest);
    if (expectsAnswer(head)) proxyRequest.flushHeaders();
    else if (head.framing.kind !== "none") setImmediate(() => sendHead(proxyRequest));
    if (this.#endWhenSent) this.end();
  }

  /** In front of the listener with which the pipe ends the request. */
  #passTrailers(proxyRequest: ClientRequest): void {
    const request = this.#incoming?.request;
    request?.prependOnceListener("end", () => {
      if (!proxyRequest.destroyed) proxyRequest.addTrailers(trailerPairs(request));
    });
  }

  /** A 100 that the HTTP server itself writes lets it keep the connection; it has no fields then, as none is known. */
  #passInterim({ statusCode, statusMessage, rawHeaders }: InformationEvent): void {
    if (statusCode === 100 && expectsAnswer(this.head)) this.#incoming?.response.writeContinue();
    else this.#events.interim(statusCode, statusMessage, pairUp(rawHeaders));
  }

  #readHead(answer: IncomingMessage): ResponseHead | Refusal {
    const { statusCode: status = 0, statusMessage: reason = "", httpVersionMinor, rawHeaders } = answer;
    const fields = pairUp(rawHeaders);
    if (fields.length > DEFAULT_LIMITS.fieldCount) {
      return new Refusal(502, `The answer has more than ${DEFAULT_LIMITS.fieldCount} fields.`);
    }
    const { head } = this.#outgoing;
    const minorVersion = httpVersionMinor === 0 ? 0 : 1;
    return readResponseHead({ status, reason, minorVersion }, fields, {
      method: head.method,
      upgrade: asksForWebSocket(head),
    });
  }

  #passAnswer(head: ResponseHead, answer: IncomingMessage, { request, response }: Incoming): void {
    const { minorVersion } = this.#outgoing.head;
    const { kind } = head.framing;
    const chunked = minorVersion === 1 && (kind === "chunked" || kind === "until-close");
    const fields = answerFields(head.fields, { trailers: chunked });
    response.once("finish", () => this.#events.settled());
    response.sendDate = false;
    response.writeHead(
      head.status,
      head.reason,
      fields.flatMap(({ name, value }) => [name, value]),
    );
    sendTogether(response);
    answer.on("data", (bytes: Buffer) => {
      if (!this.#givenUp) this.#events.answerBody(bytes);
    });
    answer.on("error", (error) => this.#fail(error));
    answer.once("end", () => {
      if (this.#givenUp) return;
      if (chunked) response.addTrailers(trailerPairs(answer));
      response.end();
      this.#state = "answered";
      this.#events.answerEnd();
      this.#forsakeBody(request);
    });
    answer.pipe(response, { end: false });
  }

  /** The backend has answered without the whole request: what is left of that goes nowhere, nor does the connection. */
  #forsakeBody(request: IncomingMessage): void {
    const proxyRequest = this.#proxyRequest;
    if (proxyRequest === undefined || proxyRequest.writableFinished) return;
    request.unpipe(proxyRequest);
    proxyRequest.destroy();
    request.resume();
  }

  #upgrade(answer: IncomingMessage, socket: Duplex, firstBytes: Uint8Array): void {
    const connection = this.#connection;
    const head = this.#readHead(answer);
    if (this.#givenUp || connection === undefined) return void socket.destroy();
    if (head instanceof Refusal) {
      socket.destroy();
      return this.#refuse(head.message);
    }
    this.#state = "answered";
    const { bytes } = this;
    this.#connection = undefined;
    this.#bytes = NO_BYTES;
    this.#events.upgraded(head, connection, firstBytes, bytes);
  }

  #refuse(message: string): void {
    this.#tellFailure({ code: "E_PROTOCOL", message, connected: true });
    this.reset();
  }

  /** What happens to the connection once the answer is whole does not concern the device. */
  #fail(error: Error & { readonly code?: string }): void {
    if (this.#givenUp || this.#state === "answered" || this.#answer?.complete === true) return;
    if (this.#mayRepeat(error)) return this.#repeat();
    if (error.code?.startsWith("HPE_") === true) return this.#refuse(`its answer can't be read (${error.message})`);
    const { code = "E_UNKNOWN", message } = error;
    this.#tellFailure(this.#connection?.failure ?? { code, message, connected: false });
  }

  #tellFailure(failure: ServerFailure): void {
    if (this.#givenUp) return;
    this.#giveUp();
    this.#events.failed(failure);
  }

  /**
   * A kept connection was closed while the request was on its way: asking again on another is safe where asking twice
   * means asking once (RFC 9110, 9.2.2). Each turn uses a kept connection up, so this ends.
   */
  #mayRepeat({ code }: { readonly code?: string }): boolean {
    const { method, framing } = this.#outgoing.head;
    const lost = code === "ECONNRESET" || code === "EPIPE";
    const harmless = framing.kind === "none" && REPEATABLE.has(method);
    return lost && harmless && this.#state === "asking" && this.#proxyRequest?.reusedSocket === true;
  }

  #repeat(): void {
    this.#bytes = this.bytes;
    this.#connection = undefined;
    this.#proxyRequest?.removeAllListeners("close");
    this.#proxyRequest = undefined;
    if (this.#incoming !== undefined) this.begin(this.#incoming);
  }

  #giveUp(): void {
    this.#givenUp = true;
    if (this.#proxyRequest !== undefined) this.#incoming?.request.unpipe(this.#proxyRequest);
  }

  #endConnection(): void {
    if (!this.#closed) this.#connection?.end();
  }

  /** From here on the connection may be another request's. */
  #release(): void {
    if (this.#closed) return;
    this.#bytes = this.bytes;
    this.#closed = true;
    this.#events.closed();
  }
}

/** The request and its response as the HTTP server hands them over, and who brings it to the backend. */
export interface Incoming {
  readonly proxy: httpProxy;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

const NO_BYTES: WireBytes = { received: 0, sent: 0 };

/** Methods that mean the same when repeated. Source: RFC 9110, 9.2.2. */
const REPEATABLE = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/** `http-proxy` calls `util._extend`, of which Node warns from 22 on (DEP0060); nobody here can do anything about it. */
function withoutDeprecations(task: () => void): void {
  const { noDeprecation = false } = process;
  process.noDeprecation = true;
  try {
    task();
  } finally {
    process.noDeprecation = noDeprecation;
  }
}

/** A body may come much later than its head, which the backend is to see. */
function sendHead(proxyRequest: ClientRequest): void {
  if (!proxyRequest.headersSent && !proxyRequest.destroyed) proxyRequest.flushHeaders();
}

/** Sends the head now, since a body may come much later, but in one piece with what has come already. */
function sendTogether(response: ServerResponse): void {
  const { socket } = response;
  socket?.cork();
  response.flushHeaders();
  setImmediate(() => socket?.uncork());
}

function trailerPairs(message: IncomingMessage): [string, string][] {
  return pairUp(message.rawTrailers).map(({ name, value }) => [name, value]);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
