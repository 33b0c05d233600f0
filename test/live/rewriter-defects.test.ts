import { Agent } from "node:http";
import type { Socket } from "node:net";
import httpProxy from "http-proxy";
import { afterEach, expect, test } from "vitest";
import { findField } from "../../src/http/fields.ts";
import type { RequestHead } from "../../src/http/message.ts";
import { RequestObserver } from "../../src/http/request-observer.ts";
import { startTcpServer, type TcpServer } from "../support/rig.ts";
import { type Entrance, eventually, startBareProxy, startRewriter, TestDevice } from "./rewriter-support.ts";

// Each defect of http-proxy 1.18.1 is seen first on http-proxy started as its README says, then not on the rewriter:
// so every guard is proved needed, and proved to hold.

const running: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of running.splice(0).toReversed()) await each.stop();
});

test("a device that leaves its parked request takes the server's side with it", async () => {
  const seen = await compare(async (start) => {
    const server = await scripted((socket, text) => {
      if (text.startsWith("POST /quick")) socket.write(OK);
    });
    const entrance = await start(server);
    const device = await TestDevice.connect(entrance.port);
    device.send("POST /park HTTP/1.1\r\nHost: mail\r\nContent-Length: 2\r\n\r\nhi", { method: "POST" });
    await eventually(() => server.seen.some((text) => text.endsWith("hi")), "the request is parked");
    const [parked] = server.sockets;
    device.socket.destroy();
    await askMany(entrance, () => parked?.destroyed === true);
    return parked?.destroyed;
  });
  expect(seen).toEqual({ httpProxy: false, rewriter: true });
});

test.each([
  { how: "reset", framing: "Content-Length: 100", part: "part" },
  { how: "close", framing: "Content-Length: 100", part: "part" },
  { how: "close", framing: "Transfer-Encoding: chunked", part: "4\r\npart\r\n" },
] as const)("a server that dies ($how) in a body framed by $framing does not leave the device hanging", async (row) => {
  const seen = await compare(async (start) => {
    const server = await scripted((socket, text) => {
      socket.write(text.startsWith("POST /quick") ? OK : `HTTP/1.1 200 OK\r\n${row.framing}\r\n\r\n${row.part}`);
    });
    const entrance = await start(server);
    const device = await TestDevice.connect(entrance.port);
    device.send(GET);
    await device.until(() => device.received.includes("part"));
    killAll(server, row.how);
    await eventually(() => server.sockets.size === 0, "the server is gone");
    await askMany(entrance, () => device.end !== undefined);
    return { end: device.end, answers: device.answers.length };
  });
  const end = row.how === "reset" ? "reset" : "cut";
  expect(seen).toEqual({ httpProxy: { end: undefined, answers: 0 }, rewriter: { end, answers: 0 } });
});

test("a chunked body that is reset is not closed as if whole", async () => {
  const seen = await compare(async (start) => {
    const server = await scripted((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n");
    });
    const device = await TestDevice.connect((await start(server)).port);
    device.send(GET);
    await device.until(() => device.received.includes("part"));
    killAll(server, "reset");
    await device.until(() => device.end !== undefined || device.answers.length > 0);
    return { end: device.end, bodies: device.answers.map((answer) => answer.body) };
  });
  expect(seen).toEqual({ httpProxy: { end: undefined, bodies: ["part"] }, rewriter: { end: "reset", bodies: [] } });
});

test.each(["DELETE", "OPTIONS"])("the chunked body of a %s does not become a second request", async (method) => {
  const seen = await compare(async (start) => {
    const server = await scripted((socket, text) => {
      if (text.endsWith(body) || text.endsWith("0\r\n\r\n")) socket.write(OK);
    });
    const body = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
    const chunk = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    const device = await TestDevice.connect((await start(server)).port);
    await device.ask(`${method} / HTTP/1.1\r\nHost: mail\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`, { method });
    return headsOf(server).map((head) => head.target);
  });
  expect(seen).toEqual({ httpProxy: ["/", "/smuggled"], rewriter: ["/"] });
});

test("names of an answer's fields keep their case, and repeated fields their lines", async () => {
  const seen = await compare(async (start) => {
    const server = await scripted((socket) =>
      socket.write("HTTP/1.1 200 OK\r\nX-MS-Status: 1\r\nX-Twice: a\r\nX-twice: b\r\nContent-Length: 0\r\n\r\n"),
    );
    const device = await TestDevice.connect((await start(server)).port);
    const { head } = await device.ask(GET);
    return head.fields.filter(({ name }) => /^x-/iu.test(name)).map(({ name, value }) => `${name}: ${value}`);
  });
  expect(seen).toEqual({
    httpProxy: ["x-ms-status: 1", "x-twice: a, b"],
    rewriter: ["X-MS-Status: 1", "X-Twice: a", "X-twice: b"],
  });
});

