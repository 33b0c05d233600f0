import type { Random } from "../../src/core/random.ts";
import {
  type BodyKind,
  content,
  happens,
  many,
  type Message,
  METHODS,
  pick,
  request,
  response,
  whole,
} from "./pass-messages.ts";
import { type Script, ScriptWriter } from "./pass-script.ts";

/** Writes one kind of exchange into a script and tells how many requests it holds. */
type WriteExchange = (random: Random, script: ScriptWriter) => number;

/** Kinds of exchange after which the connection lives on. */
export const KINDS: Readonly<Record<string, WriteExchange>> = {
  plain: (random, script) => {
    exchange(script, request(random, pick(random, METHODS)), answer(random));
    return 1;
  },
  head: (random, script) => {
    const { head } = response(random, pick(random, [200, 404]), { body: pick(random, SOME_BODY) });
    exchange(script, request(random, "HEAD", { body: "none" }), { head, body: "" });
    return 1;
  },
  options: (random, script) => {
    exchange(script, request(random, "OPTIONS"), answer(random));
    return 1;
  },
  "delete with a body": (random, script) => {
    exchange(script, request(random, "DELETE", { body: pick(random, SOME_BODY) }), answer(random));
    return 1;
  },
  "HTTP/1.0 kept alive": (random, script) => {
    const fields = ["Connection: Keep-Alive"];
    const asked = request(
      random,
      pick(random, ["GET", "POST"]),
      { fields, body: pick(random, ["none", "length"]) },
      "HTTP/1.0",
    );
    exchange(script, asked, response(random, 200, { fields, body: "length" }, "HTTP/1.0"));
    return 1;
  },
  "expect, continued": (random, script) => {
    const asked = expecting(random);
    script.say("device", asked.head);
    script.say("server", "HTTP/1.1 100 Continue\r\n\r\n");
    script.say("device", asked.body);
    script.say("server", whole(answer(random)));
    return 1;
  },
  "expect, refused": (random, script) => {
    script.say("device", request(random, "POST", { fields: [EXPECT], body: "length", sizeBytes: 0 }).head);
    script.say("server", whole(response(random, 417, { body: pick(random, SOME_BODY) })));
    return 1;
  },
  "expect, refused while the body comes": (random, script) => {
    const asked = expecting(random);
    const after = asked.head.length + script.said("device");
    script.say("device", whole(asked));
    script.say("server", whole(response(random, 417, { body: pick(random, SOME_BODY) })), { after });
    return 1;
  },
  "expect, ignored": (random, script) => {
    const asked = expecting(random);
    script.say("device", asked.head);
    script.say("device", asked.body);
    script.say("server", whole(answer(random)));
    return 1;
  },
  "answered early": (random, script) => {
    const asked = request(random, "POST", { body: pick(random, SOME_BODY), sizeBytes: random.integer(1, 3000) });
    const sent = random.integer(0, asked.body.length - 1);
    const after = script.said("device") + asked.head.length;
    script.say("device", asked.head + asked.body.slice(0, sent));
    script.say("server", whole(response(random, pick(random, [200, 401, 413]), { body: pick(random, SOME_BODY) })), {
      after,
    });
    const waits = happens(random, 0.5) ? {} : { after: 0 };
    script.say("device", asked.body.slice(sent), waits);
    return 1;
  },
  interim: (random, script) => {
    const hints = many(
      random.integer(1, 3),
      () => response(random, pick(random, [100, 102, 103]), { body: "none" }).head,
    );
    script.say("device", whole(request(random, "GET")));
    const said = [...hints, whole(answer(random))];
    if (happens(random, 0.5)) script.say("server", said.join(""));
    else for (const text of said) script.say("server", text);
    return 1;
  },
  "without a body": (random, script) => {
    const status = pick(random, [204, 304]);
    const fields = status === 304 ? pick(random, [[], ["Content-Length: 1234"], ["Transfer-Encoding: chunked"]]) : [];
    exchange(script, request(random, "GET"), response(random, status, { fields, body: "none" }));
    return 1;
  },
  pipelined: (random, script) => {
    const asked = many(random.integer(2, 6), () => whole(request(random, pick(random, METHODS))));
    const answers = asked.map(() => whole(answer(random)));
    const before = script.said("device");
    script.say("device", asked.join(happens(random, 0.2) ? "\r\n" : ""));
    if (happens(random, 0.5)) script.say("server", answers.join(""));
    else
      answers.forEach((text, at) =>
        script.say("server", text, { after: before + asked.slice(0, at + 1).join("").length }),
      );
    return asked.length;
  },
  "upgrade refused": (random, script) => {
    const asked = whole(
      request(random, "GET", { fields: pick(random, UPGRADES), body: pick(random, ["none", "length"]) }),
    );
    const next = whole(request(random, "POST"));
    const refusal = whole(response(random, pick(random, [200, 400, 426]), { body: pick(random, SOME_BODY) }));
    const after = script.said("device") + asked.length;
    const together = happens(random, 0.5);
    script.say("device", together ? asked + next : asked);
    script.say("server", refusal, { after });
    if (!together) script.say("device", next);
    script.say("server", whole(answer(random)));
    return 2;
  },
  "an empty line before": (random, script) => {
    script.say("device", `\r\n${whole(request(random, "POST"))}`);
    script.say("server", whole(answer(random)));
    return 1;
  },
};

