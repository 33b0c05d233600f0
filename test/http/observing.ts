import type { Field, HttpEvent, HttpFault, RequestHead, ResponseHead } from "../../src/http/message.ts";

/** One message as an observer told it. */
export interface ToldMessage<Head> {
  readonly head: Head;
  body: string;
  trailers: readonly Field[] | undefined;
}

/** All that an observer told of a stream, in a form that does not depend on how the stream was split. */
export interface Told<Head> {
  passed: string;
  readonly messages: ToldMessage<Head>[];
  fault: HttpFault | undefined;
  /** The first thing that was told in an order, or of bytes, that it must not be told in. */
  disorder: string | undefined;
}

/** The two observers, as far as they are alike. */
export interface Observer<Head> {
  push(bytes: Uint8Array): readonly HttpEvent<Head>[];
  end(): readonly HttpEvent<Head>[];
  readonly heldBytes: number;
}

/** Collects what is told, and looks after its order. */
export class Listener<Head = RequestHead | ResponseHead> {
  readonly told: Told<Head> = { passed: "", messages: [], fault: undefined, disorder: undefined };
  #open = false;

  /** Takes the events of one call. */
  take(events: readonly HttpEvent<Head>[]): void {
    const bytes = events.flatMap((event) => (event.kind === "bytes" ? [event.bytes] : []));
    for (const event of events) this.#takeOne(event, bytes);
  }

  #takeOne(event: HttpEvent<Head>, told: readonly Uint8Array[]): void {
    if (this.told.fault !== undefined) this.told.disorder ??= `${event.kind} after a fault`;
    const message = this.told.messages.at(-1);
    switch (event.kind) {
      case "head":
        if (this.#open) this.told.disorder ??= "head in a message";
        this.#open = true;
        this.told.messages.push({ head: event.head, body: "", trailers: undefined });
        break;
      case "bytes":
        if (event.bytes.length === 0) this.told.disorder ??= "no bytes";
        this.told.passed += latin1(event.bytes);
        break;
      case "body":
        if (!this.#open || message === undefined) this.told.disorder ??= "body outside a message";
        else message.body += latin1(event.bytes);
        if (!told.some((bytes) => isWithin(event.bytes, bytes))) this.told.disorder ??= "body that is no view of bytes";
        break;
      case "end":
        if (!this.#open || message === undefined) this.told.disorder ??= "end outside a message";
        else message.trailers = event.trailers;
        this.#open = false;
        break;
      case "fault":
        this.told.fault = event.fault;
        break;
    }
  }
}

/** Pushes the pieces, each in memory that is written over afterwards, and then the FIN. */
export function observe<Head>(
  observer: Observer<Head>,
  pieces: readonly Uint8Array[],
  { afterPush, fin = true }: { afterPush?: (listener: Listener<Head>) => void; fin?: boolean } = {},
): Told<Head> {
  const listener = new Listener<Head>();
  for (const piece of pieces) {
    const memory = Uint8Array.from(piece);
    listener.take(observer.push(memory));
    memory.fill(0xaa);
    afterPush?.(listener);
  }
  if (fin) listener.take(observer.end());
  return listener.told;
}

/** Bytes of a text whose characters are bytes. */
export function bytesOf(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

/** The text whose characters are these bytes. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

/** Every byte a piece of its own. */
export function byteByByte(bytes: Uint8Array): readonly Uint8Array[] {
  return Array.from(bytes, (byte) => Uint8Array.of(byte));
}

/** Pieces that end at the given places, in any order, and more than once or beyond the end if they like. */
export function splitAt(bytes: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  const ends = [...places.filter((place) => place < bytes.length), bytes.length].sort((a, b) => a - b);
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

function isWithin(inner: Uint8Array, outer: Uint8Array): boolean {
  return (
    inner.buffer === outer.buffer &&
    inner.byteOffset >= outer.byteOffset &&
    inner.byteOffset + inner.length <= outer.byteOffset + outer.length
  );
}
