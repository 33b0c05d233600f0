import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLeaf } from "../../src/live/certificates.ts";
import { type ClientAccessServer, startClientAccess } from "../../src/live/client-access.ts";
import { makeSession } from "../../src/live/device-options.ts";
import { parseDeviceServer } from "../../src/live/device-server.ts";
import { RealScheduler } from "../../src/live/real-scheduler.ts";
import { modelNamed, watchDevice, type WatchedDevice } from "../support/devices.ts";
import { type Gate, type GateConnection, type GateOptions, startGate } from "../support/gate.ts";
import { testIdentity } from "../support/identity.ts";
import { startTcpServer, type TcpServer } from "../support/rig.ts";

let scheduler: RealScheduler;
let server: ClientAccessServer;
const open: { stop(): Promise<void> }[] = [];

beforeEach(async () => {
  scheduler = new RealScheduler({ timeScale: 3000 });
  server = await startClientAccess({ scheduler });
});

afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.stop();
  await server.stop();
  scheduler.stop();
});

function keep<Thing extends { stop(): Promise<void> }>(thing: Thing): Thing {
  open.push(thing);
  return thing;
}

async function gate(options: GateOptions = {}): Promise<Gate> {
  return keep(await startGate(server.port, options));
}

async function tcpServer(onConnection: Parameters<typeof startTcpServer>[0]): Promise<TcpServer> {
  return keep(await startTcpServer(onConnection));
}

async function device(url: string, options: Parameters<typeof watchDevice>[2] = {}): Promise<WatchedDevice> {
  const watched = await watchDevice(url, scheduler, options);
  keep(watched.device);
  return watched;
}

/** Answers with bytes of the test's own. */
function reply(text: string, then: (connection: GateConnection) => void = () => undefined) {
  return (connection: GateConnection): void => {
    connection.top.write(text, () => then(connection));
  };
}

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n";

const endings: readonly [string, (connection: GateConnection) => void, object][] = [
  ["as reset by an RST", ({ raw }) => void raw.resetAndDestroy(), { kind: "reset" }],
  ["as closed by a bare FIN", ({ raw }) => void raw.end(), { kind: "closed" }],
  ["as closed by an orderly end", ({ top }) => void top.end(), { kind: "closed" }],
  ["as closed by a FIN within the head", reply("HTTP/1.1 200", ({ top }) => void top.end()), { kind: "closed" }],
  ["as closed by a FIN within the body", reply(`${OK}x`, ({ top }) => void top.end()), { kind: "closed" }],
  ["with an HTTP status", reply("HTTP/1.1 504 -\r\nContent-Length: 0\r\n\r\n"), { kind: "httpError", httpStatus: 504 }],
  ["as unreadable by what is no WBXML", reply(`${OK}Hello, world!`), { kind: "unreadable" }],
  ["as unreadable by an empty body", reply("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), { kind: "unreadable" }],
  ["as unreadable by what is no HTTP", reply("220 mail.example.com ESMTP\r\n"), { kind: "unreadable" }],
  [
    "as unreadable by a body that is too large",
    reply(`HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n${"x".repeat(1_048_577)}`),
    { kind: "unreadable" },
  ],
  [
    "with the status behind an interim one",
    reply("HTTP/1.1 102 -\r\n\r\nHTTP/1.1 503 -\r\nContent-Length: 0\r\n\r\n"),
    { kind: "httpError", httpStatus: 503 },
  ],
  [
    "with an answer that a FIN ends",
    reply("HTTP/1.0 502 -\r\n\r\nsorry", ({ top }) => void top.end()),
    { kind: "httpError", httpStatus: 502 },
  ],
  [
    "with an answer that more follows than was asked",
    reply("HTTP/1.1 500 -\r\nContent-Length: 0\r\n\r\nHTTP/1.1 408 -\r\n\r\n"),
    { kind: "httpError", httpStatus: 500 },
  ],
  ["by its own timer when there is silence", () => undefined, { kind: "silence" }],
];

describe.each([
  ["plain HTTP", false],
  ["TLS", true],
])("over %s, a heartbeat ends for the device", (_over, secure) => {
  test.each(endings)("%s", async (_title, onPing, ending) => {
    const { url } = await gate({ secure, onPing });
    const { exchanges } = await device(url);
    const [first] = await exchanges.count(1);
    expect(first?.ending).toEqual(ending);
  });
});

test("tells nothing of a connection that it gave up, whatever still comes on it", async () => {
  const pings: GateConnection[] = [];
  const { url } = await gate({
    onPing: (connection, passOn) => {
      if (pings.push(connection) > 1) passOn();
    },
  });
  const { exchanges, ends } = await device(url, {
    onAsked: ({ number }) => void (number === 2 && pings[0]?.top.write("HTTP/1.1 504 -\r\nContent-Length: 0\r\n\r\n")),
  });
  const [first, second] = await exchanges.count(2);
  expect([first?.ending.kind, second?.ending.kind]).toEqual(["silence", "held"]);
  expect(ends.things.filter(({ command }) => command === "Ping")).toMatchObject([{ end: 200 }]);
});

test("keeps one connection from request to request", async () => {
  const { exchanges, requests } = await device(`http://127.0.0.1:${server.port}`);
  await exchanges.count(2);
  expect(requests.things.filter(({ connects }) => connects)).toMatchObject([{ id: 1 }]);
});

test.each(["HTTP/1.1 200 OK\r\nConnection: close", "HTTP/1.0 200 OK"])(
  "takes another connection after %j",
  async (head) => {
    const { port } = await tcpServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => void socket.write(`${head}\r\nContent-Length: 0\r\n\r\n`));
    });
    const { requests } = await device(`http://127.0.0.1:${port}`);
    expect((await requests.count(2)).slice(0, 2)).toMatchObject([
      { command: "OPTIONS", connects: true },
      { command: "Provision", connects: true },
    ]);
  },
);

