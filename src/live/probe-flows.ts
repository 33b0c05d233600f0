import { randomBytes } from "node:crypto";
import type { Millis } from "../core/machine.ts";
import { isRefusal, type ServerReport } from "../heartbeat/path-finding.ts";
import type { ProbeRole, SearchEffect, SearchEvent } from "../heartbeat/path-events.ts";
import type { DeviceServer } from "./device-server.ts";
import { askProbe, probeRequest } from "./probe-asking.ts";
import { ProbeConnection } from "./probe-connection.ts";
import { SHORTEST_STREAM_MS } from "./probe-request.ts";

/** Who opens the flows of a search and tells what becomes of them. */
export interface ProbeCarrier {
  perform(effect: SearchEffect): void;
  /** Why a flow did not come about, of the last one that did not. */
  readonly lastFailure: string | undefined;
  /** The longest silence that the server lets be asked for, in ms; absent where it took all that were. */
  readonly serverMaximumMs?: Millis | undefined;
  /** Lets go of all of them. */
  stop(): Promise<void>;
}

/** What the flows to an idlewall are made of. */
export interface ProbeFlowsOptions {
  readonly server: DeviceServer;
  readonly timeScale: number;
  /** How often something is said on a flow that is to be kept alive, in emulated ms. */
  readonly everyMs: Millis;
  readonly tell: (event: SearchEvent) => void;
}

/** Shortest interval of TCP keepalives that a socket can be told, in real ms. */
const SHORTEST_KEEPALIVE_MS = 1000;

/** Between two bytes of a body, in ms: more often is no silence that a path could take for one. */
const SHORTEST_PAUSE_MS = 10;

/** The flows of a search to an idlewall that answers probes. */
export class ProbeFlows implements ProbeCarrier {
  readonly #options: ProbeFlowsOptions;
  readonly #run = randomBytes(8).toString("hex");
  readonly #connections = new Map<number, ProbeConnection>();
  readonly #talking = new Map<number, NodeJS.Timeout>();
  lastFailure: string | undefined;

  constructor(options: ProbeFlowsOptions) {
    this.#options = options;
  }

  perform(effect: SearchEffect): void {
    switch (effect.kind) {
      case "open":
        return this.#open(effect.id, effect.role);
      case "speak":
        return this.#speak(effect.id);
      case "say":
        return this.#connections
          .get(effect.id)
          ?.write(probeRequest(this.#options.server, `/report?id=${this.#name(effect.id)}`));
      case "inspect":
        return this.#inspect(effect.id);
      case "close":
        if (this.#connections.get(effect.id)?.isOpen === false) this.lastFailure = "connecting or TLS took too long";
        return this.#close(effect.id);
      case "found":
      case "concluded":
    }
  }

  stop(): Promise<void> {
    for (const id of this.#connections.keys()) this.#close(id);
    return Promise.resolve();
  }

  #name(id: number): string {
    return `${this.#run}-${id}`;
  }

  #open(id: number, role: ProbeRole): void {
    const { server, tell } = this.#options;
    const everyMs = this.#everyMs(role);
    if (everyMs === undefined) return tell({ kind: "failed", id });
    const connection = new ProbeConnection(
      server,
      this.#requestOf(id, role, everyMs),
      {
        sent: () => {
          if (role === "toServer")
            this.#talking.set(
              id,
              setInterval(() => connection.write(ONE_BYTE), everyMs),
            );
          tell({ kind: "opened", id });
        },
        ended: (how) => {
          if (typeof how === "object") this.lastFailure = `HTTP ${how.status}`;
          if (isRefusal(how)) return this.#fail(id, this.lastFailure);
          this.#close(id);
          tell({ kind: "ended", id, how });
        },
        failed: ({ message }) => this.#fail(id, message),
      },
      role === "keepalive" ? everyMs : undefined,
    );
    this.#connections.set(id, connection);
  }

  #fail(id: number, reason: string | undefined): void {
    this.lastFailure = reason;
    this.#close(id);
    this.#options.tell({ kind: "failed", id });
  }

  /** In real ms; absent where that is too often for what is to be tried. */
  #everyMs(role: ProbeRole): number | undefined {
    const { everyMs, timeScale } = this.#options;
    const realMs = Math.floor(everyMs / timeScale);
    const shortest = {
      silent: 0,
      mute: 0,
      keepalive: SHORTEST_KEEPALIVE_MS,
      toServer: SHORTEST_PAUSE_MS,
      toDevice: SHORTEST_STREAM_MS,
    };
    return realMs >= shortest[role] ? realMs : undefined;
  }

  #requestOf(id: number, role: ProbeRole, everyMs: number): Buffer {
    const { server } = this.#options;
    const name = this.#name(id);
    if (role === "toDevice") return probeRequest(server, `/stream?id=${name}&everyMs=${everyMs}`);
    return probeRequest(server, `/wait?id=${name}`, role === "toServer" ? "chunked" : "none");
  }

  /** Asked once more when that fails: on a path that loses packets a question may be lost as well. */
  #speak(id: number): void {
    const { server, tell } = this.#options;
    const ask = (): Promise<unknown> => askProbe(server, `/answer?id=${this.#name(id)}`);
    void ask()
      .catch(ask)
      .then(
        () => tell({ kind: "spoken", id }),
        (error: unknown) => {
          this.lastFailure = error instanceof Error ? error.message : String(error);
          tell({ kind: "unasked", id });
        },
      );
  }

  #inspect(id: number): void {
    const { server, tell } = this.#options;
    void askProbe(server, `/report?id=${this.#name(id)}`).then(
      (value) => tell({ kind: "inspected", id, report: readReport(value) }),
      () => tell({ kind: "inspected", id, report: undefined }),
    );
  }

  #close(id: number): void {
    clearInterval(this.#talking.get(id));
    this.#talking.delete(id);
    this.#connections.get(id)?.destroy();
    this.#connections.delete(id);
  }
}

/** A byte of a body, as a chunk. */
const ONE_BYTE = Buffer.from("1\r\n.\r\n");

/** What the server says is checked: another program may stand there by now. */
function readReport(value: unknown): ServerReport | undefined {
  if (typeof value !== "object" || value === null || !("state" in value)) return undefined;
  const end: unknown = "end" in value ? value.end : undefined;
  if (typeof end !== "object" || end === null || !("how" in end) || !("afterMs" in end)) return {};
  const { how, afterMs } = end;
  const answered = "answered" in end && end.answered === true;
  return (how === "fin" || how === "rst") && typeof afterMs === "number" ? { end: { how, afterMs, answered } } : {};
}
