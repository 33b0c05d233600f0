import { once } from "node:events";
import type { Socket } from "node:net";
import { createServer, type Server, type TlsOptions, type TLSSocket } from "node:tls";
import { afterAll, describe, expect, test } from "vitest";
import { createLeaf, keyPem } from "../../src/live/certificates.ts";
import { parseTarget, type Target, type TargetTrust } from "../../src/live/target.ts";
import { testIdentity } from "../support/identity.ts";
import { getRequest, pingRequest, textAnswer } from "../support/requests.ts";
import { LEG_KINDS, portOf } from "../support/rig.ts";
import { expectNothingOpen, setStage, type WireStage } from "../support/wire-stage.ts";

afterAll(expectNothingOpen);

describe.each(LEG_KINDS)("over the %s leg, a server behind TLS", { concurrent: true }, (legKind) => {
  test("is reached when its authority is trusted", async () => {
    await using server = await startTlsServer();
    await using stage = await setStage({ legKind, target: await server.target() });
    expect(await ask(stage)).toBe(textAnswer("resumed false, for localhost"));
    expect(stage.rig.handshakes).toEqual(["device", "server"]);
    expect(stage.rig.serverFailures).toEqual([]);
  });

  test.each(["TLSv1.2", "TLSv1.3"] as const)("resumes its sessions in %s", async (version) => {
    await using server = await startTlsServer({ minVersion: version, maxVersion: version });
    await using stage = await setStage({ legKind, target: await server.target() });
    expect(await ask(stage)).toBe(textAnswer("resumed false, for localhost"));
    await server.ticketsSent(stage);
    expect(await ask(stage)).toContain("\r\n\r\nresumed true");
  });

  test("is not told a name when it is an address", async () => {
    await using server = await startTlsServer();
    await using stage = await setStage({ legKind, target: await server.target("127.0.0.1") });
    expect(await ask(stage)).toBe(textAnswer("resumed false, for false"));
  });

  test("is refused when nobody vouches for it, with the reason", async () => {
    await using server = await startTlsServer();
    const target = await server.target("localhost", {});
    await using stage = await setStage({ legKind, target });
    expect(await ask(stage)).toMatch(
      /^HTTP\/1\.1 502 .*\r\n\r\nThe Client Access server localhost:\d+ is not trusted: .+ \(UNABLE_TO_\w+\)\.\n$/su,
    );
    expect(stage.rig.serverFailures).toMatchObject([{ untrusted: true }]);
    expect(stage.outcomes).toMatchObject([{ outcome: "serverFailed" }]);
    expect(server.requests).toBe(0);
  });

  test("is refused when it has another name, with the reason", async () => {
    await using server = await startTlsServer({}, ["mail.example.com"]);
    await using stage = await setStage({ legKind, target: await server.target() });
    expect(await ask(stage)).toMatch(
      /is not trusted: .+localhost.+mail\.example\.com \(ERR_TLS_CERT_ALTNAME_INVALID\)\.\n$/su,
    );
    expect(server.requests).toBe(0);
  });

  test("is taken as it is when told so", async () => {
    await using server = await startTlsServer({}, ["mail.example.com"]);
    const target = await server.target("localhost", { insecure: true });
    await using stage = await setStage({ legKind, target });
    expect(await ask(stage)).toBe(textAnswer("resumed false, for localhost"));
  });

  test.each(["TLSv1.2", "TLSv1.3"] as const)(
    "is refused in %s when it could resume a session, too",
    async (version) => {
      await using server = await startTlsServer({ minVersion: version, maxVersion: version }, ["mail.example.com"]);
      await using stage = await setStage({ legKind, target: await server.target() });
      expect(await ask(stage)).toContain("ERR_TLS_CERT_ALTNAME_INVALID");
      await stage.settle();
      expect(await ask(stage)).toContain("ERR_TLS_CERT_ALTNAME_INVALID");
      expect(server.requests).toBe(0);
    },
  );

  test("that knows only old TLS is refused, with the reason", async () => {
    await using server = await startTlsServer({
      minVersion: "TLSv1",
      maxVersion: "TLSv1.1",
      ciphers: "DEFAULT:@SECLEVEL=0",
    });
    await using stage = await setStage({ legKind, target: await server.target() });
    expect(await ask(stage)).toMatch(/ is not trusted: tlsv1 alert protocol version \(EPROTO\)\.\n$/u);
  });

  test("that speaks plain HTTP is refused, with the reason", async () => {
    await using stage = await setStage({ legKind }, (peer) => {
      peer.socket.once("data", () => peer.write("HTTP/1.1 400 Bad Request\r\n\r\n"));
    });
    const target = parseTarget(`https://localhost:${stage.server.port}`);
    await using secure = await setStage({ legKind, target });
    expect(await ask(secure)).toMatch(/ is not trusted: wrong version number \(EPROTO\)\.\n$/u);
  });

  test.each(["end", "resetAndDestroy"] as const)(
    "that goes in the middle of the handshake (%s) can't be reached",
    async (end) => {
      await using stage = await setStage(
        { legKind },
        (peer) => void peer.socket.once("data", () => peer.socket[end]()),
      );
      const target = parseTarget(`https://localhost:${stage.server.port}`);
      await using secure = await setStage({ legKind, target });
      expect(await ask(secure)).toMatch(/localhost:\d+ can't be reached: .+ \(ECONNRESET\)\.\n$/u);
      expect(secure.rig.serverFailures).toMatchObject([{ connected: false }]);
    },
  );

  test.each([
    ["ends in order", (socket: TLSSocket) => socket.end()],
    ["resets", (_socket: TLSSocket, raw: Socket) => raw.resetAndDestroy()],
  ])("that %s in the middle of its answer leaves the device visibly cut", async (_what, end) => {
    await using server = await startTlsServer({}, undefined, (socket, raw) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbeginning");
      socket.once("data", () => end(socket, raw));
    });
    await using stage = await setStage({ legKind, target: await server.target() });
    const device = await stage.device();
    device.send(pingRequest());
    await device.until(() => device.text.endsWith("beginning"));
    device.send(getRequest());

    await device.ended();
    expect(device.closeNotified).toBe(false);
    expect(device.text.endsWith("beginning")).toBe(true);
    expect(stage.outcomes).toMatchObject([{ outcome: "serverFailed" }]);
  });

  test("that ends its side between requests ends the device's in order", async () => {
    await using server = await startTlsServer({}, undefined, (socket) => socket.end(textAnswer("bye")));
    await using stage = await setStage({ legKind, target: await server.target() });
    const device = await stage.device();
    device.send(getRequest());
    expect(await device.ended()).toBe("fin");
    expect(device.closeNotified).toBe(true);
    expect(device.text).toBe(textAnswer("bye"));
    device.raw.end();
    await stage.closed();
  });
});

