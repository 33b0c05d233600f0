import type { Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Random } from "../../src/core/random.ts";
import { findField, keepsAlive } from "../../src/http/fields.ts";
import type { Field } from "../../src/http/message.ts";
import { RequestObserver } from "../../src/http/request-observer.ts";
import { happens, many, type Message, pick, request, response, whole } from "../support/pass-messages.ts";
import { startTcpServer, type TcpServer } from "../support/rig.ts";
import { type Answer, type RewriterRig, startRewriter, TestDevice } from "./rewriter-support.ts";

// Generated exchanges go to a server directly and through the rewriter; what server and device read must mean the same.
// What a hop may change is left out: the case and order of names, framing, and fields about one connection.

let server: TcpServer;
let rewriter: RewriterRig;
const plays = new Map<string, Play>();

beforeAll(async () => {
  server = await startTcpServer((socket) => serve(socket));
  rewriter = await startRewriter(server.port, { forwarded: "keep" });
});

afterAll(async () => {
  await rewriter.stop();
  await server.stop();
});

const CONVERSATIONS = 25;
const EXCHANGES = 40;

test.each(many(CONVERSATIONS, (seed) => seed))(
  `${EXCHANGES} generated exchanges (seed %i) mean the same directly and through the rewriter`,
  async (seed) => {
    const random = new Random(seed);
    const exchanges = many(EXCHANGES, (index) => generate(random, `${seed}-${index}`));
    const direct = await converse(exchanges, () => TestDevice.connectPlain(server.port));
    const rewritten = await converse(exchanges, () => TestDevice.connect(rewriter.port));
    for (const [index, exchange] of exchanges.entries()) {
      expect(rewritten[index], `exchange ${exchange.id} (${exchange.kind})`).toEqual(direct[index]);
    }
  },
);

/** One exchange: what the device asks, and when and how the server answers. */
interface Exchange {
  readonly id: string;
  readonly kind: string;
  readonly method: string;
  readonly asked: Message;
  readonly answer: Message;
  /** Interim answers, before the final one. */
  readonly interim: readonly string[];
  /** What makes the server answer: the request's head, or its end. */
  readonly answeredAt: "head" | "end";
  /** Whether the server closes behind its answer. */
  readonly closes: boolean;
  /** The device waits for a 100, or a final answer, before it sends the body. */
  readonly waits: boolean;
  readonly upgrade: boolean;
}

/** One exchange on its one way. */
interface Play {
  readonly exchange: Exchange;
  readonly server: { request?: unknown };
}

type Wish = Partial<Omit<Exchange, "id" | "kind" | "asked" | "answer">> & Pick<Exchange, "asked" | "answer">;

