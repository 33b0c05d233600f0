import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { connect } from "node:tls";
import { stringify } from "yaml";
import { ask, commandPath, SIGNED_IN } from "./ask.ts";
import type { RunningPrometheus } from "./prometheus.ts";
import { RunningCommand } from "./running-command.ts";
import { startShipped } from "./shipped-prometheus.ts";

/** An emulated minute takes a quarter of a second: shorter ones would have the machine's delays look like silence. */
const TIME_SCALE = 240;

/** What a hop bears that idlewall knows nothing of: 7 min 20 s. */
const WALL = "440s";

/** The profile of the listener `mail`: idle time-outs to be reached, and lifetimes. */
const PATH = {
  name: "short",
  title: "A carrier that forgets after 5 minutes, a balancer that ends all after 40",
  source: "this test",
  hops: [
    { name: "carrier", kind: "nat", conditions: [{ type: "idle-timeout", idleTimeout: "5m", atExpiry: "drop" }] },
    { name: "balancer", kind: "load-balancer", conditions: [{ type: "lifetime", age: "40m", atExpiry: "reset" }] },
  ],
};

/** Devices that run until they are ended, by what they are given beside their server. */
type Fleet = readonly string[];

/** Devices on the listener `mail` that its carrier always forgets. */
const HOPELESS: Fleet = ["--device=fixed", "--initial=6m", "--count=6", "--user=hopeless"];

/**
 * Devices whose path fails them: by a hop of ours, and by a wall that we did not make. All come from one network, so
 * those that meet no wall ask for less than it bears. Two that park Syncs make no 200 samples in the time of a test.
 */
const FAILING: Readonly<Record<"mail" | "wall" | "open", readonly Fleet[]>> = {
  mail: [["--device=fixed", "--initial=4m", "--count=6", "--user=held"]],
  wall: [
    ["--initial=15m", "--minimum=460s", "--increment=240s", "--count=3", "--user=high", "--grace=40s"],
    ["--initial=400s", "--minimum=200s", "--increment=32s", "--count=3", "--user=low", "--grace=40s"],
  ],
  open: [
    ["--device=windows-mobile-6.1", "--initial=6m", "--minimum=6m", "--maximum=6m", "--count=2", "--user=sync"],
    ["--device=fixed", "--initial=6m", "--user=storm"],
  ],
};

/** Devices that are held, and ask for more than Exchange complains of. */
const HEALTHY: Fleet = ["--device=fixed", "--initial=15m", "--count=60", "--user=healthy", "--grace=60s"];

/** All that `deploy/` is made for, on one machine: server, proxy, a wall in front, devices, Prometheus. */
export class MonitoredStage implements AsyncDisposable {
  readonly proxy: RunningCommand;
  readonly prometheus: RunningPrometheus;
  readonly #directory: string;
  readonly #server: RunningCommand;
  readonly #control: string;
  readonly #ports: Readonly<Record<"mail" | "open" | "dead" | "wall", number>>;
  readonly #wall: RunningCommand;
  readonly #valid: string;
  #fleets: RunningCommand[] = [];

  private constructor(parts: Parts) {
    this.#directory = parts.directory;
    this.#server = parts.server;
    this.#control = parts.control;
    this.proxy = parts.proxy;
    this.#ports = parts.ports;
    this.#wall = parts.wall;
    this.prometheus = parts.prometheus;
    this.#valid = readFileSync(path.join(parts.directory, "idlewall.yaml"), "utf8");
  }

