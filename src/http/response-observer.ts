import { Fifo } from "../core/fifo.ts";
import type { HttpLimits } from "./limits.ts";
import type { Field, HttpEvent, ResponseHead } from "./message.ts";
import { MessageReader, type MessageRules, type ObserverState } from "./message-reader.ts";
import { Refusal } from "./refusal.ts";
import { type ExpectedRequest, readResponseHead, readStatusLine, type StatusLine } from "./response-head.ts";

/**
 * Reads the responses of one connection as they pass, and clears their bytes once they can be framed in one way only.
 * It is told of each request, since the end of a response depends on what was asked (RFC 9112, 6.3). Every fault
 * carries status 502: it is the server's.
 */
export class ResponseObserver {
  readonly #rules = new ResponseRules();
  readonly #reader: MessageReader<ResponseHead>;

  constructor(limits?: Partial<HttpLimits>) {
    this.#reader = new MessageReader(this.#rules, limits);
  }

  /** Where the direction stands; never behind a request to upgrade, as its own 101 decides. */
  get state(): ObserverState {
    return this.#reader.state;
  }

  /** Bytes that came in and may not go on yet; what they are part of is limited, and so are they. */
  get heldBytes(): number {
    return this.#reader.heldBytes;
  }

  /** Requests whose final response has not ended. An interim one (1xx but 101) settles nothing. */
  get outstanding(): number {
    return this.#rules.outstanding;
  }

  /**
   * Takes note of a request, in the order sent, before any byte of its response is pushed. The object is kept until that
   * has ended: it should not be a whole head.
   */
  expect(request: ExpectedRequest): void {
    this.#rules.expect(request);
  }

  /** Takes the next bytes of the direction; their memory may be used again once the events are dealt with. */
  push(bytes: Uint8Array): readonly HttpEvent<ResponseHead>[] {
    return this.#reader.push(bytes);
  }

  /**
   * Takes the direction's FIN: the end of a body that lasts until then, and a fault in the middle of any other message.
   * Between messages it is nothing here, whatever is outstanding.
   */
  end(): readonly HttpEvent<ResponseHead>[] {
    return this.#reader.end();
  }
}

class ResponseRules implements MessageRules<ResponseHead> {
  readonly #requests = new Fifo<ExpectedRequest>();
  /** The request that the response at hand answers. */
  #request = NO_REQUEST;
  #line = NO_LINE;

  get emptyLineFirst(): boolean {
    return false;
  }

  get faultStatus(): number {
    return 502;
  }

  get outstanding(): number {
    return this.#requests.length;
  }

  expect(request: ExpectedRequest): void {
    this.#requests.push(request);
  }

  begin(): Refusal | undefined {
    const request = this.#requests.first;
    if (request === undefined) return new Refusal(502, "The server answers though nothing was asked.");
    this.#request = request;
    return undefined;
  }

  readLine(text: string): Refusal | undefined {
    const line = readStatusLine(text);
    if (line instanceof Refusal) return line;
    this.#line = line;
    return undefined;
  }

  readHead(fields: readonly Field[]): ResponseHead | Refusal {
    return readResponseHead(this.#line, fields, this.#request);
  }

  /** An interim response leaves its request unanswered (RFC 9110, 15.2); 101 ends HTTP on the connection. */
  end(): "idle" | "tunnel" {
    const { status } = this.#line;
    this.#request = NO_REQUEST;
    this.#line = NO_LINE;
    if (status >= 200 || status === 101) this.#requests.shift();
    return status === 101 ? "tunnel" : "idle";
  }
}

/** What stands between two messages: one for all connections, of which most are there. */
const NO_REQUEST: ExpectedRequest = { method: "", upgrade: false };
const NO_LINE: StatusLine = { status: 0, reason: "", minorVersion: 1 };