const KINDS: Readonly<Record<string, (random: Random, mark: string) => Wish>> = {
  plain: (random, mark) => {
    const method = pick(random, METHODS);
    return { method, asked: ask(random, method, mark), answer: answer(random) };
  },
  "chunked, whatever the method": (random, mark) => {
    const method = pick(random, METHODS);
    return { method, asked: ask(random, method, mark, { body: "chunked" }), answer: answer(random) };
  },
  head: (random, mark) => {
    const body = pick(random, ["length", "chunked"] as const);
    const { head } = response(random, pick(random, [200, 404]), { body });
    return { method: "HEAD", asked: ask(random, "HEAD", mark, { body: "none" }), answer: { head, body: "" } };
  },
  "without a body": (random, mark) => {
    const status = pick(random, [204, 304]);
    const fields = status === 304 ? pick(random, [[], ["Content-Length: 1234"]]) : [];
    return { asked: ask(random, "GET", mark), answer: response(random, status, { fields, body: "none" }) };
  },
  "HTTP/1.0": (random, mark) => {
    const fields = [`X-Exchange: ${mark}`, ...pick(random, [[], ["Connection: keep-alive"]])];
    const asked = request(random, "POST", { fields, body: "length" }, "HTTP/1.0");
    return { method: "POST", asked, answer: response(random, 200, { body: "length" }), closes: true };
  },
  "expect, continued": (random, mark) => {
    const interim = ["HTTP/1.1 100 Continue\r\n\r\n"];
    const asked = ask(random, "POST", mark, { ...expecting(random), sizeBytes: random.integer(1, 2000) });
    return { method: "POST", asked, answer: answer(random), interim, waits: true };
  },
  "expect, refused": (random, mark) => {
    const asked = ask(random, "POST", mark, { fields: [EXPECT], body: "length", sizeBytes: random.integer(1, 2000) });
    return { method: "POST", asked, answer: answer(random, [417]), answeredAt: "head", waits: true };
  },
  "answered early": (random, mark) => {
    const asked = ask(random, "POST", mark, { body: "length", sizeBytes: random.integer(1000, 200_000) });
    return { method: "POST", asked, answer: answer(random, [401, 413]), answeredAt: "head" };
  },
  "answered early by a server that closes": (random, mark) => {
    const asked = ask(random, "PUT", mark, { body: "chunked", sizeBytes: random.integer(1000, 20_000) });
    const answered = response(random, 413, { fields: ["Connection: close"], body: "length" });
    return { method: "PUT", asked, answer: answered, answeredAt: "head", closes: true };
  },
  interim: (random, mark) => {
    const interim = many(random.integer(1, 3), () => response(random, pick(random, [102, 103]), { body: "none" }).head);
    return { asked: ask(random, "GET", mark), answer: answer(random), interim };
  },
  "until close": (random, mark) => {
    const { head } = response(random, 200, { body: "none" }, pick(random, ["HTTP/1.0", "HTTP/1.1"]));
    return { asked: ask(random, "GET", mark), answer: { head, body: "until the end" }, closes: true };
  },
  "closed without a word": (random, mark) => ({
    asked: ask(random, "GET", mark),
    answer: response(random, 200, { body: "chunked" }),
    closes: true,
  }),
  "upgrade refused": (random, mark) => {
    const fields = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw=="];
    const refusal = answer(random, [200, 400, 426]);
    return { asked: ask(random, "GET", mark, { fields, body: "none" }), answer: refusal, upgrade: true };
  },
};

function generate(random: Random, id: string): Exchange {
  const kind = pick(random, Object.keys(KINDS));
  const defaults = { method: "GET", interim: [], answeredAt: "end", closes: false, waits: false, upgrade: false };
  for (;;) {
    const wish = KINDS[kind]?.(random, id);
    if (wish !== undefined && isServed(wish)) return { ...defaults, answeredAt: "end", ...wish, id, kind };
  }
}

/** What the rewriter refuses has tests of its own. */
function isServed({ asked, answer: answered, interim = [] }: Wish): boolean {
  const [, target = ""] = asked.head.split(" ", 2);
  const isPath = target === "*" || (target.startsWith("/") && !target.includes(".."));
  return isPath && [answered.head, ...interim].every((head) => head.length < 16_000);
}

async function converse(exchanges: readonly Exchange[], connect: () => Promise<TestDevice>): Promise<unknown[]> {
  const seen: unknown[] = [];
  let device = await connect();
  for (const exchange of exchanges) {
    const play: Play = { exchange, server: {} };
    plays.set(exchange.id, play);
    const before = device.answers.length;
    await ask1(device, exchange);
    const answers = device.answers.slice(before).map((each) => meaningOf(each, exchange));
    seen.push({ server: play.server.request, answers });
    const last = device.answers.at(-1)?.head;
    if (exchange.closes || device.end !== undefined || last === undefined || !keepsAlive(last)) {
      device.socket.destroy();
      device = await connect();
    }
  }
  device.socket.destroy();
  return seen;
}

async function ask1(device: TestDevice, { asked, method, upgrade, waits, id, kind }: Exchange): Promise<void> {
  if (waits) {
    const before = device.answers.length;
    device.send(asked.head, { method, upgrade });
    await device.until(() => device.answers.length > before || device.end !== undefined);
    device.more(asked.body);
    if (device.answers.at(-1)?.head.status === 100) await device.answer();
  } else {
    device.send(whole(asked), { method, upgrade });
    await device.answer().catch((error: unknown) => {
      throw new Error(`exchange ${id} (${kind})`, { cause: error });
    });
  }
}

