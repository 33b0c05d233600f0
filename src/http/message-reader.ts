import { readChunkLine } from "./chunk-line.ts";
import { readFieldLines } from "./field-lines.ts";
import { judgeTrailers } from "./framing.ts";
import { Input } from "./input.ts";
import { DEFAULT_LIMITS, type HttpLimits } from "./limits.ts";
import type { Field, Framing, HttpEvent } from "./message.ts";
import { Refusal } from "./refusal.ts";

/** Where a direction stands: between messages, in one, behind a request to upgrade, or no longer in HTTP. */
export type ObserverState = "idle" | "head" | "body" | "upgrade-pending" | "tunnel" | "faulted";

/** What sets the messages of one direction apart from those of the other; told of one message at a time. */
export interface MessageRules<Head> {
  /** One empty line may stand before the start line. */
  readonly emptyLineFirst: boolean;
  /** Status of every fault; `undefined` leaves each its own. */
  readonly faultStatus: number | undefined;
  /** Says why no message may begin now. */
  begin(): Refusal | undefined;
  /** Reads the start line, its end included. */
  readLine(line: string): Refusal | undefined;
  /** Makes the head of that line and these fields. */
  readHead(fields: readonly Field[]): Head | Refusal;
  /** Says what follows the message that ended. */
  end(): "idle" | "upgrade-pending" | "tunnel";
}

/**
 * Reads the messages of one direction, told apart only by its rules (RFC 9112, 2.1):
 *
 * - `idle` to `line` at a message's first byte, past an empty line; to `fields` after the start line.
 * - `fields` at the empty line to the end, `length`, `chunk-line` or `until-close`, as the head is framed (6.3).
 * - `chunk-line` to `chunk`, `chunk` to `chunk-end`, that to `chunk-line`; after the last chunk `trailers`, then the end.
 * - The end to `idle`, `upgrade-pending` or `tunnel`, as the rules say; only the rules' owner leads on from the second.
 * - Any of them to `faulted`, for good.
 *
 * Heads, lines of chunks and trailers are read line by line as they come, so that a fault does not depend on how the
 * bytes are split; they go on only as a whole. What can go on together does, at the end of a message or of a push:
 * content is told before the bytes that hold it.
 */
export class MessageReader<Head extends { readonly framing: Framing }> {
  readonly #rules: MessageRules<Head>;
  readonly #limits: HttpLimits;
  readonly #input = new Input();
  #phase: Phase = "idle";
  #fields = NO_FIELDS;
  /** Where the head or trailer section at hand begins. */
  #sectionOffsetBytes = 0;
  /** Bytes that it may still take. */
  #sectionBytes = 0;
  /** Bytes that the body or the chunk still has. */
  #contentBytes = 0;

  constructor(rules: MessageRules<Head>, limits?: Partial<HttpLimits>) {
    this.#rules = rules;
    this.#limits = limits === undefined ? DEFAULT_LIMITS : { ...DEFAULT_LIMITS, ...limits };
  }