describe("a connection that does not come about", () => {
  test("is refused where nobody listens, and the Ping was never sent", async () => {
    const listening = await gate({ onPing: () => void listening.stop() });
    const { exchanges, ends } = await device(listening.url);
    const [first, second] = await exchanges.count(2);
    expect([first?.ending.kind, second?.ending.kind]).toEqual(["closed", "unreachable"]);
    expect(ends.things.at(-1)).toMatchObject({ command: "Ping", end: "refused" });
  });

  test.each<[string, Parameters<typeof startTcpServer>[0]]>([
    ["a FIN within the TLS handshake", (socket) => void socket.end()],
    ["an RST within the TLS handshake", (socket) => void socket.resetAndDestroy()],
    ["a server that speaks no TLS", (socket) => void socket.end("220 ready\r\n")],
  ])("is unreachable after %s", async (_title, onConnection) => {
    const { port } = await tcpServer((socket) => {
      socket.on("error", () => undefined);
      onConnection(socket);
    });
    const { ends, pauses } = await device(`https://127.0.0.1:${port}`);
    await pauses.count(1);
    expect(ends.things).toMatchObject([{ id: 1, command: "OPTIONS", end: "unreachable" }]);
  });

  test("is given up within the command's own limit when the handshake never ends", async () => {
    const { port } = await tcpServer((socket) => void socket.on("error", () => undefined).resume());
    const { pauses, ends } = await device(`https://127.0.0.1:${port}`, { minimumPatienceMs: 0 });
    const [pause] = await pauses.count(1);
    expect(pause?.reason).toMatch(/^no answer to OPTIONS in 30 s/u);
    expect(ends.things).toEqual([]);
  });
});

