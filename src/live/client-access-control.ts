import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import { HttpListener } from "./http-listener.ts";

/** What the control port can do to mailboxes. */
export interface MailboxControl {
  /** `undefined` for a user that the server does not know. */
  mailbox(user: string): MailboxCounts | undefined;
  /** False for a user that can't sign in. */
  deliver(user: string, subject: string): boolean;
}

/** What is to be said of a mailbox in numbers. */
export interface MailboxCounts {
  readonly user: string;
  /** Messages that came in. */
  readonly delivered: number;
  /** Requests that have not been answered: those that are parked. */
  readonly parked: number;
}

/** More than any body that is understood has. */
const LARGEST_BODY_BYTES = 64 * 1024;

/** The subject of a message for which none is given. */
export const DEFAULT_SUBJECT = "New message";

/**
 * Makes the control port of a Client Access server: `GET /mailboxes/{user}` tells counts,
 * `POST /mailboxes/{user}/messages` delivers, with `{"subject": "..."}` or without a body. Errors are problem details
 * (RFC 9457). `/-/healthy` and `/-/ready` answer as long as the server does. What comes from a web page is refused: a
 * browser says so with `Origin`, and no page has business here.
 */
export function createControl(mailboxes: MailboxControl): HttpListener {
  return new HttpListener(createServer((request, response) => handle(request, response, mailboxes)));
}

interface Reply {
  readonly status: number;
  readonly body: object;
  readonly allow?: string;
}

function handle(request: IncomingMessage, response: ServerResponse, mailboxes: MailboxControl): void {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  request.on("data", (bytes: Buffer) => {
    sizeBytes += bytes.length;
    if (sizeBytes <= LARGEST_BODY_BYTES) pieces.push(bytes);
  });
  request.once("end", () => {
    const text = sizeBytes > LARGEST_BODY_BYTES ? undefined : Buffer.concat(pieces).toString("utf8");
    send(response, replyTo(request, text, mailboxes));
  });
}

function replyTo(request: IncomingMessage, body: string | undefined, mailboxes: MailboxControl): Reply {
  const { method = "GET", url = "/", headers } = request;
  if (headers.origin !== undefined) return problem(403, "Requests from web pages are not taken.");
  const path = url.split("?", 1)[0] ?? "";
  if (HEALTH_PATHS.has(path)) return { status: 200, body: { status: "well" } };
  const [, name = "", messages] = PATHS.exec(path) ?? [];
  const user = decode(name);
  if (user === undefined) return problem(404, "There is /mailboxes/{user} and /mailboxes/{user}/messages.");
  if (messages === undefined) return method === "GET" || method === "HEAD" ? tell(mailboxes, user) : notAllowed("GET");
  if (method !== "POST") return notAllowed("POST");
  if (body === undefined) return problem(413, `A body may have ${LARGEST_BODY_BYTES} bytes at most.`);
  const subject = readSubject(body);
  if (subject === undefined) return problem(400, 'Expected a body such as {"subject": "Lunch?"}, or none.');
  return mailboxes.deliver(user, subject) ? { ...tell(mailboxes, user), status: 201 } : unknown(user);
}

/** What `idlewall healthcheck` asks: who answers here answers devices, too, for both listen or neither. */
const HEALTH_PATHS: ReadonlySet<string> = new Set(["/-/healthy", "/-/ready"]);

const PATHS = /^\/mailboxes\/([^/]+)(\/messages)?$/u;

function decode(name: string): string | undefined {
  try {
    const user = decodeURIComponent(name);
    return user === "" || /[\p{Cc}:]/u.test(user) ? undefined : user;
  } catch {
    return undefined;
  }
}

function readSubject(body: string): string | undefined {
  if (body === "") return DEFAULT_SUBJECT;
  const value = parseJson(body);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const { subject = DEFAULT_SUBJECT, ...others }: { subject?: unknown } = value;
  return typeof subject === "string" && Object.keys(others).length === 0 ? subject : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function tell(mailboxes: MailboxControl, user: string): Reply {
  const counts = mailboxes.mailbox(user);
  return counts === undefined ? unknown(user) : { status: 200, body: counts };
}

function unknown(user: string): Reply {
  return problem(404, `There is no mailbox of ${JSON.stringify(user)}.`);
}

function notAllowed(allow: string): Reply {
  return { ...problem(405, `Only ${allow} is taken here.`), allow };
}

/** Source: RFC 9457, 3: `about:blank` says that the title is the status' own phrase. */
function problem(status: number, detail: string): Reply {
  return { status, body: { type: "about:blank", title: STATUS_CODES[status], status, detail } };
}

function send(response: ServerResponse, { status, body, allow }: Reply): void {
  const text = `${JSON.stringify(body)}\n`;
  response
    .writeHead(status, {
      "Content-Type": status < 400 ? "application/json" : "application/problem+json",
      "Content-Length": Buffer.byteLength(text),
      ...(allow === undefined ? {} : { Allow: allow }),
    })
    .end(text);
}
