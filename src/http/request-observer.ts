import type { HttpLimits } from "./limits.ts";
import type { Field, HttpEvent, RequestHead } from "./message.ts";
import { type MessageRules, MessageReader, type ObserverState } from "./message-reader.ts";
import { Refusal } from "./refusal.ts";
import { readRequestHead, readRequestLine, type RequestLine } from "./request-head.ts";

/**
 * Reads the requests of one connection as they pass, and clears their bytes once they can be framed in one way only.
 *
 * What follows a request to upgrade is HTTP or not, as its answer says (RFC 9110, 7.8). It is held back until
 * `resolveUpgrade` tells, so that no request can be hidden behind an upgrade that the server refuses.
 */
export class RequestObserver {
  readonly #rules = new RequestRules();
  readonly #reader: MessageReader<RequestHead>;
  #ended = false;

  constructor(limits?: Partial<HttpLimits>) {
    this.#reader = new MessageReader(this.#rules, limits);
  }

  /** Where the direction stands. */
  get state(): ObserverState {
    return this.#reader.state;
  }

  /** Bytes that came in and may not go on yet; what they are part of is limited, and so are they. */
  get heldBytes(): number {
    return this.#reader.heldBytes;
  }

  /** Takes the next bytes of the direction; their memory may be used again once the events are dealt with. */
  push(bytes: Uint8Array): readonly HttpEvent<RequestHead>[] {
    return this.#reader.push(bytes);
  }

  /** Takes the direction's FIN: a fault in the middle of a message. Behind a request to upgrade it waits with the bytes. */
  end(): readonly HttpEvent<RequestHead>[] {
    this.#ended = true;
    return this.#reader.end();
  }

  /**
   * Takes the answer to the last request to upgrade: 101 accepts it, every other final status refuses it. It may come
   * before that request has ended, and does nothing when no request waits for it.
   */
  resolveUpgrade(accepted: boolean): readonly HttpEvent<RequestHead>[] {
    if (this.#rules.upgrade === "asked") this.#rules.upgrade = accepted ? "accepted" : "refused";
    if (this.state !== "upgrade-pending") return [];
    const events = this.#reader.resume(accepted ? "tunnel" : "idle");
    return this.#ended ? [...events, ...this.#reader.end()] : events;
  }
}

type Upgrade = "none" | "asked" | "accepted" | "refused";

const AFTER = { none: "idle", asked: "upgrade-pending", accepted: "tunnel", refused: "idle" } as const;

class RequestRules implements MessageRules<RequestHead> {
  /** What became of the upgrade that the request at hand, or the last one, asked for. */
  upgrade: Upgrade = "none";
  #line = NO_LINE;

  /** RFC 9112, 2.2: old user agents send one after a body. */
  get emptyLineFirst(): boolean {
    return true;
  }

  get faultStatus(): undefined {
    return undefined;
  }

  begin(): undefined {
    return undefined;
  }

  readLine(text: string): Refusal | undefined {
    const line = readRequestLine(text);
    if (line instanceof Refusal) return line;
    this.#line = line;
    return undefined;
  }

  readHead(fields: readonly Field[]): RequestHead | Refusal {
    const head = readRequestHead(this.#line, fields);
    this.#line = NO_LINE;
    if (!(head instanceof Refusal)) this.upgrade = head.upgrade ? "asked" : "none";
    return head;
  }

  end(): "idle" | "upgrade-pending" | "tunnel" {
    return AFTER[this.upgrade];
  }
}

/** What stands between two heads: one for all connections, of which most are there. */
const NO_LINE: RequestLine = { method: "", target: "", minorVersion: 1 };