test("trailers pass both ways", async () => {
  const seen = await compare(async (start) => {
    const server = await scripted((socket, text) => {
      if (!/\r\n0\r\n(?:[^\r]+\r\n)*\r\n$/u.test(text)) return;
      socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 1\r\nX-sum: 2\r\n\r\n");
    });
    const device = await TestDevice.connect((await start(server)).port);
    const head = "POST / HTTP/1.1\r\nHost: mail\r\nTrailer: X-Up\r\nTransfer-Encoding: chunked\r\n\r\n";
    const { trailers } = await device.ask(`${head}2\r\nhi\r\n0\r\nX-Up: 7\r\n\r\n`, { method: "POST" });
    return {
      up: server.seen.join("").endsWith("\r\n0\r\nX-Up: 7\r\n\r\n"),
      down: trailers.map(({ name, value }) => `${name}: ${value}`),
    };
  });
  expect(seen).toEqual({
    httpProxy: { up: false, down: [] },
    rewriter: { up: true, down: ["X-Sum: 1", "X-sum: 2"] },
  });
});

test("an early 413 of a server that closes at once reaches a device that still sends", async () => {
  const seen = await compare(async (start) => {
    const statuses = new Set<number>();
    for (let round = 0; round < 10; round += 1) {
      const server = await scripted((socket) => {
        socket.removeAllListeners("data").pause();
        socket.write("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig", () => {
          socket.destroy();
        });
      });
      const device = await TestDevice.connect((await start(server)).port);
      device.send("POST / HTTP/1.1\r\nHost: mail\r\nContent-Length: 10000000\r\n\r\n", { method: "POST" });
      device.more(Buffer.alloc(6_000_000));
      statuses.add((await device.answer()).head.status);
      device.socket.destroy();
    }
    return [...statuses];
  });
  expect(seen).toEqual({ httpProxy: [502], rewriter: [413] });
});

test("repeated fields of a request stay apart, and no name is lost", async () => {
  const seen = await compare(async (start) => {
    const server = await scripted((socket) => socket.write(OK));
    const device = await TestDevice.connect((await start(server)).port);
    await device.ask("GET / HTTP/1.1\r\nHost: mail\r\nX-A: 1\r\nX-A: 2\r\n__proto__: kept\r\n\r\n");
    const fields = headsOf(server)[0]?.fields.filter(({ name }) => /^(?:x-a|__proto__)$/iu.test(name));
    return fields?.map(({ name, value }) => `${name}: ${value}`);
  });
  expect(seen).toEqual({ httpProxy: ["x-a: 1, 2"], rewriter: ["X-A: 1", "X-A: 2", "__proto__: kept"] });
});

test("fields that Connection names end here, both ways", async () => {
  const seen = await compare(async (start) => {
    const server = await scripted((socket) =>
      socket.write("HTTP/1.1 200 OK\r\nConnection: X-Hop\r\nX-Hop: down\r\nContent-Length: 0\r\n\r\n"),
    );
    const device = await TestDevice.connect((await start(server)).port);
    const answer = await device.ask("GET / HTTP/1.1\r\nHost: mail\r\nConnection: X-Hop\r\nX-Hop: up\r\n\r\n");
    return [findField(headsOf(server)[0]?.fields ?? [], "x-hop"), findField(answer.head.fields, "x-hop")];
  });
  expect(seen).toEqual({ httpProxy: ["up", "down"], rewriter: [undefined, undefined] });
});

test("the server is asked before Expect: 100-continue is answered", async () => {
  const seen = await compare(async (start) => {
    const server = await scripted((socket) =>
      socket.write("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n"),
    );
    const device = await TestDevice.connect((await start(server)).port);
    const head = "POST / HTTP/1.1\r\nHost: mail\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
    await device.ask(head, { method: "POST" });
    return device.answers.map((answer) => answer.head.status);
  });
  expect(seen).toEqual({ httpProxy: [100, 417], rewriter: [417] });
});

test("the slashes of a path stay as they are", async () => {
  const seen = await compare(async (start) => {
    const server = await scripted((socket) => socket.write(OK));
    const device = await TestDevice.connect((await start(server)).port);
    await device.ask("GET //a///b?c//d HTTP/1.1\r\nHost: mail\r\n\r\n");
    return headsOf(server)[0]?.target;
  });
  expect(seen).toEqual({ httpProxy: "/a/b?c//d", rewriter: "//a///b?c//d" });
});

