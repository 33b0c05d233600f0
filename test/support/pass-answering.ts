import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import { portOf } from "./rig.ts";

/** A request that a server has got whole. */
export interface GotRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly response: ServerResponse;
}

/** An HTTP server whose answers are given by the test, request by request. */
export class AnsweringServer {
  readonly requests: GotRequest[] = [];
  readonly #server: Server;
  #earlyStatus: number | undefined;

  constructor() {
    this.#server = createServer({ requestTimeout: 0 }, (request, response) => {
      if (this.#earlyStatus !== undefined) response.writeHead(this.#earlyStatus).end();
      const pieces: Buffer[] = [];
      request.on("data", (piece: Buffer) => pieces.push(piece));
      request.on("error", () => undefined);
      response.on("error", () => undefined);
      request.on("end", () => {
        const { method = "", url = "", headers } = request;
        this.requests.push({ method, url, headers, body: Buffer.concat(pieces), response });
      });
    });
  }

  /** Answers requests from now on with that status as soon as their heads are there. */
  answerEarly(status: number): void {
    this.#earlyStatus = status;
  }

  get port(): number {
    return portOf(this.#server);
  }

  async start(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  /** The latest request. */
  get latest(): GotRequest {
    const latest = this.requests.at(-1);
    if (latest === undefined) throw new Error("no request has come");
    return latest;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
