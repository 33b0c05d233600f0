import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { ProxyOptions } from "../../src/live/proxy.ts";
import { testIdentity } from "./identity.ts";
import { type Heard, playTurns, type Script, type Turn } from "./pass-script.ts";
import { type Rig, startRig, startTcpServer, type TcpServer } from "./rig.ts";

/** What both ends of a script have heard. */
export interface Played {
  readonly device: Heard;
  readonly server: Heard;
}

/** Connects to a proxy as a device does, trusting its CA; keeps its end open when the other one ends, and is silent about its errors. */
export async function connectDevice(port: number, host = "127.0.0.1"): Promise<TLSSocket> {
  const { trusting: secureContext } = await testIdentity();
  const raw = connectTcp({ host, port, allowHalfOpen: true, noDelay: true });
  const socket = connectTls({ socket: raw, secureContext, servername: "localhost" });
  await once(socket, "secureConnect");
  socket.on("error", () => undefined);
  return socket;
}

/** A server that plays one script after the other, and a proxy in front of it. */
export class Stage {
  readonly rig: Rig;
  readonly #server: TcpServer;
  readonly #next: NextScript;

  private constructor(rig: Rig, server: TcpServer, next: NextScript) {
    this.rig = rig;
    this.#server = server;
    this.#next = next;
  }

  static async open(options: Partial<ProxyOptions> = {}): Promise<Stage> {
    const next: NextScript = { turns: [], heard: () => undefined };
    const server = await startTcpServer((socket) => {
      next.heard(playTurns(socket, next.turns));
    });
    return new Stage(await startRig(server.port, options), server, next);
  }

  /** Plays a script between a device and the server with nothing between them. */
  async playDirect(script: Script): Promise<Played> {
    return this.#play(
      script,
      connectTcp({ host: "127.0.0.1", port: this.#server.port, allowHalfOpen: true, noDelay: true }),
    );
  }

  /** Plays a script through the proxy. */
  async playThrough(script: Script): Promise<Played> {
    return this.#play(script, await connectDevice(this.rig.proxy.port));
  }

  async close(): Promise<void> {
    await this.rig.stop();
    await this.#server.stop();
  }

  /** Resolves when the proxy has closed all that it opened. */
  async #quiet(): Promise<void> {
    while (this.rig.proxy.flowCount > 0) await setImmediate();
  }

  async #play(script: Script, socket: Socket): Promise<Played> {
    const server = new Promise<Heard>((resolve) => {
      this.#next.turns = script.server;
      this.#next.heard = resolve;
    });
    const device = playTurns(socket, script.device);
    const played = Promise.all([device, server]).then(async (heard) => {
      await this.#quiet();
      return heard;
    });
    let timeout: NodeJS.Timeout | undefined;
    const patience = new Promise<never>((_resolve, reject) => {
      timeout = setTimeout(() => reject(new Error("an end or a flow is still open after 10 s")), 10_000);
    });
    try {
      const [deviceHeard, serverHeard] = await Promise.race([played, patience]);
      return { device: deviceHeard, server: serverHeard };
    } finally {
      clearTimeout(timeout);
      socket.destroy();
    }
  }
}

interface NextScript {
  turns: readonly Turn[];
  heard: (heard: Promise<Heard>) => void;
}
