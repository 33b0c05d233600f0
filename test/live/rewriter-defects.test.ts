import { Agent } from "node:http";
import type { Socket } from "node:net";
import httpProxy from "http-proxy";
import { afterEach, describe, expect, test } from "vitest";
import { findField } from "../../src/http/fields.ts";
import { RequestObserver } from "../../src/http/request-observer.ts";
import { startTcpServer, type TcpServer } from "../support/rig.ts";
import { type Entrance, eventually, startBareProxy, startRewriter, TestDevice } from "./rewriter-support.ts";

// Each defect of http-proxy 1.18.1 is shown on http-proxy as its README starts it, so that each guard is proved needed.

const KINDS = ["http-proxy", "rewriter"] as const;

const running: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of running.splice(0).reverse()) await each.stop();
});

describe("a server that answers as the test says", () => {
  test("a device that leaves its parked request takes the server's side with it; http-proxy leaves that open", async () => {
    for (const kind of KINDS) {
      const server = await scripted((socket, text) => {
        if (text.startsWith("POST /quick")) socket.write(OK);
      });
      const entrance = await start(kind, server.port);
      const device = await TestDevice.connect(entrance.port);
      device.send("POST /park HTTP/1.1\r\nHost: mail\r\nContent-Length: 2\r\n\r\nhi", { method: "POST" });
      await eventually(() => server.seen.some((text) => text.includes("hi")), "the request is parked");
      const [parked] = server.sockets;
      device.socket.destroy();
      for (let round = 0; round < 20; round += 1) await askQuickly(entrance);
      if (kind === "http-proxy") expect(parked?.destroyed).toBe(false);
      else await eventually(() => parked?.destroyed === true, "the parked request is given up");
    }
  });

  test.each([
    { how: "reset", framing: "Content-Length: 100", part: "part" },
    { how: "close", framing: "Content-Length: 100", part: "part" },
    { how: "close", framing: "Transfer-Encoding: chunked", part: "4\r\npart\r\n" },
  ] as const)(
    "a server that dies ($how) in a body framed by $framing cuts the device; http-proxy leaves it hanging",
    async ({ how, framing, part }) => {
      for (const kind of KINDS) {
        const server = await scripted((socket, text) => {
          socket.write(text.startsWith("POST /quick") ? OK : `HTTP/1.1 200 OK\r\n${framing}\r\n\r\n${part}`);
        });
        const entrance = await start(kind, server.port);
        const device = await TestDevice.connect(entrance.port);
        device.send(GET);
        await device.until(() => device.received.includes("part"));
        killAll(server, how);
        if (kind === "http-proxy") {
          await eventually(() => server.sockets.size === 0, "the server is gone");
          for (let round = 0; round < 20; round += 1) await askQuickly(entrance);
          expect(device).toMatchObject({ end: undefined, answers: [] });
          device.socket.destroy();
        } else {
          await device.until(() => device.end !== undefined);
          expect(device).toMatchObject({ end: how === "reset" ? "reset" : "cut", answers: [] });
        }
      }
    },
  );

  test("a chunked body that is reset is never closed as if whole, as http-proxy closes it", async () => {
    for (const kind of KINDS) {
      const server = await scripted((socket) => {
        socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n");
      });
      const entrance = await start(kind, server.port);
      const device = await TestDevice.connect(entrance.port);
      device.send(GET);
      await device.until(() => device.received.includes("part"));
      killAll(server, "reset");
      await device.until(() => device.end !== undefined || device.answers.length > 0);
      if (kind === "http-proxy") expect(device.answers).toMatchObject([{ body: "part" }]);
      else expect(device).toMatchObject({ end: "reset", answers: [] });
      device.socket.destroy();
    }
  });

  test.each(["DELETE", "OPTIONS"])(
    "the chunked body of a %s stays a body; http-proxy makes a second request of it",
    async (method) => {
      for (const kind of KINDS) {
        const server = await scripted((socket, text) => {
          if (text.includes("smuggled") && (kind === "http-proxy" || text.endsWith("0\r\n\r\n"))) socket.write(OK);
        });
        const entrance = await start(kind, server.port);
        const device = await TestDevice.connect(entrance.port);
        const body = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
        const chunk = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
        await device.ask(`${method} / HTTP/1.1\r\nHost: mail\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`, {
          method,
        });
        const targets = headsOf(server).map((head) => `${head.method} ${head.target}`);
        expect(targets).toEqual(kind === "http-proxy" ? [`${method} /`, "GET /smuggled"] : [`${method} /`]);
        device.socket.destroy();
      }
    },
  );

  test("names of an answer's fields keep their case and repeated ones their lines; http-proxy lowers and mends", async () => {
    const given = "X-MS-Status: 1\r\nX-Twice: a\r\nX-twice: b";
    for (const kind of KINDS) {
      const server = await scripted((socket) =>
        socket.write(`HTTP/1.1 200 OK\r\n${given}\r\nContent-Length: 0\r\n\r\n`),
      );
      const device = await TestDevice.connect((await start(kind, server.port)).port);
      const { head } = await device.ask(GET);
      const mine = head.fields
        .filter((field) => /^x-/iu.test(field.name))
        .map(({ name, value }) => `${name}: ${value}`);
      if (kind === "http-proxy") expect(mine).toEqual(["x-ms-status: 1", "x-twice: a, b"]);
      else expect(mine).toEqual(given.split("\r\n"));
      device.socket.destroy();
    }
  });

  test("trailers pass both ways; http-proxy drops them", async () => {
    for (const kind of KINDS) {
      const server = await scripted((socket, text) => {
        if (!/0\r\n(?:[^\r]+\r\n)*\r\n$/u.test(text)) return;
        socket.write(
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 1\r\nX-sum: 2\r\n\r\n",
        );
      });
      const device = await TestDevice.connect((await start(kind, server.port)).port);
      const { trailers } = await device.ask(
        "POST / HTTP/1.1\r\nHost: mail\r\nTrailer: X-Up\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Up: 7\r\n\r\n",
        { method: "POST" },
      );
      const passed = kind === "rewriter";
      expect(trailers.map(({ name, value }) => [name, value])).toEqual(
        passed
          ? [
              ["X-Sum", "1"],
              ["X-sum", "2"],
            ]
          : [],
      );
      expect(server.seen.join("").includes("X-Up: 7\r\n")).toBe(passed);
      device.socket.destroy();
    }
  });

  test("an early 413 reaches the device; http-proxy makes a 502 of it", async () => {
    for (const kind of KINDS) {
      const statuses = new Set<number>();
      for (let round = 0; round < 20; round += 1) {
        const server = await scripted((socket, text) => {
          if (!text.startsWith("POST")) return;
          socket.removeAllListeners("data");
          socket.pause();
          socket.write("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig", () => {
            socket.destroy();
          });
        });
        const device = await TestDevice.connect((await start(kind, server.port)).port);
        device.send("POST / HTTP/1.1\r\nHost: mail\r\nContent-Length: 10000000\r\n\r\n", { method: "POST" });
        device.more(Buffer.alloc(3_000_000));
        device.more(Buffer.alloc(3_000_000));
        const { head } = await device.answer();
        statuses.add(head.status);
        device.socket.destroy();
      }
      if (kind === "http-proxy") expect(statuses).toContain(502);
      else expect([...statuses]).toEqual([413]);
    }
  });

  test("repeated fields of a request stay repeated; http-proxy joins them", async () => {
    for (const kind of KINDS) {
      const server = await scripted((socket) => socket.write(OK));
      const device = await TestDevice.connect((await start(kind, server.port)).port);
      await device.ask("GET / HTTP/1.1\r\nHost: mail\r\nX-A: 1\r\nX-A: 2\r\n__proto__: kept\r\n\r\n");
      const [head] = headsOf(server);
      const values = head?.fields.filter((field) => field.name.toLowerCase() === "x-a").map((field) => field.value);
      expect(values).toEqual(kind === "http-proxy" ? ["1, 2"] : ["1", "2"]);
      expect(findField(head?.fields ?? [], "__proto__")).toBe(kind === "http-proxy" ? undefined : "kept");
      device.socket.destroy();
    }
  });

  test("fields that Connection names end here, both ways; http-proxy passes them", async () => {
    for (const kind of KINDS) {
      const server = await scripted((socket) =>
        socket.write("HTTP/1.1 200 OK\r\nConnection: X-Hop\r\nX-Hop: down\r\nContent-Length: 0\r\n\r\n"),
      );
      const device = await TestDevice.connect((await start(kind, server.port)).port);
      const answer = await device.ask("GET / HTTP/1.1\r\nHost: mail\r\nConnection: X-Hop\r\nX-Hop: up\r\n\r\n");
      const passed = kind === "http-proxy";
      expect(findField(headsOf(server)[0]?.fields ?? [], "x-hop")).toBe(passed ? "up" : undefined);
      expect(findField(answer.head.fields, "x-hop")).toBe(passed ? "down" : undefined);
      device.socket.destroy();
    }
  });

  test("the server is asked before Expect is answered; http-proxy answers 100 itself", async () => {
    for (const kind of KINDS) {
      const server = await scripted((socket) =>
        socket.write("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n"),
      );
      const device = await TestDevice.connect((await start(kind, server.port)).port);
      await device.ask("POST / HTTP/1.1\r\nHost: mail\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", {
        method: "POST",
      });
      const statuses = device.answers.map((answer) => answer.head.status);
      expect(statuses).toEqual(kind === "http-proxy" ? [100, 417] : [417]);
      device.socket.destroy();
    }
  });

  test("the slashes of a path stay as they are; http-proxy joins them", async () => {
    for (const kind of KINDS) {
      const server = await scripted((socket) => socket.write(OK));
      const device = await TestDevice.connect((await start(kind, server.port)).port);
      await device.ask("GET //a///b?c//d HTTP/1.1\r\nHost: mail\r\n\r\n");
      expect(headsOf(server)[0]?.target).toBe(kind === "http-proxy" ? "/a/b?c//d" : "//a///b?c//d");
      device.socket.destroy();
    }
  });

  test("the refusal of an upgrade is an answer like any other; http-proxy takes off its chunks but says it is chunked", async () => {
    for (const kind of KINDS) {
      const server = await scripted((socket, text) => {
        if (text.includes("GET /next")) socket.write(OK);
        else socket.write("HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n");
      });
      const device = await TestDevice.connect((await start(kind, server.port)).port);
      device.send(UPGRADE, { upgrade: true });
      await device.until(() => device.fault !== undefined || device.answers.length > 0);
      if (kind === "http-proxy") expect(device.fault).toBeDefined();
      else {
        expect(device.answers).toMatchObject([{ head: { status: 403 }, body: "no" }]);
        expect(await device.ask("GET /next HTTP/1.1\r\nHost: mail\r\n\r\n")).toMatchObject({ head: { status: 200 } });
      }
      device.socket.destroy();
    }
  });

  test("a connection that one device signed in with NTLM serves no other; http-proxy shares it with a pool", async () => {
    for (const kind of KINDS) {
      const server = await scripted((socket) => socket.write(OK));
      const entrance = await start(kind, server.port, { agent: new Agent({ keepAlive: true }) });
      const signedIn = await TestDevice.connect(entrance.port);
      await signedIn.ask("GET / HTTP/1.1\r\nHost: mail\r\nAuthorization: NTLM TlRMTVNTUAAD\r\n\r\n");
      const other = await TestDevice.connect(entrance.port);
      await other.ask(GET);
      expect(server.seen).toHaveLength(kind === "http-proxy" ? 1 : 2);
      signedIn.socket.destroy();
      other.socket.destroy();
    }
  });
});

