import { createServer as createTlsServer } from "node:https";
import { once } from "node:events";
import type { Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { keyPem } from "../../src/live/certificates.ts";
import { parseTarget } from "../../src/live/target.ts";
import { testIdentity } from "../support/identity.ts";
import { LEG_KINDS, portOf, startTcpServer, type TcpServer } from "../support/rig.ts";
import { eventually, startHttp, startRewriter, TestDevice } from "./rewriter-support.ts";

const running: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of running.splice(0).toReversed()) await each.stop();
});

describe("where requests go", () => {
  test("each path goes to its backend, with the path, the Host and the fields that this one is to see", async () => {
    const [mail, rest] = [await startMirror(), await startMirror()];
    const backends = [
      { prefix: "/", target: targetOf(rest.port), host: "kept" as const },
      { prefix: "/eas", target: targetOf(mail.port), stripPrefix: true, addPrefix: "/Microsoft-Server-ActiveSync" },
    ];
    const device = await connect(await rewriterTo(rest.port, { backends }));
    const toMail = await device.ask(
      "GET /EAS?Cmd=Ping HTTP/1.1\r\nHost: shop.example:444\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n",
    );
    expect(JSON.parse(toMail.body)).toMatchObject({
      url: "/Microsoft-Server-ActiveSync?Cmd=Ping",
      headers: {
        host: `127.0.0.1:${mail.port}`,
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-proto": "https",
        "x-forwarded-host": "shop.example:444",
        "x-forwarded-port": "444",
      },
    });
    const toRest = await device.ask("GET /easy HTTP/1.1\r\nHost: shop.example:444\r\n\r\n");
    expect(JSON.parse(toRest.body)).toMatchObject({ url: "/easy", headers: { host: "shop.example:444" } });
  });

  test.each([
    ["a path that no backend serves", "GET /other HTTP/1.1\r\nHost: mail\r\n\r\n", 404],
    ["a path that leads elsewhere", "GET /eas/../x HTTP/1.1\r\nHost: mail\r\n\r\n", 400],
    ["a method that Node's parser does not know", "BREW /eas HTTP/1.1\r\nHost: mail\r\n\r\n", 501],
    ["two lengths", "POST /eas HTTP/1.1\r\nHost: mail\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", 400],
    ["a length beside chunks", `POST /eas HTTP/1.1\r\nHost: mail\r\n${BOTH}\r\n\r\n0\r\n\r\n`, 400],
    ["a field too many", `GET /eas HTTP/1.1\r\nHost: mail\r\n${"X: 1\r\n".repeat(201)}\r\n`, 431],
  ])("%s is refused before a byte reaches a server", async (_what, bytes, status) => {
    const server = await startTcpServer(() => undefined);
    running.push(server);
    const backends = [{ prefix: "/eas", target: targetOf(server.port) }];
    const rewriter = await rewriterTo(server.port, { backends });
    const device = await connect(rewriter);
    device.send(bytes);
    await device.until(() => device.end !== undefined);
    expect(device.answers).toMatchObject([{ head: { status } }]);
    expect(device.end).toBe("fin");
    expect(rewriter.rig.refusals).toEqual([status]);
    expect(server.sockets.size).toBe(0);
  });

  test("a chunk that can't be read after the request has begun ends it with 400, and the server's side with an RST", async () => {
    const closed: string[] = [];
    const server = await startTcpServer((socket) => {
      socket.resume();
      socket.on("error", (error: Error & { readonly code?: string }) => closed.push(error.code ?? ""));
    });
    running.push(server);
    const device = await connect(await rewriterTo(server.port));
    device.send("POST / HTTP/1.1\r\nHost: mail\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n", { method: "POST" });
    await eventually(() => server.sockets.size === 1, "the request has begun");
    await eventually(() => [...server.sockets].every((socket) => socket.bytesRead > 0), "the server has the head");
    device.more("zz\r\n");
    expect(await device.answer()).toMatchObject({ head: { status: 400 } });
    await eventually(() => server.sockets.size === 0, "the server's side is closed");
    expect(closed).toEqual(["ECONNRESET"]);
  });
});