/** Kinds of exchange that are a connection's last. */
export const LAST_KINDS: Readonly<Record<string, WriteExchange>> = {
  "device ends": (random, script) => {
    exchange(script, request(random, "GET"), answer(random));
    script.say("device", "", { ends: true });
    return 1;
  },
  "HTTP/1.0": (random, script) => {
    const version = pick(random, ["HTTP/1.0", "HTTP/1.1"]);
    script.say("device", whole(request(random, "POST", { body: "length" }, "HTTP/1.0")));
    script.say("server", whole(response(random, 200, { body: "length" }, version)), { ends: true });
    return 1;
  },
  "until close": (random, script) => {
    const { head } = response(random, 200, { body: "none" }, pick(random, ["HTTP/1.0", "HTTP/1.1"]));
    script.say("device", whole(request(random, "GET")));
    script.say("server", head);
    for (const text of many(random.integer(0, 3), () => content(random, 500))) script.say("server", text);
    script.say("server", "", { ends: true });
    return 1;
  },
  "connection: close": (random, script) => {
    const closes = whole(response(random, 200, { fields: ["Connection: close"] }));
    script.say("device", whole(request(random, "GET")));
    script.say("server", closes, { ends: true });
    return 1;
  },
  "half-close": (random, script) => {
    script.say("device", whole(request(random, "POST")), { ends: true });
    script.say("server", whole(answer(random)), { ends: happens(random, 0.5), afterFin: happens(random, 0.5) });
    return 1;
  },
  "half-close behind pipelined requests": (random, script) => {
    const asked = many(3, () => whole(request(random, "PUT")));
    script.say("device", asked.join(""), { ends: true });
    for (const text of asked.map(() => whole(answer(random)))) script.say("server", text, { afterFin: true });
    return asked.length;
  },
  "413 and FIN while the device sends": (random, script) => {
    const asked = request(random, "POST", { body: pick(random, SOME_BODY), sizeBytes: random.integer(100, 9000) });
    const sent = random.integer(1, asked.body.length - 1);
    const after = script.said("device") + asked.head.length;
    script.say("device", asked.head + asked.body.slice(0, sent));
    script.say("server", whole(tooLarge(random)), { after, ends: true });
    script.say("device", asked.body.slice(sent), { afterFin: true, ends: true });
    return 1;
  },
  "413, and the device stops": (random, script) => {
    const asked = request(random, "POST", { body: "length", sizeBytes: random.integer(100, 900) });
    script.say("device", asked.head + asked.body.slice(0, random.integer(1, asked.body.length - 1)));
    script.say("server", whole(tooLarge(random)));
    script.say("device", "", { ends: true });
    return 1;
  },
  "pipelined behind the last answer": (random, script) => {
    const closes = whole(response(random, 200, { fields: ["connection: Close"], body: pick(random, SOME_BODY) }));
    script.say("device", many(3, () => whole(request(random, "GET"))).join(""));
    script.say("server", closes, { ends: true });
    return 3;
  },
  upgrade: (random, script) => {
    script.say("device", whole(request(random, "GET", { fields: pick(random, UPGRADES), body: "none" })));
    script.say("server", switching(random) + (happens(random, 0.5) ? content(random, 50) : ""));
    for (let round = random.integer(0, 5); round > 0; round -= 1) {
      script.say(pick(random, ["device", "server"]), content(random, random.integer(1, 2000)));
    }
    endOneByOne(random, script);
    return 1;
  },
  "upgrade with eager bytes": (random, script) => {
    const asked = whole(request(random, "GET", { fields: pick(random, UPGRADES), body: "none" }));
    const after = script.said("device") + asked.length;
    const ends = happens(random, 0.5);
    script.say("device", asked + content(random, 200), { ends });
    script.say("server", switching(random), { after });
    script.say("server", content(random, 300));
    if (!ends) endOneByOne(random, script);
    return 1;
  },
};

