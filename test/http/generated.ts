import * as fc from "fast-check";

/** A message as it was made up: its text, and what an observer must say of it. */
export interface Made {
  readonly text: string;
  readonly body: string;
  readonly framing: "none" | "length" | "chunked" | "until-close";
  readonly trailers: number;
}

/** A request that was made up, and whether the server takes its upgrade. */
export interface MadeRequest extends Made {
  readonly method: string;
  readonly target: string;
  readonly upgrade: boolean;
}

/** A response that was made up, and the request it answers; an interim one answers none. */
export interface MadeResponse extends Made {
  readonly status: number;
  readonly method: string;
}

const TOKEN = fc.string({ unit: fc.constantFrom(...Array.from("!#$%&'*+-.^_`|~09AZaz")), minLength: 1, maxLength: 8 });
const VISIBLE = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
const VALUE_CHARACTER = fc.oneof(VISIBLE, fc.constantFrom(" ", "\t", "\u0080", "\u00a0", "\u00ff"));
const VALUE = fc.string({ unit: VALUE_CHARACTER, maxLength: 12 });
const BODY = fc.oneof(
  fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 30 }),
  fc.constantFrom("\r\n\r\n", "0\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"),
);

/** Lines of fields that frame nothing; names begin with `X-`. */
const FIELD_LINES = fc.array(
  fc.tuple(TOKEN, VALUE).map(([name, value]) => `X-${name}:${value}\r\n`),
  { maxLength: 4 },
);

const EXTENSION = fc.oneof(
  TOKEN.map((name) => `;${name}`),
  fc.tuple(TOKEN, TOKEN).map(([name, value]) => `;${name}=${value}`),
  fc.tuple(TOKEN, fc.constantFrom("", "; \t", '\\"', "\\\\", "\u00e9=5")).map(([name, value]) => `;${name}="${value}"`),
);
const EXTENSIONS = fc.array(EXTENSION, { maxLength: 2 }).map((extensions) => extensions.join(""));
const SIZE_FORM = fc.constantFrom(
  (size: number) => size.toString(16),
  (size: number) => size.toString(16).toUpperCase(),
  (size: number) => size.toString(16).padStart(16, "0"),
);

interface MadeBody extends Omit<Made, "text"> {
  readonly fieldLine: string;
  readonly bytes: string;
}

function withoutBody(fieldLine: string): MadeBody {
  return { body: "", framing: "none", trailers: 0, fieldLine, bytes: "" };
}

const NO_BODY = withoutBody("");

const LENGTH_BODY: fc.Arbitrary<MadeBody> = fc
  .tuple(BODY, fc.constantFrom("Content-Length: ", "content-length:", "CONTENT-LENGTH:  00"))
  .map(([body, field]) => ({
    body,
    framing: "length",
    trailers: 0,
    fieldLine: `${field}${body.length}\r\n`,
    bytes: body,
  }));

const CHUNK = fc
  .tuple(
    BODY.filter((data) => data.length > 0),
    EXTENSIONS,
    SIZE_FORM,
  )
  .map(([data, extensions, form]) => ({ data, bytes: `${form(data.length)}${extensions}\r\n${data}\r\n` }));

const CHUNKED_BODY: fc.Arbitrary<MadeBody> = fc
  .tuple(
    fc.array(CHUNK, { maxLength: 4 }),
    EXTENSIONS,
    FIELD_LINES,
    fc.constantFrom("Transfer-Encoding: chunked\r\n", "transfer-encoding:CHUNKED  \r\n"),
  )
  .map(([chunks, extensions, trailers, fieldLine]) => ({
    body: chunks.map((chunk) => chunk.data).join(""),
    framing: "chunked",
    trailers: trailers.length,
    fieldLine,
    bytes: `${chunks.map((chunk) => chunk.bytes).join("")}0${extensions}\r\n${trailers.join("")}\r\n`,
  }));

const ANY_BODY = fc.oneof(fc.constant(NO_BODY), LENGTH_BODY, CHUNKED_BODY);

const TARGET = fc.oneof(
  fc.string({ unit: VISIBLE.filter((character) => character !== "#"), maxLength: 20 }).map((rest) => `/${rest}`),
  TOKEN.map((name) => `http://${encodeURIComponent(name)}/`),
);

const REQUEST_LINE = fc.oneof(
  fc.tuple(fc.oneof(fc.constantFrom("GET", "POST", "HEAD", "OPTIONS", "DELETE"), TOKEN), TARGET),
  fc.constant(["OPTIONS", "*"] as const),
);

const UPGRADE_FIELDS = "Connection: Upgrade\r\nUpgrade: websocket\r\n";