test("a server that can't be reached is a 502 in a sentence; http-proxy without an error listener ends the process", async () => {
  const bare = httpProxy.createProxyServer();
  expect(() => bare.emit("error", new Error("unreachable"))).toThrow("unreachable");
  const gone = await startTcpServer(() => undefined);
  await gone.stop();
  const device = await TestDevice.connect((await start("rewriter", gone.port)).port);
  const { head, body } = await device.ask(GET);
  expect(head.status).toBe(502);
  expect(body).toMatch(/^The Client Access server 127\.0\.0\.1:\d+ cannot be reached: .*ECONNREFUSED.*\.\n$/u);
  await device.until(() => device.end !== undefined);
  expect(device.end).toBe("fin");
});

const GET = "GET / HTTP/1.1\r\nHost: mail\r\n\r\n";
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const UPGRADE =
  "GET / HTTP/1.1\r\nHost: mail\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";

interface Scripted extends TcpServer {
  /** What came on each connection, in the order of the connections. */
  readonly seen: string[];
}

/** A server that calls the script with all that came on a connection since its last answer. */
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
  const all = { ...server, seen };
  running.push(all);
  return all;
}

async function start(
  kind: (typeof KINDS)[number],
  port: number,
  options: httpProxy.ServerOptions = {},
): Promise<Entrance> {
  const entrance = await (kind === "rewriter" ? startRewriter(port) : startBareProxy(port, options));
  running.push(entrance);
  return entrance;
}

async function askQuickly({ port }: Entrance): Promise<void> {
  const device = await TestDevice.connect(port);
  await device.ask("POST /quick HTTP/1.1\r\nHost: mail\r\nContent-Length: 0\r\n\r\n", { method: "POST" });
  device.socket.end();
  await device.until(() => device.end !== undefined);
}

function headsOf({
  seen,
}: Scripted): { method: string; target: string; fields: readonly { name: string; value: string }[] }[] {
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