test("the refusal of an upgrade is an answer like any other, not a body without the chunks that its head announces", async () => {
  const seen = await compare(async (start) => {
    const server = await scripted((socket) => {
      socket.write("HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n");
    });
    const device = await TestDevice.connect((await start(server)).port);
    device.send(`GET / HTTP/1.1\r\nHost: mail\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`, { upgrade: true });
    await device.until(() => device.fault !== undefined || device.answers.length > 0);
    return { broken: device.fault !== undefined, bodies: device.answers.map((answer) => answer.body) };
  });
  expect(seen).toEqual({ httpProxy: { broken: true, bodies: [] }, rewriter: { broken: false, bodies: ["no"] } });
});

test("a connection that one device signed in with NTLM serves no other", async () => {
  const seen = await compare(async (start) => {
    const server = await scripted((socket) => socket.write(OK));
    const entrance = await start(server, { agent: new Agent({ keepAlive: true }) });
    for (const authorization of ["NTLM TlRMTVNTUAAD", "Basic dTpw"]) {
      const device = await TestDevice.connect(entrance.port);
      await device.ask(`GET / HTTP/1.1\r\nHost: mail\r\nAuthorization: ${authorization}\r\n\r\n`);
      device.socket.destroy();
    }
    return server.seen.length;
  });
  expect(seen).toEqual({ httpProxy: 1, rewriter: 2 });
});

test("a server that can't be reached is a 502 with a sentence, not the end of the process", async () => {
  const bare = httpProxy.createProxyServer();
  expect(() => bare.emit("error", new Error("unreachable"))).toThrow("unreachable");
  const gone = await startTcpServer(() => undefined);
  await gone.stop();
  const entrance = await startRewriter(gone.port);
  running.push(entrance);
  const device = await TestDevice.connect(entrance.port);
  const { head, body } = await device.ask(GET);
  await device.until(() => device.end !== undefined);
  expect(head.status).toBe(502);
  expect(body).toMatch(/^The Client Access server 127\.0\.0\.1:\d+ can't be reached: .*ECONNREFUSED.*\.\n$/u);
  expect(device.end).toBe("fin");
});

const GET = "GET / HTTP/1.1\r\nHost: mail\r\n\r\n";
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

type Start = (server: TcpServer, options?: httpProxy.ServerOptions) => Promise<Entrance>;

/** What is seen through `http-proxy` alone, and through the rewriter. */
async function compare<Seen>(observe: (start: Start) => Promise<Seen>): Promise<{ httpProxy: Seen; rewriter: Seen }> {
  const httpProxySeen = await observe((server, options) => remember(startBareProxy(server.port, options)));
  const rewriter = await observe((server) => remember(startRewriter(server.port)));
  return { httpProxy: httpProxySeen, rewriter };
}

async function remember<Running extends { stop(): Promise<void> }>(starting: Promise<Running>): Promise<Running> {
  const started = await starting;
  running.push(started);
  return started;
}

interface Scripted extends TcpServer {
  /** What came on each connection, in the order of the connections. */
  readonly seen: string[];
}

/** A server that calls the script with all that has come on a connection, whenever more came. */
async function scripted(script: (socket: Socket, text: string) => void): Promise<Scripted> {
  const seen: string[] = [];
  const server = await startTcpServer((socket) => {
    const index = seen.push("") - 1;
    socket.on("error", () => undefined);
    socket.on("end", () => socket.end());
    socket.on("data", (bytes: Buffer) => {
      seen[index] += bytes.toString("latin1");
      script(socket, seen[index] ?? "");
    });
  });
  return remember(Promise.resolve({ ...server, seen }));
}

/** Lets other devices come and go until that is so, or so often that it would be if it were ever. */
async function askMany({ port }: Entrance, isSo: () => boolean): Promise<void> {
  for (let round = 0; round < 20 && !isSo(); round += 1) {
    const device = await TestDevice.connect(port);
    await device.ask("POST /quick HTTP/1.1\r\nHost: mail\r\nContent-Length: 0\r\n\r\n", { method: "POST" });
    device.socket.end();
    await device.until(() => device.end !== undefined);
  }
}

function headsOf({ seen }: Scripted): readonly RequestHead[] {
  return seen.flatMap((text) => {
    const events = new RequestObserver().push(Buffer.from(text, "latin1"));
    return events.flatMap((event) => (event.kind === "head" ? [event.head] : []));
  });
}

function killAll(server: TcpServer, how: "reset" | "close"): void {
  for (const socket of server.sockets) {
    if (how === "reset") socket.resetAndDestroy();
    else socket.end();
  }
}