/** A request of any kind; those that ask to upgrade do so when `upgrade` says. */
function madeRequest(upgrade: fc.Arbitrary<boolean>): fc.Arbitrary<MadeRequest> {
  return fc
    .tuple(fc.constantFrom("", "", "\r\n"), REQUEST_LINE, FIELD_LINES, ANY_BODY, FIELD_LINES, upgrade)
    .map(([emptyLine, [method, target], before, body, after, upgrades]) => {
      const fields = [...before, "Host: a\r\n", body.fieldLine, upgrades ? UPGRADE_FIELDS : "", ...after].join("");
      const text = `${emptyLine}${method} ${target} HTTP/1.1\r\n${fields}\r\n${body.bytes}`;
      const { framing, trailers } = body;
      return { text, method, target, upgrade: upgrades, body: body.body, framing, trailers };
    });
}

/** Requests as they follow each other on one connection; an upgrade among them is refused. */
export const REQUESTS = fc.array(madeRequest(fc.integer({ min: 0, max: 5 }).map((die) => die === 0)), { maxLength: 5 });

/** A request that asks to upgrade. */
export const UPGRADE_REQUEST = madeRequest(fc.constant(true));

const REASON = fc.oneof(
  VALUE.map((reason) => ` ${reason}`),
  fc.constantFrom("", " "),
);

function madeResponse(
  status: fc.Arbitrary<number>,
  method: fc.Arbitrary<string>,
  body: fc.Arbitrary<MadeBody>,
): fc.Arbitrary<MadeResponse> {
  return fc.tuple(status, method, REASON, FIELD_LINES, body).map(([code, asked, reason, fields, made]) => {
    const text = `HTTP/1.1 ${code}${reason}\r\n${fields.join("")}${made.fieldLine}\r\n${made.bytes}`;
    const { framing, trailers } = made;
    return { text, status: code, method: asked, body: made.body, framing, trailers };
  });
}

const METHOD = fc.constantFrom("GET", "POST", "OPTIONS");
const STATUS = fc.constantFrom(200, 205, 302, 401, 451, 503, 599);
/** A head that states a body which does not come. */
const UNSENT_BODY = ANY_BODY.map(({ fieldLine }) => withoutBody(fieldLine));

const INTERIM = madeResponse(fc.constantFrom(100, 102, 103), fc.constant(""), fc.constant(NO_BODY));
const FINAL = fc.oneof(
  madeResponse(STATUS, METHOD, fc.oneof(LENGTH_BODY, CHUNKED_BODY)),
  madeResponse(STATUS, fc.constant("HEAD"), UNSENT_BODY),
  madeResponse(fc.constant(304), METHOD, UNSENT_BODY),
  madeResponse(fc.constant(204), METHOD, fc.constant(NO_BODY)),
);

/** Responses as they follow each other on one connection, interim ones among them. */
export const RESPONSES = fc
  .array(fc.tuple(fc.array(INTERIM, { maxLength: 2 }), FINAL), { maxLength: 5 })
  .map((answers) => answers.flatMap(([interim, final]) => [...interim, final]));

/** A response whose body lasts until the connection ends. */
export const LAST_RESPONSE = madeResponse(
  STATUS,
  METHOD,
  BODY.map((body) => ({ body, framing: "until-close", trailers: 0, fieldLine: "", bytes: body })),
);

/** A response that switches protocols. */
export const SWITCH_RESPONSE = madeResponse(fc.constant(101), METHOD, fc.constant(withoutBody(UPGRADE_FIELDS)));

/** Bytes that are no HTTP. */
export const OPAQUE = BODY;

/** Places at which a stream is split. */
export const PLACES = fc.array(fc.nat({ max: 600 }), { maxLength: 12 });

const MUTATION = fc.record({
  place: fc.nat({ max: 600 }),
  removed: fc.nat({ max: 3 }),
  inserted: fc.oneof(
    fc.constantFrom(
      "",
      "\r",
      "\n",
      "\r\n",
      "\r\n\r\n",
      " ",
      "\t",
      "\0",
      ":",
      ";",
      ",",
      "0",
      "1",
      "f",
      "-",
      "#",
      "\u000b",
    ),
    fc.constantFrom("Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "\r\nHost: b", "0\r\n\r\n", "HTTP/1.0"),
  ),
});

/** Changes a text in a few places. */
export const MUTATE = fc.array(MUTATION, { minLength: 1, maxLength: 3 }).map((mutations) => (text: string): string => {
  let changed = text;
  for (const { place, removed, inserted } of mutations) {
    const at = place % (changed.length + 1);
    changed = changed.slice(0, at) + inserted + changed.slice(at + removed);
  }
  return changed;
});
