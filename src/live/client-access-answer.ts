import type { ServerResponse } from "node:http";
import { type CommandAnswer, encodeAnswerBody } from "../activesync/command.ts";
import { CONTENT_TYPES } from "../activesync/constants.ts";
import { type Refusal, SERVED_COMMANDS } from "./client-access-head.ts";

/** The version that the server says it is: Exchange 2010 with Service Pack 3, whose answers the reference has (1.4). */
const SERVER_VERSION = "14.3";

/** The versions that it announces, which are that server's without those older than 2.5; newer ones are served too. */
const ANNOUNCED_VERSIONS = "2.5,12.0,12.1,14.0,14.1";

const METHODS = "OPTIONS,POST";

/** Says what the server can: only the commands that are carried out here (MS-ASHTTP, OPTIONS). */
export function answerOptions(response: ServerResponse): void {
  const headers = {
    Allow: METHODS,
    Public: METHODS,
    "MS-Server-ActiveSync": SERVER_VERSION,
    "MS-ASProtocolVersions": ANNOUNCED_VERSIONS,
    "MS-ASProtocolCommands": SERVED_COMMANDS.join(","),
  };
  response.writeHead(200, { ...headers, "Content-Length": 0 }).end();
}

/** Gives a command's answer; without a body there is no content type either (MS-ASHTTP, response headers). */
export function answerCommand(response: ServerResponse, answer: CommandAnswer): void {
  const body = encodeAnswerBody(answer);
  const type = body.length === 0 ? {} : { "Content-Type": CONTENT_TYPES[0] };
  const headers = { "Cache-Control": "private", ...type, "Content-Length": body.length };
  response.writeHead(answer.httpStatus, { "MS-Server-ActiveSync": SERVER_VERSION, ...headers }).end(body);
}

/** Refuses a request in plain words; what is too large is not read to its end. */
export function answerRefusal(response: ServerResponse, { status, sentence, headers = {} }: Refusal): void {
  const body = `${sentence}\n`;
  const ending = status === 413 ? { Connection: "close" } : {};
  const common = { "Content-Type": "text/plain; charset=utf-8", "Content-Length": Buffer.byteLength(body) };
  response.writeHead(status, { ...common, ...ending, ...headers }).end(body);
}

/** Says that the server lives. */
export function answerHealth(response: ServerResponse): void {
  const body = "200 OK\n";
  const headers = { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" };
  response.writeHead(200, { ...headers, "Content-Length": body.length }).end(body);
}
