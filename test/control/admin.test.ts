import { EventEmitter, once } from "node:events";
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, test } from "vitest";
import { type Admin, type AdminSettings, startAdmin } from "../../src/control/admin.ts";
import type { AdminSubject } from "../../src/control/app.ts";
import { PAGES } from "../../src/control/landing-page.ts";

const open: Admin[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((admin) => admin.close()));
});

const TOKEN = "a-token-of-22-letters.";

const SUBJECT: AdminSubject = {
  version: "1.2.3",
  ready: () => true,
  exposeMetrics: () => Promise.resolve({ contentType: "text/plain; version=0.0.4; charset=utf-8", body: "up 1\n" }),
};

async function start(subject: Partial<AdminSubject> = {}, settings: Partial<AdminSettings> = {}): Promise<Admin> {
  const admin = await startAdmin({ host: "127.0.0.1", port: 0, ...settings }, { ...SUBJECT, ...subject });
  open.push(admin);
  return admin;
}

/** Asks with a `Host` of one's own, which `fetch` does not let through. */
async function statusFor(admin: Admin, host: string): Promise<number | undefined> {
  const headers = { host, authorization: `Bearer ${TOKEN}` };
  const asking = request({ host: admin.address.host, port: admin.address.port, headers, agent: false }).end();
  const [answer] = await once(asking, "response");
  answer.resume();
  return answer.statusCode;
}

async function connected(admin: Admin): Promise<Socket> {
  const socket = connect(admin.address.port, admin.address.host);
  await once(socket, "connect");
  return socket;
}