describe("a server", () => {
  test("of an unknown authority is not trusted and is sent nothing", async () => {
    const { url, received } = await gate({ secure: true });
    const { ends, pauses } = await device(url, { server: parseDeviceServer(url) });
    await pauses.count(1);
    expect(ends.things).toMatchObject([{ command: "OPTIONS", end: "untrusted" }]);
    expect(received).toEqual([]);
  });

  test("of another name is not trusted, also where a session could be resumed", async () => {
    const identity = await createLeaf((await testIdentity()).authority, { names: ["other.example"] });
    const { url, received } = await gate({ secure: true, identity });
    const { ends, pauses } = await device(url);
    await pauses.count(3);
    expect(ends.things.slice(0, 3).map(({ end }) => end)).toEqual(["untrusted", "untrusted", "untrusted"]);
    expect(received).toEqual([]);
  });

  test("is taken as it is when the device is told to", async () => {
    const { url } = await gate({ secure: true });
    const { exchanges } = await device(url, { server: parseDeviceServer(url, { insecure: true }) });
    const [first] = await exchanges.count(1);
    expect(first?.ending.kind).toBe("held");
  });
});

test.each([
  [true, [false, true, true]],
  [false, [false, false, false]],
])("with resumption %j its connections resume a session as %j", async (resumption, expected) => {
  const { url, resumptions } = await gate({ secure: true, onPing: ({ raw }) => void raw.resetAndDestroy() });
  const { exchanges } = await device(url, { resumption });
  await exchanges.count(3);
  expect(resumptions.slice(0, 3)).toEqual(expected);
});

test("asks again after what Retry-After says", async () => {
  const dates = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:51:37 GMT";
  const headers = ["Retry-After: 60", dates, "Retry-After: soon"];
  const onPing = reply(
    "",
    ({ top }) => void top.write(`HTTP/1.1 503 -\r\n${headers.shift() ?? ""}\r\nContent-Length: 0\r\n\r\n`),
  );
  const { url } = await gate({ onPing });
  const { exchanges } = await device(url, { model: modelNamed("windows-mobile") });
  await exchanges.count(3);
  expect(exchanges.things.slice(0, 3).map(({ pauseMs }) => pauseMs)).toEqual([60_000, 120_000, 300_000]);
});

test.each([
  [0, 30_000],
  [250, 60_000_000],
])(
  "at a time scale of 3000 and a patience of %i real ms an ordinary command has %i ms",
  (minimumPatienceMs, limitMs) => {
    const identity = { user: "jdoe", deviceId: "device0001", deviceType: "SmartPhone" };
    const options = { server: parseDeviceServer("http://127.0.0.1:1"), identity, password: "secret", scheduler };
    const model = modelNamed("fixed");
    const session = makeSession({ ...options, model, timeScale: scheduler.timeScale, minimumPatienceMs });
    session.handle({ kind: "start" }, 0);
    expect(session.nextDeadline()).toBe(limitMs);
  },
);

describe("refuses to start", () => {
  const ZEROES = { initialSeconds: 0, minimumSeconds: 0, maximumSeconds: 0, incrementSeconds: 0, graceMs: 0 };
  test.each([
    ["a user with a colon", { identity: { user: "a:b", deviceId: "d1", deviceType: "SP" } }, /found the user "a:b"/u],
    ["a device id with a dash", { identity: { user: "a", deviceId: "d-1", deviceType: "SP" } }, /the device id "d-1"/u],
    ["a password with a line end", { password: "a\nb" }, /found a password with control characters/u],
    [
      "a base64 query before 12.1",
      { model: modelNamed("windows-mobile"), queryForm: "base64" as const },
      /from 12\.1 on/u,
    ],
    ["a start that is no time", { startAfterMs: Number.NaN }, /^startAfterMs: found NaN, expected ms from 0 on$/u],
    ["a patience below 0", { minimumPatienceMs: -1 }, /^minimumPatienceMs: found -1, expected ms from 0 on$/u],
    ["settings that are all 0", { settings: ZEROES }, /^settings: initial: found 0 s, expected whole seconds from 1/u],
    [
      "a grace that is no number",
      { settings: { ...modelNamed("fixed").defaults, graceMs: Number.NaN } },
      /^settings: grace: found NaN ms/u,
    ],
  ])("with %s", async (_title, options, message) => {
    await expect(device("http://127.0.0.1:1", options)).rejects.toThrow(message);
    expect(scheduler.pending).toBe(0);
  });
});