describe("server connections", () => {
  test("are shared by devices that come one after the other", async () => {
    const server = await startAnswering();
    const rewriter = await rewriterTo(server.port);
    for (let round = 0; round < 10; round += 1) await askOnce(rewriter, "POST");
    expect(server.connections()).toBe(1);
  });

  test("are not kept where that is not wanted", async () => {
    const server = await startAnswering();
    const rewriter = await rewriterTo(server.port, { idleConnections: 0 });
    for (let round = 0; round < 3; round += 1) await askOnce(rewriter, "POST");
    expect(server.connections()).toBe(3);
  });

  test.each([
    ["GET", 200],
    ["POST", 502],
  ])(
    "that a server closes as a %s comes give %i: what may be repeated is, what may not is not",
    async (method, status) => {
      let requests = 0;
      const server = await startAnswering((socket) => {
        requests += 1;
        if (requests !== 2) return true;
        socket.destroy();
        return false;
      });
      const rewriter = await rewriterTo(server.port);
      expect(await askOnce(rewriter, method)).toBe(200);
      expect(await askOnce(rewriter, method)).toBe(status);
    },
  );

  test("are closed when nobody uses them for a while, and never while a request is parked", async () => {
    const server = await startAnswering((socket) => socket.bytesRead < 200);
    const rewriter = await rewriterTo(server.port, { idleMs: 50 });
    const device = await connect(rewriter);
    device.send(request("POST").replace("\r\n\r\n", `\r\nX: ${"x".repeat(200)}\r\n\r\n`), { method: "POST" });
    await eventually(() => server.sockets.size === 1, "the request is parked");
    for (let round = 0; round < 3; round += 1) {
      await askOnce(rewriter, "POST");
      await eventually(() => server.sockets.size === 1, "the unused connection is closed");
    }
    for (const socket of server.sockets) socket.write(OK);
    expect(await device.answer()).toMatchObject({ body: "ok" });
  });

  test("parked requests wait each on its own, whatever the number", async () => {
    const server = await startTcpServer((socket) => {
      socket.resume();
      socket.on("end", () => socket.end());
    });
    running.push(server);
    const rewriter = await rewriterTo(server.port, { idleConnections: 1 });
    const devices = await Promise.all(Array.from({ length: 50 }, () => connect(rewriter)));
    for (const device of devices) device.send(request("POST"), { method: "POST" });
    await eventually(() => server.sockets.size === 50, "all are parked");
    expect(rewriter.rig.proxy.busyCount).toBe(50);
    for (const socket of server.sockets) socket.write(OK);
    for (const device of devices) await device.until(() => device.answers.length === 1);
    await eventually(() => server.sockets.size === 1, "all but one are closed");
  });

  test("an https backend is verified, and its sessions are resumed", async () => {
    const { authority } = await testIdentity();
    const server = await startHttps();
    const target = parseTarget(`https://localhost:${server.port}`, { authorities: authority.certificate.toString() });
    const rewriter = await rewriterTo(server.port, { backends: [{ prefix: "/", target }], idleConnections: 0 });
    expect(await askOnce(rewriter, "POST")).toBe(200);
    expect(await askOnce(rewriter, "POST")).toBe(200);
    expect(server.resumed).toEqual([false, true]);
  });

  test("an https backend that is not trusted is a 502 that says so", async () => {
    const server = await startHttps();
    const backends = [{ prefix: "/", target: parseTarget(`https://localhost:${server.port}`) }];
    const device = await connect(await rewriterTo(server.port, { backends }));
    const { head, body } = await device.ask(request("POST"), { method: "POST" });
    expect(head.status).toBe(502);
    expect(body).toMatch(/^The Client Access server localhost:\d+ is not trusted: .*\n$/u);
  });

  test("an early answer of an https backend that closes at once reaches the device", async () => {
    const { authority } = await testIdentity();
    const server = await startHttps((socket) => {
      socket.pause();
      const head = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\n";
      socket.write(`${head}big`, () => socket.destroy());
    });
    const target = parseTarget(`https://localhost:${server.port}`, { authorities: authority.certificate.toString() });
    const device = await connect(await rewriterTo(server.port, { backends: [{ prefix: "/", target }] }));
    device.send("POST / HTTP/1.1\r\nHost: mail\r\nContent-Length: 10000000\r\n\r\n", { method: "POST" });
    device.more(Buffer.alloc(6_000_000));
    expect(await device.answer()).toMatchObject({ head: { status: 413 }, body: "big" });
  });
});