  get state(): ObserverState {
    return STATES[this.#phase];
  }

  /** Bytes that came in and were not cleared. */
  get heldBytes(): number {
    return this.#input.heldBytes;
  }

  push(bytes: Uint8Array): readonly HttpEvent<Head>[] {
    this.#input.append(bytes);
    return this.#run();
  }

  /** The direction's FIN: it ends a body that lasts until then, and is a fault in any other message. */
  end(): readonly HttpEvent<Head>[] {
    const events: HttpEvent<Head>[] = [];
    const { unread } = this.#input;
    if (this.#phase === "until-close") this.#end(events, END);
    else if (this.#phase === "idle" && unread !== 1) this.#input.take(unread);
    else if (!UNCUT.has(this.#phase)) this.#fail(events, new Refusal(400, CUT, unread));
    return this.#finish(events);
  }

  /** Goes on behind a request to upgrade: in HTTP, or past it. */
  resume(phase: "idle" | "tunnel"): readonly HttpEvent<Head>[] {
    this.#phase = phase;
    return this.#run();
  }

  #run(): readonly HttpEvent<Head>[] {
    const events: HttpEvent<Head>[] = [];
    while (this.#step(events));
    return this.#finish(events);
  }

  #finish(events: HttpEvent<Head>[]): readonly HttpEvent<Head>[] {
    this.#tell(events);
    this.#input.settle();
    return events;
  }

  /** Does what the phase can do with the bytes at hand; `true` when the next phase may have more to do. */
  #step(events: HttpEvent<Head>[]): boolean {
    switch (this.#phase) {
      case "idle":
        return this.#begin(events);
      case "line":
        return this.#readLine(events);
      case "fields":
        return this.#readHead(events);
      case "length":
        return this.#readContent(events) && this.#end(events, END);
      case "chunk-line":
        return this.#readChunkLine(events);
      case "chunk":
        return this.#readContent(events) && this.#go("chunk-end");
      case "chunk-end":
        return this.#readChunkEnd(events);
      case "trailers":
        return this.#readTrailers(events);
      case "until-close":
        this.#contentBytes = this.#input.unread;
        return this.#readContent(events);
      case "upgrade-pending":
        return this.#hold(events);
      case "tunnel":
        this.#input.take(this.#input.unread);
        return false;
      case "faulted":
        this.#input.drop();
        return false;
    }
  }

  #begin(events: HttpEvent<Head>[]): boolean {
    const emptyLineBytes = this.#rules.emptyLineFirst ? this.#input.emptyLineBytes() : 0;
    if (emptyLineBytes === this.#input.unread) return false;
    const refusal = this.#rules.begin();
    if (refusal !== undefined) return this.#fail(events, refusal);
    if (emptyLineBytes === 2) this.#input.skip(2);
    this.#beginSection(this.#limits.headBytes);
    return this.#go("line");
  }

  #readLine(events: HttpEvent<Head>[]): boolean {
    const limitBytes = Math.min(this.#limits.startLineBytes, this.#limits.headBytes);
    const line = this.#input.line(limitBytes);
    if (line === undefined) return this.#wait(events, limitBytes, 414, "start line");
    const refusal = this.#rules.readLine(line);
    if (refusal !== undefined) return this.#fail(events, refusal);
    this.#skipInSection(line.length);
    return this.#go("fields");
  }

  #readHead(events: HttpEvent<Head>[]): boolean {
    if (!this.#readFields(events, "head")) return false;
    const head = this.#rules.readHead(this.#fields);
    if (head instanceof Refusal) return this.#fail(events, head, this.#sectionOffsetBytes);
    this.#input.clear();
    events.push({ kind: "head", head });
    return this.#beginBody(events, head.framing);
  }

  #beginBody(events: HttpEvent<Head>[], framing: Framing): boolean {
    switch (framing.kind) {
      case "none":
        return this.#end(events, END);
      case "length":
        this.#contentBytes = framing.lengthBytes;
        return framing.lengthBytes === 0 ? this.#end(events, END) : this.#go("length");
      case "chunked":
        return this.#go("chunk-line");
      case "until-close":
        return this.#go("until-close");
    }
  }

  /** `true` when the content that is due has come whole. */
  #readContent(events: HttpEvent<Head>[]): boolean {
    if (this.#input.unread === 0) return false;
    const bytes = this.#input.take(this.#contentBytes);
    this.#contentBytes -= bytes.length;
    events.push({ kind: "body", bytes });
    return this.#contentBytes === 0;
  }

  #readChunkLine(events: HttpEvent<Head>[]): boolean {
    const line = this.#input.line(this.#limits.chunkLineBytes);
    if (line === undefined) return this.#wait(events, this.#limits.chunkLineBytes, 400, "line of a chunk's size");
    const sizeBytes = readChunkLine(line);
    if (sizeBytes instanceof Refusal) return this.#fail(events, sizeBytes);
    this.#input.take(line.length);
    if (sizeBytes > 0) {
      this.#contentBytes = sizeBytes;
      return this.#go("chunk");
    }
    this.#beginSection(this.#limits.trailerBytes);
    return this.#go("trailers");
  }

  #readChunkEnd(events: HttpEvent<Head>[]): boolean {
    const emptyLineBytes = this.#input.emptyLineBytes();
    if (emptyLineBytes === 2) {
      this.#input.take(2);
      return this.#go("chunk-line");
    }
    if (emptyLineBytes === this.#input.unread) return false;
    return this.#fail(events, new Refusal(400, "A chunk is longer than its size says; CR LF is expected."));
  }

  #readTrailers(events: HttpEvent<Head>[]): boolean {
    if (!this.#readFields(events, "trailer section")) return false;
    const refusal = judgeTrailers(this.#fields);
    if (refusal !== undefined) return this.#fail(events, refusal, this.#sectionOffsetBytes);
    this.#input.clear();
    return this.#end(events, this.#fields.length === 0 ? END : { kind: "end", trailers: this.#fields });
  }

  /** Reads the field lines at hand and the empty line behind them; `true` when that has come. */
  #readFields(events: HttpEvent<Head>[], section: string): boolean {
    for (let text = this.#lines(); text !== ""; text = this.#lines()) {
      const read = readFieldLines(text, this.#fields, this.#limits.fieldCount);
      if (read instanceof Refusal) return this.#fail(events, read);
      const complete = read < text.length;
      this.#skipInSection(complete ? read + 2 : read);
      if (complete) return true;
    }
    return this.#wait(events, this.#sectionBytes, 431, section);
  }

  #lines(): string {
    return this.#input.lines(this.#sectionBytes);
  }

  /** Waits for the rest of what is limited, unless the limit is reached. */
  #wait(events: HttpEvent<Head>[], leftBytes: number, status: number, what: string): false {
    if (this.#input.unread < leftBytes) return false;
    return this.#fail(events, new Refusal(status, `The ${what} is larger than is accepted.`, leftBytes));
  }

  #hold(events: HttpEvent<Head>[]): false {
    if (this.#input.unread <= this.#limits.upgradeBytes) return false;
    return this.#fail(events, new Refusal(400, "Too much follows a request to upgrade that is not answered yet."));
  }

  /** Lets go of the head's fields too: the connection may be parked for long now. */
  #end(events: HttpEvent<Head>[], end: HttpEvent<Head>): boolean {
    this.#tell(events);
    events.push(end);
    this.#fields = NO_FIELDS;
    return this.#go(this.#rules.end());
  }