/** A conversation of exchanges on one connection. */
export interface Conversation {
  readonly kinds: readonly string[];
  readonly requestCount: number;
  readonly script: Script;
}

/** Writes exchanges of the kinds that `random` picks, the first of each round robin so that all kinds occur. */
export function converse(random: Random, index: number): Conversation {
  const script = new ScriptWriter((bytes) => split(random, bytes));
  const last = nth(Object.keys(LAST_KINDS), index);
  const names = [nth(Object.keys(KINDS), index), ...many(random.integer(0, 3), () => pick(random, Object.keys(KINDS)))];
  const write = [...names.map((name) => KINDS[name]), LAST_KINDS[last]];
  const requestCount = write.reduce((count, each) => count + (each?.(random, script) ?? 0), 0);
  return { kinds: [...names, last], requestCount, script: script.script };
}

/** Cuts bytes nowhere, somewhere, at line ends, or (if they are few) everywhere. */
export function split(random: Random, bytes: Buffer): readonly Buffer[] {
  const mode = pick(random, ["whole", "whole", "whole", "some", "some", "lines", "all"] as const);
  if (mode === "whole" || (mode === "all" && bytes.length > 150)) return [bytes];
  const places = {
    some: () => many(random.integer(1, 6), () => random.integer(0, bytes.length)),
    lines: () => lineEnds(bytes).slice(0, 24),
    all: () => many(bytes.length, (at) => at),
  }[mode]();
  return cut(bytes, places);
}

/** Cuts bytes at those places. */
export function cut(bytes: Buffer, places: readonly number[]): readonly Buffer[] {
  const sorted = [0, ...places, bytes.length].sort((left, right) => left - right);
  const pieces = sorted.slice(1).map((end, at) => bytes.subarray(sorted[at], end));
  return pieces.filter((piece) => piece.length > 0);
}

/** Before, within and after each CR LF. */
function lineEnds(bytes: Buffer): readonly number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf("\r\n"); at !== -1; at = bytes.indexOf("\r\n", at + 1)) places.push(at, at + 1, at + 2);
  return places;
}

function exchange(script: ScriptWriter, asked: Message, answered: Message): void {
  script.say("device", whole(asked));
  script.say("server", whole(answered));
}

function answer(random: Random): Message {
  return response(random, pick(random, [200, 201, 302, 401, 449, 503, 599]), { body: pick(random, SOME_BODY) });
}

function expecting(random: Random): Message {
  return request(random, "POST", {
    fields: [EXPECT],
    body: pick(random, SOME_BODY),
    sizeBytes: random.integer(1, 2000),
  });
}

function tooLarge(random: Random): Message {
  return response(random, 413, { fields: ["Connection: close"], body: pick(random, SOME_BODY) });
}

function switching(random: Random): string {
  return response(random, 101, { fields: ["Upgrade: websocket", "Connection: Upgrade"], body: "none" }).head;
}

function endOneByOne(random: Random, script: ScriptWriter): void {
  const [first, second] = happens(random, 0.5) ? (["device", "server"] as const) : (["server", "device"] as const);
  script.say(first, "", { ends: true });
  script.say(second, content(random, 100), { afterFin: true, ends: true });
}

function nth(names: readonly string[], index: number): string {
  return names[index % names.length] ?? "";
}

const SOME_BODY = ["length", "chunked"] as const satisfies readonly BodyKind[];
const EXPECT = "Expect: 100-continue";
const UPGRADES = [
  ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw=="],
  ["connection: keep-alive, UPGRADE", "upgrade: foo/2, bar"],
];