describe.each(LEG_KINDS)("above a %s leg", (legKind) => {
  test("pipelined requests reach the server one at a time, and are answered in their order", async () => {
    const seen: string[] = [];
    const server = await startHttp((incoming, response) => {
      seen.push(`${incoming.url} asked`);
      setImmediate(() => {
        seen.push(`${incoming.url} answered`);
        response.end(incoming.url);
      });
    });
    running.push(server);
    const device = await connect(await rewriterTo(server.port, {}, { legKind }));
    const paths = Array.from({ length: 10 }, (_, index) => `/${index}`);
    for (const path of paths.slice(1)) device.send("", { method: path });
    device.send(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: mail\r\n\r\n`).join(""));
    await device.until(() => device.answers.length === paths.length);
    expect(device.answers.map((answer) => answer.body)).toEqual(paths);
    expect(seen).toEqual(paths.flatMap((path) => [`${path} asked`, `${path} answered`]));
  });

  test("what is pipelined behind a connection's last request goes nowhere", async () => {
    const seen: (string | undefined)[] = [];
    const server = await startHttp((incoming, response) => {
      seen.push(incoming.url);
      response.end("ok");
    });
    running.push(server);
    const device = await connect(await rewriterTo(server.port, {}, { legKind }));
    const last = "GET /last HTTP/1.1\r\nHost: mail\r\nConnection: close\r\n\r\n";
    device.send(`${last}GET /behind HTTP/1.1\r\nHost: mail\r\n\r\n`);
    await device.until(() => device.end !== undefined);
    expect(device).toMatchObject({ end: "fin", answers: [{ body: "ok" }] });
    expect(seen).toEqual(["/last"]);
  });

  test("a body that breaks its framing behind an early answer cuts the device", async () => {
    const server = await startTcpServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => socket.write(OK));
    });
    running.push(server);
    const device = await connect(await rewriterTo(server.port, {}, { legKind }));
    device.send("POST / HTTP/1.1\r\nHost: mail\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n", { method: "POST" });
    expect(await device.answer()).toMatchObject({ body: "ok" });
    device.more("zz\r\n");
    await device.until(() => device.end !== undefined);
    expect(device).toMatchObject({ end: "cut", answers: [{ body: "ok" }] });
  });

  test("1,000 requests go over one connection", async () => {
    const server = await startAnswering();
    const device = await connect(await rewriterTo(server.port, {}, { legKind }));
    for (let round = 0; round < 1000; round += 1) await device.ask(request("POST"), { method: "POST" });
    expect(device.answers).toHaveLength(1000);
    expect(server.connections()).toBe(1);
  });

  test("large bodies pass both ways, at the pace of who is slower", async () => {
    const server = await startHttp((incoming, response) => {
      response.writeHead(200, { "Content-Length": incoming.headers["content-length"] ?? "" });
      incoming.pipe(response);
    });
    running.push(server);
    const rewriter = await rewriterTo(server.port, {}, { legKind });
    const device = await connect(rewriter);
    const size = 8_000_000;
    device.socket.pause();
    device.send(`POST / HTTP/1.1\r\nHost: mail\r\nContent-Length: ${size}\r\n\r\n`, { method: "POST" });
    device.more(Buffer.alloc(size, "x"));
    await eventually(() => rewriter.rig.proxy.bytes.toDevice > 10_000, "the answer has begun");
    device.socket.resume();
    const { body } = await device.answer();
    expect(body).toBe("x".repeat(size));
  });

  test("a head passes on as soon as it is there, long before its body", async () => {
    const server = await startTcpServer((socket) => {
      socket.once("data", () => {
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
        socket.once("data", () => socket.write("ok"));
      });
    });
    running.push(server);
    const device = await connect(await rewriterTo(server.port, {}, { legKind }));
    device.send("POST / HTTP/1.1\r\nHost: mail\r\nContent-Length: 2\r\n\r\n", { method: "POST" });
    await device.until(() => device.head !== undefined);
    device.more("hi");
    expect(await device.answer()).toMatchObject({ body: "ok" });
  });

  test("a head that takes too long is answered 408, a connection that says nothing is closed", async () => {
    const server = await startAnswering();
    const rewriter = await rewriterTo(server.port, { headersTimeoutMs: 100 }, { legKind });
    const [slow, silent] = [await connect(rewriter), await connect(rewriter)];
    slow.send("GET / HTTP/1.1\r\n");
    await slow.until(() => slow.end !== undefined);
    await silent.until(() => silent.end !== undefined);
    expect(slow.answers).toMatchObject([{ head: { status: 408 } }]);
    expect(silent).toMatchObject({ received: "", end: "fin" });
  });
});

describe("answers", () => {
  test.each([
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx"],
    ["a coding that is not chunked alone", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"],
    [
      "a switch of protocols that nobody asked for",
      "HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
    ],
    ["a head of more than 16 KiB", `HTTP/1.1 200 OK\r\nX: ${"x".repeat(20_000)}\r\nContent-Length: 0\r\n\r\n`],
    ["more fields than are taken", `HTTP/1.1 200 OK\r\n${"X: 1\r\n".repeat(201)}Content-Length: 0\r\n\r\n`],
    ["no HTTP", "SSH-2.0-OpenSSH\r\n"],
  ])("with %s become a 502", async (_what, answer) => {
    const server = await startTcpServer((socket) => {
      socket.on("error", () => undefined);
      socket.on("end", () => socket.end());
      socket.once("data", () => socket.write(answer));
    });
    running.push(server);
    const rewriter = await rewriterTo(server.port);
    const device = await connect(rewriter);
    const { head, body } = await device.ask(request("POST"), { method: "POST" });
    expect(head.status).toBe(502);
    expect(body).toMatch(/^The Client Access server 127\.0\.0\.1:\d+ broke off before its answer: .*\n$/u);
    await eventually(() => server.sockets.size === 0, "the server's side is closed");
  });
});

const BOTH = "Content-Length: 1\r\nTransfer-Encoding: chunked";
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

function request(method: string): string {
  const length = method === "POST" ? "Content-Length: 0\r\n" : "";
  return `${method} / HTTP/1.1\r\nHost: mail\r\n${length}\r\n`;
}

function targetOf(port: number): ReturnType<typeof parseTarget> {
  return parseTarget(`http://127.0.0.1:${port}`);
}

async function rewriterTo(...options: Parameters<typeof startRewriter>): ReturnType<typeof startRewriter> {
  const rewriter = await startRewriter(...options);
  running.push(rewriter);
  return rewriter;
}

async function connect({ port }: { readonly port: number }): Promise<TestDevice> {
  const device = await TestDevice.connect(port);
  running.push({ stop: async () => void device.socket.destroy() });
  return device;
}

/** A device that comes, asks and goes; gives the status. */
async function askOnce(rewriter: { readonly port: number }, method: string): Promise<number> {
  const device = await connect(rewriter);
  const { head } = await device.ask(request(method), { method });
  device.socket.end();
  await device.until(() => device.end !== undefined);
  return head.status;
}

/** A server that tells in JSON what it was asked. */
async function startMirror(): ReturnType<typeof startHttp> {
  const server = await startHttp(({ url, headers }, response) => response.end(JSON.stringify({ url, headers })));
  running.push(server);
  return server;
}

/** A server that answers each request without a body, if the script says so. */
async function startAnswering(
  script: (socket: Socket) => boolean = () => true,
): Promise<TcpServer & { readonly connections: () => number }> {
  let connections = 0;
  const server = await startTcpServer((socket) => {
    connections += 1;
    socket.on("error", () => undefined);
    socket.on("end", () => socket.end());
    socket.on("data", () => {
      if (script(socket)) socket.write(OK);
    });
  });
  running.push(server);
  return { ...server, connections: () => connections };
}

interface SecureServer {
  readonly port: number;
  /** For each connection, whether it resumed a session. */
  readonly resumed: readonly boolean[];
}

/** An https server that answers 200, or does with each connection's first bytes what the test says. */
async function startHttps(onData?: (socket: Socket) => void): Promise<SecureServer> {
  const { leaf } = await testIdentity();
  const resumed: boolean[] = [];
  const identity = { cert: leaf.certificate.toString(), key: keyPem(leaf.key) };
  const server = createTlsServer(identity, (_request, response) => response.end("ok"));
  const sockets = new Set<Socket>();
  server.on("secureConnection", (socket) => {
    sockets.add(socket);
    resumed.push(socket.isSessionReused());
    socket.on("error", () => undefined);
    if (onData === undefined) return;
    socket.removeAllListeners("data");
    socket.once("data", () => onData(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  running.push({
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
  return { port: portOf(server), resumed };
}
