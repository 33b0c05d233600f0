import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { Random } from "../../src/core/random.ts";
import { portOf } from "./rig.ts";

/** Bytes of one piece at most. */
const LARGEST_PIECE = 4096;

/** How long a flow rests between two pieces, so that hundreds leave the machine some time for other things, in ms. */
const PAUSE_MS = 50;

/** What became of flows that went on all the time. */
export interface SteadyResult {
  readonly flows: number;
  readonly sentBytes: number;
  /** What was not as it was sent, or ended before it should; empty when all is well. */
  readonly faults: readonly string[];
}

/** A server that says back what it hears. */
export async function startEcho(): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => undefined).pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

/** Flows that send pieces, each when the one before it came back, and hold every byte to what was sent. */
export class SteadyFlows {
  readonly #flows: readonly SteadyFlow[];

  private constructor(flows: readonly SteadyFlow[]) {
    this.#flows = flows;
  }

  /** Connects flows to ports in turn; resolves when a first piece came back on each. */
  static async start(ports: readonly number[], count: number, seed: number): Promise<SteadyFlows> {
    const flows = Array.from({ length: count }, (_, index) => {
      return new SteadyFlow(ports[index % ports.length] ?? 0, new Random(seed).fork(`${index}`), `flow ${index}`);
    });
    await Promise.all(flows.map((flow) => flow.begun));
    return new SteadyFlows(flows);
  }

  /** Lets every flow end in order, both ways, and tells what became of them. */
  async finish(): Promise<SteadyResult> {
    const faults = await Promise.all(this.#flows.map((flow) => flow.finish()));
    return {
      flows: this.#flows.length,
      sentBytes: this.#flows.reduce((sum, { sentBytes }) => sum + sentBytes, 0),
      faults: faults.filter((fault) => fault !== undefined),
    };
  }
}

class SteadyFlow {
  readonly begun: Promise<void>;
  sentBytes = 0;
  readonly #socket: Socket;
  readonly #random: Random;
  readonly #name: string;
  readonly #ended: Promise<void>;
  #awaited: Buffer = Buffer.alloc(0);
  #fault: string | undefined;
  #finishing = false;
  #next: NodeJS.Timeout | undefined;

  constructor(port: number, random: Random, name: string) {
    this.#random = random;
    this.#name = name;
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    this.#socket = socket;
    this.begun = new Promise((resolve) => socket.once("data", () => resolve()));
    this.#ended = new Promise((resolve) => {
      socket.once("end", resolve).once("close", resolve);
    });
    socket.on("error", (error) => this.#fail(error.message));
    socket.on("end", () => this.#finishing || this.#fail("it was ended"));
    socket.on("data", (bytes: Buffer) => this.#heard(bytes));
    socket.once("connect", () => this.#say());
  }

  async finish(): Promise<string | undefined> {
    this.#finishing = true;
    clearTimeout(this.#next);
    if (this.#awaited.length === 0) this.#socket.end();
    await this.#ended;
    if (this.#awaited.length > 0) this.#fail(`${this.#awaited.length} bytes never came back`);
    this.#socket.destroy();
    return this.#fault;
  }

  #say(): void {
    const length = this.#random.integer(1, LARGEST_PIECE);
    this.#awaited = Buffer.from(Uint8Array.from({ length }, () => this.#random.integer(0, 255)));
    this.sentBytes += length;
    this.#socket.write(this.#awaited);
  }

  #heard(bytes: Buffer): void {
    if (!bytes.equals(this.#awaited.subarray(0, bytes.length))) return this.#fail("other bytes came back");
    this.#awaited = this.#awaited.subarray(bytes.length);
    if (this.#awaited.length > 0) return;
    if (this.#finishing) this.#socket.end();
    else this.#next = setTimeout(() => this.#say(), PAUSE_MS);
  }

  #fail(what: string): void {
    this.#fault ??= `${this.#name}: ${what}`;
    this.#socket.destroy();
  }
}

/** The address of an echo server, as a listener names its target. */
export function echoTarget(server: Server): string {
  return `127.0.0.1:${portOf(server)}`;
}
