import { connect, type Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";
import { type CertifiedKey, keyPem } from "../../src/live/certificates.ts";
import { testIdentity } from "./identity.ts";
import { startTcpServer, type TcpServer } from "./rig.ts";

/** A device's connection at a gate: the TCP socket and, over TLS, the one above it. */
export interface GateConnection {
  readonly raw: Socket;
  readonly top: Socket;
}

/** A gate in front of a server that passes everything on, but what the test keeps for itself. */
export interface Gate extends TcpServer {
  readonly url: string;
  /** What came from devices, decrypted. */
  readonly received: readonly Buffer[];
  /** For each connection whose TLS handshake is done, whether it resumed a session. */
  readonly resumptions: readonly boolean[];
}

/** How a gate is set up. */
export interface GateOptions {
  readonly secure?: boolean;
  /** Default: the test's own. */
  readonly identity?: CertifiedKey;
  /** Given every Ping in place of the server; by default they pass. */
  readonly onPing?: (connection: GateConnection, passOn: () => void) => void;
}

/** Starts a gate in front of `http://127.0.0.1:port`. */
export async function startGate(port: number, { secure = false, identity, onPing }: GateOptions): Promise<Gate> {
  const { certificate, key } = identity ?? (await testIdentity()).leaf;
  const secureContext = createSecureContext({ cert: certificate.toString(), key: keyPem(key) });
  const resumptions: boolean[] = [];
  const received: Buffer[] = [];
  const server = await startTcpServer((raw) => {
    const top = secure ? new TLSSocket(raw, { isServer: true, secureContext }) : raw;
    if (top instanceof TLSSocket) top.once("secure", () => resumptions.push(top.isSessionReused()));
    const behind = connect(port, "127.0.0.1");
    for (const socket of [raw, top, behind]) socket.on("error", () => undefined);
    behind.on("data", (bytes) => void top.write(bytes));
    top.on("data", (bytes: Buffer) => {
      received.push(bytes);
      const passOn = (): void => void behind.write(bytes);
      if (onPing !== undefined && bytes.includes("Cmd=Ping")) onPing({ raw, top }, passOn);
      else passOn();
    });
    raw.once("close", () => behind.destroy());
  });
  return { ...server, url: `${secure ? "https" : "http"}://127.0.0.1:${server.port}`, received, resumptions };
}
