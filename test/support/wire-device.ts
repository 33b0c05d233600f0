import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { connect as connectTls, type ConnectionOptions, createSecureContext, type TLSSocket } from "node:tls";
import { Changes } from "./changes.ts";
import { testIdentity } from "./identity.ts";

/** What reached a device's TCP socket. */
export interface Arrival {
  readonly kind: "bytes" | "fin" | "rst";
  readonly at: number;
}

/**
 * A device whose TCP socket is watched: TLS stands on a stream of ours, so that every byte, FIN and RST that arrives is
 * seen apart from what TLS makes of it. A FIN is not told to TLS: its end is a close_notify and nothing else.
 */
export class WireDevice {
  readonly raw: Socket;
  readonly tls: TLSSocket;
  readonly changes = new Changes();
  readonly arrivals: Arrival[] = [];
  /** Why TLS broke, as Node's error code. */
  tlsError: string | undefined;
  closeNotified = false;
  readonly #wire: Wire;
  #text = "";

  constructor(raw: Socket, options: ConnectionOptions, allowedBytes: number) {
    this.raw = raw;
    const wire = new Wire(raw, allowedBytes);
    this.#wire = wire;
    raw.on("data", (bytes: Buffer) => {
      this.#note("bytes");
      wire.push(bytes);
      this.changes.tell();
    });
    raw.once("end", () => this.#note(raw.writableEnded || isConnected(raw) ? "fin" : "rst"));
    raw.on("error", () => this.#note("rst"));
    this.tls = connectTls({ ...options, socket: wire });
    this.tls.on("data", (bytes: Buffer) => {
      this.#text += bytes.toString("latin1");
      this.changes.tell();
    });
    this.tls.once("end", () => {
      this.closeNotified = true;
      this.changes.tell();
    });
    this.tls.on("error", (error: Error & { readonly code?: string }) => {
      this.tlsError = error.code ?? error.message;
      this.changes.tell();
    });
  }

  /** All that was decrypted so far. */
  get text(): string {
    return this.#text;
  }

  /** The kinds of what arrived after that many arrivals, bytes that follow one another counted once. */
  kinds(from = 0): readonly Arrival["kind"][] {
    return this.arrivals.slice(from).flatMap(({ kind }, index, all) => (all[index - 1]?.kind === kind ? [] : [kind]));
  }

  /** Sends through TLS. */
  send(text: string | Uint8Array): void {
    this.tls.write(text);
  }

  /** Sends what was held back, that many bytes of it or all. */
  letGo(sizeBytes = Infinity): void {
    this.#wire.letGo(sizeBytes);
  }

  async secured(): Promise<void> {
    if (!this.tls.authorized) await once(this.tls, "secureConnect");
  }

  async until(holds: () => boolean): Promise<void> {
    await this.changes.until(holds);
  }

  /** Waits for the connection's end on the wire, and tells which it was. */
  async ended(): Promise<"fin" | "rst"> {
    await this.until(() => this.arrivals.some(({ kind }) => kind !== "bytes"));
    return this.arrivals.some(({ kind }) => kind === "rst") ? "rst" : "fin";
  }

  #note(kind: Arrival["kind"]): void {
    this.arrivals.push({ kind, at: performance.now() });
    this.changes.tell();
  }
}

/**
 * Connects a device to a proxy on loopback, TLS not yet done.
 * @param allowedBytes how much of what TLS writes is sent before `letGo`
 */
export async function connectDevice(
  port: number,
  options: ConnectionOptions = {},
  allowedBytes = Infinity,
): Promise<WireDevice> {
  const { authority, trusting } = await testIdentity();
  const isPlain = Object.keys(options).length === 0;
  const secureContext = isPlain ? trusting : createSecureContext({ ca: authority.certificate.toString(), ...options });
  const raw = connectTcp({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
  await once(raw, "connect");
  return new WireDevice(raw, { servername: "localhost", ...options, secureContext }, allowedBytes);
}

/** Connects a device and does TLS. */
export async function secureDevice(port: number, options: ConnectionOptions = {}): Promise<WireDevice> {
  const device = await connectDevice(port, options);
  await device.secured();
  return device;
}

/**
 * Whether TCP is still there when an end of stream is told. Node tells an RST that it finds together with data as an
 * end; the kernel then has no peer to name any more. Only for a socket whose own side has not ended.
 */
export function isConnected(socket: Socket): boolean {
  return socket.remoteAddress !== undefined;
}

class Wire extends Duplex {
  readonly #raw: Socket;
  #held = Buffer.alloc(0);
  #allowedBytes: number;

  constructor(raw: Socket, allowedBytes: number) {
    super();
    this.#raw = raw;
    this.#allowedBytes = allowedBytes;
  }

  letGo(sizeBytes: number): void {
    this.#allowedBytes += sizeBytes;
    this.#send();
  }

  override _read(): void {
    // Bytes are pushed as they come.
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#held = Buffer.concat([this.#held, bytes]);
    this.#send();
    done();
  }

  #send(): void {
    const sent = this.#held.subarray(0, this.#allowedBytes);
    this.#held = this.#held.subarray(sent.length);
    this.#allowedBytes -= sent.length;
    if (sent.length > 0 && this.#raw.writable) this.#raw.write(sent);
  }
}