/** Waits for the end of a connection, orderly or not. */
function closing(socket: Socket): Promise<void> {
  socket.on("error", () => undefined).resume();
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

test("takes a free port for 0 and says which", async () => {
  const admin = await start();
  expect(admin.address).toEqual({ host: "127.0.0.1", port: expect.any(Number) });
  expect(admin.address.port).toBeGreaterThan(0);
  expect(admin.url).toBe(`http://127.0.0.1:${admin.address.port}`);
});

test("names on its landing page what there is, and all of it is there", async () => {
  const admin = await start();
  const answer = await fetch(admin.url);
  expect(answer.headers.get("content-type")).toBe("text/html; charset=UTF-8");
  const page = await answer.text();
  expect(page).toContain("idlewall 1.2.3");
  for (const { path } of PAGES) {
    expect(page).toContain(`<a href="${path}">`);
    const found = await fetch(`${admin.url}${path}`);
    expect(found.status).toBe(200);
    await found.text();
  }
});

test("writes what comes from outside as text into the landing page", async () => {
  const admin = await start({ version: "<script>" });
  expect(await (await fetch(admin.url)).text()).toContain("&lt;script&gt;");
});

test("shows the metrics as they are handed in, with their media type", async () => {
  const admin = await start();
  const answer = await fetch(`${admin.url}/metrics`);
  expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(await answer.text()).toBe("up 1\n");
});

test("is ready only while its subject is, and healthy all the time", async () => {
  let ready = false;
  const admin = await start({ ready: () => ready });
  const statuses = async () => [
    (await fetch(`${admin.url}/-/ready`)).status,
    (await fetch(`${admin.url}/-/healthy`)).status,
  ];
  expect(await statuses()).toEqual([503, 200]);
  ready = true;
  expect(await statuses()).toEqual([200, 200]);
});

test("keeps a connection for a minute, so that one who asks every few seconds never meets its end", async () => {
  const admin = await start();
  const socket = await connected(admin);
  socket.write("GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const [answer]: Buffer[] = await once(socket, "data");
  expect(answer?.toString()).toMatch(/^Keep-Alive: timeout=60\r$/imu);
  socket.destroy();
});

test("answers HEAD as GET, without a body", async () => {
  const admin = await start();
  const answer = await fetch(`${admin.url}/metrics`, { method: "HEAD" });
  expect([answer.status, answer.headers.get("content-type"), await answer.text()]).toEqual([
    200,
    "text/plain; version=0.0.4; charset=utf-8",
    "",
  ]);
});

test("tells of a path that is not there as problem details", async () => {
  const admin = await start();
  const answer = await fetch(`${admin.url}/nothing`);
  expect([answer.status, answer.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
  expect(await answer.json()).toEqual({
    type: "about:blank",
    title: "Not Found",
    status: 404,
    detail: "There is nothing at /nothing; / names what there is.",
  });
});

test.each(["POST", "PUT", "DELETE", "OPTIONS"])("refuses %s, naming what is allowed", async (method) => {
  const admin = await start();
  const answer = await fetch(`${admin.url}/metrics`, { method });
  expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  expect(await answer.json()).toMatchObject({ title: "Method Not Allowed", status: 405 });
});

test("answers 500 without a word of the fault when the metrics fail, and reports the fault", async () => {
  const faults: unknown[] = [];
  const fault = new Error("inner secret");
  const exposeMetrics = () => Promise.reject(fault);
  const told = await start({ exposeMetrics, reportFault: (found) => faults.push(found) });
  const answer = await fetch(`${told.url}/metrics`);
  expect([answer.status, faults]).toEqual([500, [fault]]);
  expect(await answer.text()).not.toContain("secret");
  const untold = await start({ exposeMetrics });
  expect((await fetch(`${untold.url}/metrics`)).status).toBe(500);
});

test.each([
  [undefined, "text"],
  ["*/*", "text"],
  ["text/html, */*;q=0.8", "text"],
  ["application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", "openmetrics"],
  ["application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", "openmetrics"],
  ["text/plain;version=0.0.4;q=0.9,application/openmetrics-text;q=0.3", "text"],
  ["application/openmetrics-text;q=0, */*", "text"],
] as const)("who accepts %j gets the metrics as %s", async (accept, format) => {
  const admin = await start({ exposeMetrics: (asked) => Promise.resolve({ contentType: "text/plain", body: asked }) });
  const answer = await fetch(`${admin.url}/metrics`, accept === undefined ? {} : { headers: { accept } });
  expect(await answer.text()).toBe(format);
});

test.each(["/", "/nothing", "/metrics"])("lets nothing of %s be stored, guessed at or framed", async (path) => {
  const admin = await start();
  const { headers } = await fetch(`${admin.url}${path}`);
  expect(headers.get("cache-control")).toBe("no-store");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("content-security-policy")).toBe("default-src 'none'; frame-ancestors 'none'");
});

describe("the Host asked for", () => {
  test.each([
    ["localhost", 200],
    ["localhost:9443", 200],
    ["127.0.0.1:1", 200],
    ["[::1]:9443", 200],
    ["admin.example:9443", 200],
    ["ADMIN.example", 200],
    ["rebound.example", 421],
    ["127.0.0.1.rebound.example", 421],
    ["localhost.rebound.example:9443", 421],
    ["10.0.0.7", 421],
  ])("%s is answered with %d", async (host, status) => {
    const admin = await start({}, { allowedHosts: ["admin.example"] });
    expect(await statusFor(admin, host)).toBe(status);
  });

  test("may be the bound address, and, bound to every address, that of the connection", async () => {
    const bound = await start({}, { host: "127.0.0.2" });
    expect([await statusFor(bound, "127.0.0.2"), await statusFor(bound, "127.0.0.3")]).toEqual([200, 421]);
    const everywhere = await start({}, { host: "0.0.0.0", token: TOKEN });
    expect(everywhere.url).toBe(`http://127.0.0.1:${everywhere.address.port}`);
    const there = { ...everywhere, address: { host: "127.0.0.9", port: everywhere.address.port } };
    expect([await statusFor(there, "127.0.0.9"), await statusFor(there, "127.0.0.8")]).toEqual([200, 421]);
  });

  test("is refused in problem details that name it", async () => {
    const admin = await start();
    const socket = await connected(admin);
    socket.write("GET / HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n");
    const answer = await text(socket);
    expect(answer).toContain("application/problem+json");
    expect(answer).toContain(
      "Host rebound.example is not one of the admin server's; serve --admin-host rebound.example allows it.",
    );
  });

  test("may be absent in HTTP/1.0, which no browser speaks", async () => {
    const admin = await start();
    const socket = await connected(admin);
    socket.write("GET /-/healthy HTTP/1.0\r\n\r\n");
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 OK/u);
  });

  test.each(["http://admin.example", "admin.example/x", ""])("can't be allowed as %j", async (host) => {
    await expect(start({}, { allowedHosts: ["fine.example", host] })).rejects.toMatchObject({
      code: "E_ADDRESS_INVALID",
      message: expect.stringContaining(`: "${host}".`),
    });
  });
});

describe("what is no request", () => {
  test.each([
    ["has no Host", "GET / HTTP/1.1\r\nConnection: close\r\n\r\n", 400, "A request must say its Host."],
    ["is no HTTP", "\0\r\n\r\n", 400, "The request can't be read: it is no HTTP/1.1."],
    ["has too large a head", `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(20_000)}\r\n\r\n`, 431, "too large"],
    [
      "expects something unheard of",
      "GET / HTTP/1.1\r\nHost: localhost\r\nExpect: tea\r\n\r\n",
      417,
      'Expect: found \\"tea\\", expected 100-continue or none.',
    ],
  ])("because it %s is answered in problem details all the same", async (_, sent, status, detail) => {
    const socket = await connected(await start());
    socket.on("error", () => undefined).write(sent);
    const answer = await text(socket);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `, "u"));
    expect(answer).toMatch(/^content-type: application\/problem\+json\r$/imu);
    expect(answer).toContain(`"status":${status}`);
    expect(answer).toContain(detail);
  });

  test("breaks no answer that has begun", async () => {
    const admin = await start({
      exposeMetrics: () => Promise.resolve({ contentType: "text/plain", body: "x".repeat(9e6) }),
    });
    const socket = await connected(admin);
    socket.write("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await once(socket, "readable");
    socket.on("error", () => undefined).write("no request\r\n\r\n");
    const answer = await text(socket).catch(() => "");
    expect(answer).not.toContain("problem+json");
  });
});

describe("closing", () => {
  test("ends kept-alive connections, half-sent requests and silent ones", async () => {
    const admin = await start();
    const [kept, half, silent] = [await connected(admin), await connected(admin), await connected(admin)];
    kept.write("GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n");
    half.write("GET /-/healthy HTTP/1.1\r\nHo");
    await once(kept, "data");
    const closed = Promise.all([kept, half, silent].map(closing));
    await admin.close();
    expect(await closed).toHaveLength(3);
  });

  test("ends an answer that never comes", async () => {
    const asked = new EventEmitter();
    const exposeMetrics = () => {
      asked.emit("asked");
      return new Promise<never>(() => undefined);
    };
    const admin = await start({ exposeMetrics });
    const socket = await connected(admin);
    const closed = closing(socket);
    socket.write("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await once(asked, "asked");
    await admin.close();
    await closed;
    expect(socket.bytesRead).toBe(0);
  });

  test("frees the port, and may be asked for twice", async () => {
    const admin = await start();
    await Promise.all([admin.close(), admin.close()]);
    await admin.close();
    const again = await start({}, { port: admin.address.port });
    expect(again.address).toEqual(admin.address);
  });
});

describe("an address that can't be listened on", () => {
  test("is told when another process has the port", async () => {
    const { address } = await start();
    await expect(start({}, address)).rejects.toMatchObject({
      name: "StartError",
      code: "E_PORT_TAKEN",
      message: expect.stringContaining(`another process listens on port ${address.port} already`),
    });
  });

  test.each([
    ["no address of this machine", { host: "192.0.2.1", port: 0, token: TOKEN }],
    ["no port", { host: "127.0.0.1", port: 65_536 }],
  ])("is told when it is %s", async (_, address) => {
    await expect(start({}, address)).rejects.toMatchObject({ name: "StartError", code: "E_LISTEN_FAILED" });
  });
});
