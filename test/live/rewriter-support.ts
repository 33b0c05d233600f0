import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect as connectTcp, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { connect as connectTls, createSecureContext, createServer as createTlsServer } from "node:tls";
import httpProxy from "http-proxy";
import { ResponseObserver } from "../../src/http/response-observer.ts";
import type { Field, ResponseHead } from "../../src/http/message.ts";
import { keyPem } from "../../src/live/certificates.ts";
import type { ProxyOptions } from "../../src/live/proxy.ts";
import { RealScheduler } from "../../src/live/real-scheduler.ts";
import { Rewriter, type RewriterOptions } from "../../src/live/rewriter.ts";
import { parseTarget } from "../../src/live/target.ts";
import { testIdentity } from "../support/identity.ts";
import { type Rig, startRig } from "../support/rig.ts";

/** Something that listens and that devices of a test connect to. */
export interface Entrance {
  readonly port: number;
  stop(): Promise<void>;
}

/** A rewriter behind a proxy, with all that the proxy told. */
export interface RewriterRig extends Entrance {
  readonly rig: Rig;
}

/** Starts a proxy that rewrites, by default toward `http://127.0.0.1:targetPort` for every path. */
export async function startRewriter(
  targetPort: number,
  rewrite: Partial<RewriterOptions> = {},
  proxy: Partial<ProxyOptions> = {},
): Promise<RewriterRig> {
  const scheduler = proxy.scheduler ?? new RealScheduler();
  const target = parseTarget(`http://127.0.0.1:${targetPort}`);
  const rewriter = new Rewriter({ backends: [{ prefix: "/", target, host: "kept" }], scheduler, ...rewrite });
  const makeHandler: ProxyOptions["makeHandler"] = (watcher) => rewriter.handler(watcher);
  const rig = await startRig(targetPort, { ...proxy, scheduler, makeHandler });
  const stop = async (): Promise<void> => {
    await rig.stop();
    if (scheduler instanceof RealScheduler) scheduler.stop();
    rewriter.stop();
  };
  return { rig, port: rig.proxy.port, stop };
}

/** Starts `http-proxy` as its README shows it, behind TLS: what the rewriter's guards are measured against. */
export async function startBareProxy(targetPort: number, options: httpProxy.ServerOptions = {}): Promise<Entrance> {
  const { leaf } = await testIdentity();
  const proxy = httpProxy.createProxyServer({ target: `http://127.0.0.1:${targetPort}`, ...options });
  proxy.on("error", (_error, _request, response) => {
    if ("writeHead" in response && !response.headersSent) response.writeHead(502);
    response.end();
  });
  const http = createServer((request, response) => proxy.web(request, response));
  http.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => proxy.ws(request, socket, head));
  const tls = createTlsServer({ cert: leaf.certificate.toString(), key: keyPem(leaf.key) }, (socket) => {
    socket.on("error", () => undefined);
    http.emit("connection", socket);
  });
  return listen(tls);
}