/** What a server behind TLS does with its first request, instead of telling what it saw of the handshake. */
type Script = (socket: TLSSocket, raw: Socket) => void;

class TlsServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<TLSSocket>();
  requests = 0;

  constructor(server: Server, script: Script) {
    this.#server = server;
    const raws = new Map<number | undefined, Socket>();
    server.on("connection", (raw) => raws.set(raw.remotePort, raw));
    server.on("secureConnection", (socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
      socket.on("error", () => undefined);
      socket.once("data", () => {
        this.requests += 1;
        const raw = raws.get(socket.remotePort);
        if (raw !== undefined) script(socket, raw);
      });
    });
    server.on("tlsClientError", () => undefined);
  }

  async target(host = "localhost", trust?: TargetTrust): Promise<Target> {
    const { authority } = await testIdentity();
    const authorities = authority.certificate.toString();
    return parseTarget(`https://${host}:${portOf(this.#server)}`, trust ?? { authorities });
  }

  /** Tickets of TLS 1.3 come behind the handshake: once an answer has come, they have. */
  async ticketsSent(stage: WireStage): Promise<void> {
    await stage.settle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function startTlsServer(
  options: TlsOptions = {},
  names?: readonly string[],
  script: Script = tellHandshake,
): Promise<TlsServer> {
  const { authority, leaf } = await testIdentity();
  const { certificate, key } = names === undefined ? leaf : await createLeaf(authority, { names });
  const server = createServer({ cert: certificate.toString(), key: keyPem(key), ...options });
  const tlsServer = new TlsServer(server, script);
  server.listen(0);
  await once(server, "listening");
  return tlsServer;
}

function tellHandshake(socket: TLSSocket): void {
  const { servername } = socket as TLSSocket & { readonly servername: unknown };
  socket.write(textAnswer(`resumed ${socket.isSessionReused()}, for ${String(servername)}`));
}

/** Sends a Ping from a new device and tells the answer, whatever it is. */
async function ask(stage: WireStage): Promise<string> {
  const device = await stage.device();
  device.send(pingRequest());
  await device.until(() => isWhole(device.text));
  return device.text;
}

function isWhole(answer: string): boolean {
  const [head, body] = answer.split("\r\n\r\n");
  const length = /\r\nContent-Length: (\d+)/u.exec(head ?? "")?.[1];
  return body !== undefined && length !== undefined && body.length >= Number(length);
}