  #fail(events: HttpEvent<Head>[], refusal: Refusal, fromBytes = this.#input.offsetBytes): false {
    this.#tell(events);
    const status = this.#rules.faultStatus ?? refusal.status;
    const offsetBytes = fromBytes + refusal.index;
    events.push({ kind: "fault", fault: { status, message: refusal.message, offsetBytes } });
    this.#input.drop();
    this.#phase = "faulted";
    return false;
  }

  #tell(events: HttpEvent<Head>[]): void {
    const bytes = this.#input.tell();
    if (bytes !== undefined) events.push({ kind: "bytes", bytes });
  }

  #beginSection(limitBytes: number): void {
    this.#sectionOffsetBytes = this.#input.offsetBytes;
    this.#sectionBytes = limitBytes;
    this.#fields = [];
  }

  #skipInSection(sizeBytes: number): void {
    this.#input.skip(sizeBytes);
    this.#sectionBytes -= sizeBytes;
  }

  #go(phase: Phase): true {
    this.#phase = phase;
    return true;
  }
}

const STATES = {
  idle: "idle",
  line: "head",
  fields: "head",
  length: "body",
  "chunk-line": "body",
  chunk: "body",
  "chunk-end": "body",
  trailers: "body",
  "until-close": "body",
  "upgrade-pending": "upgrade-pending",
  tunnel: "tunnel",
  faulted: "faulted",
} as const satisfies Record<string, ObserverState>;

type Phase = keyof typeof STATES;

/** Phases in which a FIN cuts no message off. */
const UNCUT: ReadonlySet<Phase> = new Set<Phase>(["upgrade-pending", "tunnel", "faulted"]);

const CUT = "The connection ended in the middle of a message.";

/** Stands where no fields are kept; nothing is written to it. */
const NO_FIELDS: Field[] = [];

const END = { kind: "end", trailers: [] } as const;