/** Starts an HTTP server whose handler sees Node's own objects. */
export async function startHttp(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Entrance & { readonly server: Server }> {
  const server = createServer(handler);
  return { ...(await listen(server)), server };
}

async function listen(server: Server | ReturnType<typeof createTlsServer>): Promise<Entrance> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("the server does not listen on TCP");
  return {
    port: address.port,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An answer as a device has read it. */
export interface Answer {
  readonly head: ResponseHead;
  readonly body: string;
  readonly trailers: readonly Field[];
}

/** What a device's connection came to. */
export type DeviceEnd = "fin" | "cut" | "reset";

/** A device that writes bytes and reads answers strictly. */
export class TestDevice {
  /** What the device writes to and reads from. */
  readonly socket: Socket;
  /** The TCP connection below TLS, or the same where there is none. */
  readonly raw: Socket;
  readonly #wire: WireLog | undefined;
  /** Interim and final answers that are whole. */
  readonly answers: Answer[] = [];
  /** All bytes that came. */
  received = "";
  /** The head of an answer that is not whole yet. */
  head: ResponseHead | undefined;
  /** How the connection ended: in order, without close_notify, or by an RST. */
  end: DeviceEnd | undefined;
  fault: string | undefined;
  readonly #observer = new ResponseObserver();
  #body: Uint8Array[] = [];
  readonly #onChange: (() => void)[] = [];

  private constructor(raw: Socket, wire: WireLog | undefined) {
    const socket =
      wire === undefined ? raw : connectTls({ socket: wire, rejectUnauthorized: false, secureContext: DEVICE_CONTEXT });
    this.raw = raw;
    this.#wire = wire;
    this.socket = socket;
    socket.on("data", (bytes: Buffer) => {
      this.received += bytes.toString("latin1");
      this.#read(this.#observer.push(bytes));
    });
    socket.on("error", () => undefined);
    socket.once("end", () => {
      this.#read(this.#observer.end());
      socket.end();
    });
    socket.once("close", () => {
      this.end = this.#wire?.seenEnd ?? "fin";
      this.#changed();
    });
  }

  static async connect(port: number): Promise<TestDevice> {
    const raw = connectTcp({ host: "127.0.0.1", port, allowHalfOpen: true, noDelay: true });
    const device = new TestDevice(raw, new WireLog(raw));
    await once(device.socket, "secureConnect");
    return device;
  }

  /** A device without TLS, for a server without it. */
  static async connectPlain(port: number): Promise<TestDevice> {
    const raw = connectTcp({ host: "127.0.0.1", port, allowHalfOpen: true, noDelay: true });
    await once(raw, "connect");
    return new TestDevice(raw, undefined);
  }

  /** Sends bytes as one request; what it is must be said, as answers depend on it. */
  send(bytes: string | Uint8Array, expected: { readonly method?: string; readonly upgrade?: boolean } = {}): void {
    this.#observer.expect({ method: expected.method ?? "GET", upgrade: expected.upgrade ?? false });
    this.more(bytes);
  }

  /** Sends more bytes of a request. */
  more(bytes: string | Uint8Array): void {
    this.socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  }

  /** Resolves when that is so; what the device has learnt by then is told when it takes too long. */
  async until(isSo: (device: this) => boolean): Promise<void> {
    const giveUpAt = performance.now() + 10_000;
    const patience = setTimeout(() => this.#changed(), 10_100);
    while (!isSo(this)) {
      if (performance.now() >= giveUpAt) throw new Error(`after 10 s: ${this.#state()}`);
      await new Promise<void>((resolve) => this.#onChange.push(resolve));
    }
    clearTimeout(patience);
  }

  /** The next final answer. */
  async answer(): Promise<Answer> {
    const seen = this.answers.filter(isFinal).length;
    await this.until(() => this.answers.filter(isFinal).length > seen || this.end !== undefined);
    const answer = this.answers.filter(isFinal)[seen];
    if (answer === undefined) throw new Error(`no answer: ${this.#state()}`);
    return answer;
  }

  /** Sends one request and takes its answer. */
  async ask(bytes: string | Uint8Array, expected: { readonly method?: string } = {}): Promise<Answer> {
    this.send(bytes, expected);
    return this.answer();
  }

  #state(): string {
    const statuses = this.answers.map((answer) => answer.head.status).join(" ");
    return `end ${this.end ?? "-"}, fault ${this.fault ?? "-"}, answers ${statuses}, ${this.received.length} bytes`;
  }

  #read(events: ReturnType<ResponseObserver["push"]>): void {
    for (const event of events) {
      if (event.kind === "head") this.head = event.head;
      else if (event.kind === "body") this.#body.push(event.bytes);
      else if (event.kind === "fault") this.fault = event.fault.message;
      else if (event.kind === "end" && this.head !== undefined) {
        const body = Buffer.concat(this.#body).toString("latin1");
        this.answers.push({ head: this.head, body, trailers: event.trailers });
        this.head = undefined;
        this.#body = [];
      }
    }
    this.#changed();
  }

  #changed(): void {
    for (const resolve of this.#onChange.splice(0)) resolve();
  }
}

/** One for all devices: making it is a good part of a handshake. */
const DEVICE_CONTEXT = createSecureContext({ maxVersion: "TLSv1.2" });

/** The content type of a TLS alert such as close_notify, which TLS 1.2 shows on the wire. Source: RFC 5246, 6.2.1. */
const ALERT = 21;

/** A TCP connection below TLS that remembers how the other side ended it. */
class WireLog extends Duplex {
  readonly raw: Socket;
  #unread = Buffer.alloc(0);
  #lastRecordType: number | undefined;
  #reset = false;

  constructor(raw: Socket) {
    super({ allowHalfOpen: true });
    this.raw = raw;
    raw.on("data", (bytes: Buffer) => {
      this.#note(bytes);
      if (!this.push(bytes)) raw.pause();
    });
    raw.once("end", () => this.push(null));
    raw.on("error", (error) => {
      this.#reset = true;
      this.destroy(error);
    });
    raw.once("close", () => this.destroy());
  }

  /** What the other side did, once the connection is gone. */
  get seenEnd(): DeviceEnd {
    if (this.#lastRecordType === ALERT) return "fin";
    return this.#reset ? "reset" : "cut";
  }

  override _read(): void {
    this.raw.resume();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.raw.write(bytes, done);
  }

  override _final(done: () => void): void {
    this.raw.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.raw.destroy();
    done(error);
  }

  #note(bytes: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, bytes]);
    while (this.#unread.length >= 5) {
      const endsAt = 5 + this.#unread.readUInt16BE(3);
      if (this.#unread.length < endsAt) return;
      this.#lastRecordType = this.#unread[0];
      this.#unread = this.#unread.subarray(endsAt);
    }
  }
}

function isFinal(answer: Answer): boolean {
  return answer.head.status >= 200 || answer.head.status === 101;
}

/** Resolves when that is so; for what no event tells, such as a count in another process's kernel. */
export async function eventually(isSo: () => boolean, what: string): Promise<void> {
  const giveUpAt = performance.now() + 20_000;
  while (!isSo()) {
    if (performance.now() > giveUpAt) throw new Error(`still not so: ${what}`);
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