  static async set(): Promise<MonitoredStage> {
    const directory = mkdtempSync(path.join(tmpdir(), "idlewall-monitored-"));
    const server = run(directory, ["client-access", "--http", "--listen=127.0.0.1:0", "--control=127.0.0.1:0"]);
    const [target = ""] = await server.said(/devices: (\S+)/u);
    const [control = ""] = await server.said(/control: (\S+)\/USER/u);
    writeFileSync(path.join(directory, "idlewall.yaml"), configurationOf(target));
    const proxy = run(directory, ["serve", "--config=idlewall.yaml", "--no-target-check", "--log-level=silent"]);
    const [admin = ""] = await proxy.said(/admin: +http:\/\/(\S+)\//u);
    const portOf = async (name: string) => Number((await proxy.said(new RegExp(`${name}: .*?:(\\d+),`, "u")))[0]);
    const [mail, open, dead] = [await portOf("mail"), await portOf("open"), await portOf("dead")];
    const wallOptions = ["--idle-timeout", WALL, "--at-expiry=drop", "--admin=127.0.0.1:0", "--log-level=silent"];
    const wall = run(directory, ["serve", `--tcp=127.0.0.1:0=127.0.0.1:${open}`, ...wallOptions]);
    const [wallPort = ""] = await wall.said(/tcp on \S+:(\d+),/u);
    const prometheus = await startShipped(directory, admin);
    const ports = { mail, open, dead, wall: Number(wallPort) };
    return new MonitoredStage({ directory, server, control, proxy, ports, wall, prometheus });
  }

  /** The scrape configuration that Prometheus was given. */
  get configuration(): string {
    return path.join(this.#directory, "prometheus.yml");
  }

  /** Starts devices that ask for more than their path bears, all of them. */
  startHopelessFleet(): void {
    this.#startFleet(this.#ports.mail, HOPELESS);
  }

  /** Starts devices of which some are held. */
  startFailingFleets(): void {
    for (const place of ["mail", "wall", "open"] as const) {
      for (const fleet of FAILING[place]) this.#startFleet(this.#ports[place], fleet);
    }
  }

  /** Ends the devices that fail, and starts others. */
  async startHealthyFleet(): Promise<void> {
    for (const fleet of this.#fleets) await fleet[Symbol.asyncDispose]();
    this.#fleets = [];
    this.#startFleet(this.#ports.open, HEALTHY);
  }

  /** Delivers messages to a device one by one: it is answered at once each time, and asks again. */
  async storm(): Promise<void> {
    for (let message = 0; message < STORM_MESSAGES; message += 1) {
      const answer = await fetch(`${this.#control}/storm/messages`, { method: "POST" });
      await answer.body?.cancel();
    }
  }

  /** Offers a version of TLS that is not taken. */
  async failHandshake(): Promise<void> {
    const socket = connect({ port: this.#ports.mail, host: "127.0.0.1", ...TLS_1_0 });
    await new Promise((resolve) => {
      socket.on("error", () => undefined).once("close", resolve);
    });
  }

  /** Sends a Ping that is no WBXML. */
  async sendNonsense(): Promise<void> {
    await ask(this.#ports.mail, { ...PING, body: "nonsense" });
  }

  /** Asks the listener whose server is not there. */
  async missServer(): Promise<void> {
    await ask(this.#ports.dead, PING);
  }

  /** Has the proxy read a configuration with a fault, or the one without. */
  reload({ faulty }: { readonly faulty: boolean }): void {
    const text = faulty ? `${this.#valid}nonsense: 1\n` : this.#valid;
    writeFileSync(path.join(this.#directory, "idlewall.yaml"), text);
    this.proxy.signal("SIGHUP");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const part of [...this.#fleets, this.prometheus, this.#wall, this.proxy, this.#server]) {
      await part[Symbol.asyncDispose]();
    }
    rmSync(this.#directory, { recursive: true });
  }

  #startFleet(port: number, fleet: Fleet): void {
    const server = [`--server=https://127.0.0.1:${port}`, "--ca=certs/authority.pem"];
    this.#fleets.push(run(this.#directory, ["device", ...server, "--spread=5m", ...fleet]));
  }
}

/** So many that a storm lasts longer than its alert waits, and is seen by scrapes before and after. */
const STORM_MESSAGES = 500;

/** Of OpenSSL 3 only with its lowest level of security. */
const TLS_1_0 = { minVersion: "TLSv1", maxVersion: "TLSv1", ciphers: "DEFAULT:@SECLEVEL=0" } as const;

/** A Ping, but for its body. */
const PING = {
  secure: true,
  path: commandPath("Ping"),
  headers: { ...SIGNED_IN, "content-type": "application/vnd.ms-sync.wbxml" },
};

interface Parts {
  readonly directory: string;
  readonly server: RunningCommand;
  readonly control: string;
  readonly proxy: RunningCommand;
  readonly ports: Readonly<Record<"mail" | "open" | "dead" | "wall", number>>;
  readonly wall: RunningCommand;
  readonly prometheus: RunningPrometheus;
}

function run(directory: string, words: readonly string[]): RunningCommand {
  return new RunningCommand([...words, `--time-scale=${TIME_SCALE}`], directory);
}

function configurationOf(target: string): string {
  const listener = { type: "https", listen: "127.0.0.1:0", target };
  return stringify({
    admin: "127.0.0.1:0",
    adminTokenFile: "token",
    listeners: [
      { ...listener, name: "mail", profile: PATH },
      { ...listener, name: "open", profile: "direct" },
      { ...listener, name: "dead", profile: "direct", target: "http://127.0.0.1:9" },
    ],
  });
}
