import type { Socket } from "node:net";
import { Changes } from "./changes.ts";
import { startTcpServer } from "./rig.ts";
import { isConnected } from "./wire-device.ts";

/** One connection as the server's socket sees it. */
export class ServerPeer {
  readonly socket: Socket;
  /** `open` until the proxy ends its side. */
  state: "open" | "fin" | "rst" = "open";
  closed = false;
  text = "";

  constructor(socket: Socket, changes: Changes) {
    this.socket = socket;
    socket.on("data", (bytes: Buffer) => {
      this.text += bytes.toString("latin1");
      changes.tell();
    });
    socket.once("end", () => {
      this.state = socket.writableEnded || isConnected(socket) ? "fin" : "rst";
      changes.tell();
    });
    socket.on("error", () => {
      this.state = "rst";
      changes.tell();
    });
    socket.once("close", () => {
      this.closed = true;
      changes.tell();
    });
  }

  write(text: string): void {
    this.socket.write(text, "latin1");
  }
}

/** A server that does nothing by itself but what a script says, and keeps what its sockets saw. */
export interface WireServer {
  readonly port: number;
  readonly peers: readonly ServerPeer[];
  until(holds: () => boolean): Promise<void>;
  /** Waits for a connection, the first by default, and for that text in what it was sent. */
  peer(index?: number, text?: string): Promise<ServerPeer>;
  /** Sockets that are open. */
  readonly openCount: number;
  stop(): Promise<void>;
}

/** Starts such a server on a free loopback port. */
export async function startWireServer(script: (peer: ServerPeer) => void = () => {}): Promise<WireServer> {
  const changes = new Changes();
  const peers: ServerPeer[] = [];
  const server = await startTcpServer((socket) => {
    const peer = new ServerPeer(socket, changes);
    peers.push(peer);
    script(peer);
    changes.tell();
  });
  return {
    port: server.port,
    peers,
    until: (holds) => changes.until(holds),
    peer: async (index = 0, text = "") => {
      await changes.until(() => peers[index]?.text.includes(text) === true);
      const peer = peers[index];
      if (peer === undefined) throw new Error(`no connection ${index} reached the server`);
      return peer;
    },
    get openCount() {
      return server.sockets.size;
    },
    stop: () => server.stop(),
  };
}