/** Reads requests strictly, and answers each as its exchange says. */
function serve(socket: Socket): void {
  const observer = new RequestObserver();
  let play: Play | undefined;
  let heard = { head: undefined as unknown, pieces: [] as Uint8Array[] };
  socket.on("error", () => undefined);
  socket.on("end", () => socket.end());
  const take = (events: ReturnType<RequestObserver["push"]>): void => {
    for (const event of events) {
      if (event.kind === "head") {
        const { method, target, fields } = event.head;
        play = plays.get(findField(fields, "x-exchange") ?? "");
        heard = { head: { method, target, fields: meaningOfFields(fields, []) }, pieces: [] };
        if (play?.exchange.answeredAt === "head") {
          play.server.request = heard.head;
          reply(socket, play.exchange);
        } else if (play?.exchange.waits === true) socket.write(play.exchange.interim.join(""), "latin1");
      } else if (event.kind === "body") heard.pieces.push(event.bytes);
      else if (event.kind === "end" && play?.exchange.answeredAt === "end") {
        const body = Buffer.concat(heard.pieces).toString("latin1");
        play.server.request = { head: heard.head, body, trailers: meaningOfFields(event.trailers, []) };
        const { exchange } = play;
        if (!exchange.waits) socket.write(exchange.interim.join(""), "latin1");
        reply(socket, exchange);
        if (exchange.upgrade) take(observer.resolveUpgrade(false));
      }
    }
  };
  socket.on("data", (bytes: Buffer) => take(observer.push(bytes)));
}

function reply(socket: Socket, { answer: answered, closes }: Exchange): void {
  socket.write(whole(answered), "latin1");
  if (closes) socket.end();
}

function meaningOf({ head, body, trailers }: Answer, { method, asked }: Exchange): unknown {
  const hasLength = method === "HEAD" || head.status === 304;
  const old = asked.head.includes(" HTTP/1.0");
  return {
    status: head.status,
    reason: head.reason,
    fields: meaningOfFields(head.fields, hasLength ? [] : ["content-length"]),
    body,
    trailers: old ? [] : meaningOfFields(trailers, []),
  };
}

/**
 * Fields by name in lower case, with all values in their order, without those about framing or one connection.
 * Lines of Cookie make one list (RFC 9113, 8.2.3).
 */
function meaningOfFields(fields: readonly Field[], without: readonly string[]): unknown {
  const left = new Map<string, string[]>();
  for (const { name, value } of fields) {
    const lowerName = name.toLowerCase();
    if (ABOUT_ONE_HOP.has(lowerName) || without.includes(lowerName)) continue;
    const values = [...(left.get(lowerName) ?? []), value];
    left.set(lowerName, lowerName === "cookie" ? [values.join("; ")] : values);
  }
  const trimmed = [...left].map(
    ([name, values]) => [name, values.map((value) => value.replace(/[ \t]+$/u, ""))] as const,
  );
  return trimmed.toSorted(([one], [other]) => (one < other ? -1 : 1));
}

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "REPORT", "M-SEARCH"];
const EXPECT = "Expect: 100-continue";
const ABOUT_ONE_HOP = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade", "content-length"]);

function ask(random: Random, method: string, mark: string, wish: Parameters<typeof request>[2] = {}): Message {
  return request(random, method, { ...wish, fields: [...(wish.fields ?? []), `X-Exchange: ${mark}`] });
}

function answer(random: Random, statuses: readonly number[] = [200, 201, 302, 401, 449, 503, 599]): Message {
  return response(random, pick(random, statuses), { body: pick(random, ["length", "chunked"]) });
}

function expecting(random: Random): { fields: readonly string[]; body: "length" | "chunked" } {
  return { fields: [EXPECT], body: happens(random, 0.5) ? "length" : "chunked" };
}
