import type { Random } from "../../src/core/random.ts";

/** A message in latin1, in two parts. */
export interface Message {
  readonly head: string;
  /** The body as it is on the wire, chunk framing and trailers included. */
  readonly body: string;
}

/** How a body is framed on the wire. */
export type BodyKind = "none" | "length" | "chunked";

/** What is asked of a generated message. */
export interface MessageWish {
  readonly body?: BodyKind;
  /** Size of the content, in bytes; default: some. */
  readonly sizeBytes?: number;
  readonly fields?: readonly string[];
}

/** Any of the items. */
export function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[random.integer(0, items.length - 1)];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
}

/** Whether something of that probability happens. */
export function happens(random: Random, probability: number): boolean {
  return random.next() < probability;
}

/** As many as asked for, each made anew. */
export function many<Item>(count: number, make: (index: number) => Item): Item[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** A request with a start line, fields that frame nothing in between, and a body. */
export function request(random: Random, method: string, wish: MessageWish = {}, version = "HTTP/1.1"): Message {
  const fields = [pick(random, HOSTS), ...(wish.fields ?? [])];
  return message(random, `${method} ${targetFor(random, method)} ${version}`, fields, wish);
}

/** A response with that status. */
export function response(random: Random, status: number, wish: MessageWish = {}, version = "HTTP/1.1"): Message {
  return message(random, `${version} ${status}${pick(random, REASONS)}`, wish.fields ?? [], wish);
}

/** Head and body in one. */
export function whole({ head, body }: Message): string {
  return head + body;
}

/** Any bytes at all, some of which look like HTTP. */
export function content(random: Random, sizeBytes: number): string {
  const liking = happens(random, 0.3) ? pick(random, LOOKALIKES) : "";
  const rest = Math.max(0, sizeBytes - liking.length);
  return (liking + many(rest, () => String.fromCharCode(random.integer(0, 255))).join("")).slice(0, sizeBytes);
}

/** Methods that servers meet, known ones and others. */
export const METHODS = [
  "GET",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "PROPFIND",
  "REPORT",
  "M-SEARCH",
  "get",
  "X!#$%&'*+.^_`|~9",
];

function message(random: Random, startLine: string, fields: readonly string[], wish: MessageWish): Message {
  const kind = wish.body ?? pick(random, BODY_KINDS);
  const size = wish.sizeBytes ?? pick(random, [0, 1, random.integer(2, 300), random.integer(300, 3000)]);
  const text = kind === "none" ? "" : content(random, size);
  const framing = { none: [], length: [pick(random, LENGTHS) + text.length], chunked: [pick(random, CODINGS)] }[kind];
  const all = shuffled(random, [...fields, ...framing, ...freeFields(random)]);
  const head = [startLine, ...all, "", ""].join("\r\n");
  return { head, body: kind === "chunked" ? chunks(random, text) : text };
}

/** Fields that frame nothing: in any case, repeated, empty, with white space around and with obs-text within. */
function freeFields(random: Random): readonly string[] {
  const fields = many(random.integer(0, 6), () => `${fieldName(random)}:${fieldValue(random)}`);
  const [first] = fields;
  if (first !== undefined && happens(random, 0.3)) fields.push(first);
  if (happens(random, 0.03)) fields.push(`Cookie: ${"c".repeat(random.integer(8000, 40_000))}`);
  return fields;
}

function fieldName(random: Random): string {
  if (happens(random, 0.5)) return pick(random, NAMES);
  return `x-${many(random.integer(1, 10), () => pick(random, TOKEN)).join("")}`;
}

function fieldValue(random: Random): string {
  const [before, after] = [pick(random, WHITE), pick(random, WHITE)];
  return before + many(random.integer(0, 40), () => pick(random, VALUE)).join("") + after;
}

function chunks(random: Random, text: string): string {
  let body = "";
  for (let at = 0; at < text.length;) {
    const size = Math.min(text.length - at, pick(random, [1, 15, 16, 17, 255, 256, 4096]));
    body += `${chunkSize(random, size)}${extensions(random)}\r\n${text.slice(at, at + size)}\r\n`;
    at += size;
  }
  return `${body}${pick(random, ["0", "00", "0000"])}${extensions(random)}\r\n${trailers(random)}\r\n`;
}

function chunkSize(random: Random, size: number): string {
  const hex = size.toString(16).padStart(pick(random, [1, 1, 1, 4, 16]), "0");
  return happens(random, 0.5) ? hex : hex.toUpperCase();
}

function extensions(random: Random): string {
  return happens(random, 0.7) ? "" : many(random.integer(1, 3), () => pick(random, EXTENSIONS)).join("");
}

function trailers(random: Random): string {
  if (happens(random, 0.6)) return "";
  return many(random.integer(1, 4), () => `x-t-${fieldName(random)}:${fieldValue(random)}\r\n`).join("");
}

function targetFor(random: Random, method: string): string {
  return method === "OPTIONS" && happens(random, 0.5) ? "*" : pick(random, TARGETS);
}

function shuffled<Item>(random: Random, items: readonly Item[]): Item[] {
  const left = [...items];
  return many(items.length, () => left.splice(random.integer(0, left.length - 1), 1)).flat();
}

const BODY_KINDS = ["none", "length", "chunked"] as const satisfies readonly BodyKind[];
const HOSTS = ["Host: mail.example.com", "HOST:mail.example.com:443", "host: \t[::1]:8443 ", "hOsT:"];
const LENGTHS = ["Content-Length: ", "content-length:", "CONTENT-LENGTH:   ", "Content-Length: 000"];
const CODINGS = ["Transfer-Encoding: chunked", "transfer-encoding:CHUNKED ", "TRANSFER-ENCODING:   Chunked"];
const REASONS = [" OK", " ", "", " Not \t quite", " Gr\u00fc\u00dfe \u00ff"];
const NAMES = [
  "Cookie",
  "SET-COOKIE",
  "x-Ms-PolicyKey",
  "MS-ASProtocolVersion",
  "Content_Length",
  "authorization",
  "1",
];
const TOKEN = Array.from("!#$%&'*+-.^_`|~0129AZaz");
const VALUE = [...Array.from("abcXYZ019 \t,;:=\"\\()[]{}<>@/?!#%&'*+-.^_`|~"), "\u0080", "\u00a0", "\u00e9", "\u00ff"];
const WHITE = ["", " ", "  ", "\t", " \t "];
const EXTENSIONS = [";a", ";name=value", ';q="a;b \\" \\\\ \u00e9\t"', ';e=""', ";ieof"];
const TARGETS = [
  "/",
  "/Microsoft-Server-ActiveSync?Cmd=Options&User=a%40b&DeviceId=X",
  "//double//slash/../x",
  "/%00%ff%2F?a=b&&c=;=",
  "http://other.example/absolute?x",
  "/!$&'()*+,-./:;=@_~|^`{}[]\\\"<>",
  `/long?${"q".repeat(4000)}`,
];
const LOOKALIKES = [
  "\r\n\r\n",
  "0\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
  "HTTP/1.1 200 OK\r\n\r\n",
  "\n\n\r\r",
];
