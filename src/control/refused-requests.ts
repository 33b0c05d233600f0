import type { HttpBindings, ServerType } from "@hono/node-server";
import { PROBLEM_TYPE, type ProblemStatus, problemText, titleOf } from "./problem.ts";

type IncomingMessage = HttpBindings["incoming"];
type ServerResponse = HttpBindings["outgoing"];
type Socket = IncomingMessage["socket"];

/**
 * Answers what never becomes a request in problem details too, where Node would say the status alone. The connection ends
 * with that: nobody knows where its next request begins.
 */
export function answerRefusedRequests(server: ServerType): void {
  const answers = new WeakMap<Socket, ServerResponse>();
  server.on("request", ({ socket }: IncomingMessage, response: ServerResponse) => void answers.set(socket, response));
  server.on("clientError", ({ code = "" }: Error & { readonly code?: string }, stream: Socket) => {
    const answer = answers.get(stream);
    const isAnswering = answer?.headersSent === true && !answer.writableFinished;
    if (code === "ECONNRESET" || isAnswering || !stream.writable) stream.destroy();
    else last(stream, ...(REFUSALS[code] ?? UNREADABLE));
  });
  server.on("checkExpectation", ({ headers, socket }: IncomingMessage) => {
    const found = JSON.stringify(headers.expect);
    last(socket, 417, `Expect: found ${found}, expected 100-continue or none.`);
  });
}

type Refusal = readonly [status: ProblemStatus, detail: string];

/** By Node's code of the fault; the statuses are those that Node itself would answer with. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: [431, "The head of the request is too large."],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, "The chunk extensions of the request are too large."],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "The request has taken too long to come."],
};

const UNREADABLE: Refusal = [400, "The request can't be read: it is no HTTP/1.1."];

/** Answers, and ends the connection once that is out. */
function last(socket: Socket, status: ProblemStatus, detail: string): void {
  const body = problemText(status, detail);
  const head = [
    `HTTP/1.1 ${status} ${titleOf(status)}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${new TextEncoder().encode(body).byteLength}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
  socket.destroySoon();
}
