import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { connect as connectTls, createSecureContext, type TLSSocket } from "node:tls";

/** How a connection ended as the device's TCP sees it: TLS closed and FIN, FIN alone, or RST. */
export type WireEnd = "close_notify" | "FIN" | "RST";

/** What a device got for what it sent. */
export interface Got {
  /** Decrypted, in latin1. */
  readonly text: string;
  readonly end: WireEnd;
}

/** One for all devices: making it is a good part of a handshake. */
const SECURE_CONTEXT = createSecureContext({ maxVersion: "TLSv1.2" });

/** A device on TLS 1.2, where an alert can be told from data, that looks at its own wire. */
export class WireDevice {
  readonly tls: TLSSocket;
  readonly #wire: Wire;
  #text = "";

  private constructor(wire: Wire, tls: TLSSocket) {
    this.#wire = wire;
    this.tls = tls;
    tls.on("data", (bytes: Buffer) => (this.#text += bytes.toString("latin1")));
    tls.on("error", () => undefined);
  }

  static async connect(port: number): Promise<WireDevice> {
    const raw = connectTcp({ host: "127.0.0.1", port, noDelay: true, allowHalfOpen: true });
    const wire = new Wire(raw);
    const tls = connectTls({ socket: wire, rejectUnauthorized: false, secureContext: SECURE_CONTEXT });
    await once(tls, "secureConnect");
    return new WireDevice(wire, tls);
  }

  send(text: string): void {
    this.tls.write(Buffer.from(text, "latin1"));
  }

  /** Decrypted text so far, in latin1. */
  get text(): string {
    return this.#text;
  }

  /** Waits for the other end's FIN or RST, then closes this one. */
  async ended(): Promise<Got> {
    const end = await this.#wire.ended;
    await new Promise((resolve) => setImmediate(resolve));
    this.tls.destroy();
    return { text: this.#text, end };
  }
}

/** A TCP connection that keeps what came last. */
class Wire extends Duplex {
  readonly ended: Promise<WireEnd>;
  readonly #raw: Socket;
  readonly #records = new Records();

  constructor(raw: Socket) {
    super();
    this.#raw = raw;
    raw.on("data", (bytes) => {
      this.#records.add(bytes);
      this.push(bytes);
    });
    this.ended = new Promise((resolve) => {
      raw.once("end", () => {
        this.push(null);
        resolve(this.#records.lastType === ALERT ? "close_notify" : "FIN");
      });
      raw.once("error", () => {
        resolve("RST");
        this.destroy();
      });
    });
  }

  override _read(): void {
    this.#raw.resume();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#raw.write(bytes, () => done());
  }

  override _final(done: () => void): void {
    this.#raw.end(() => done());
  }

  override _destroy(_error: Error | null, done: () => void): void {
    this.#raw.destroy();
    done();
  }
}

/** TLS records by type, however they are split. Source: RFC 5246, 6.2.1. */
class Records {
  lastType: number | undefined;
  #left = Buffer.alloc(0);

  add(bytes: Buffer): void {
    this.#left = Buffer.concat([this.#left, bytes]);
    while (this.#left.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + this.#left.readUInt16BE(3);
      if (this.#left.length < end) return;
      this.lastType = this.#left[0];
      this.#left = this.#left.subarray(end);
    }
  }
}

const HEADER_BYTES = 5;
const ALERT = 21;
