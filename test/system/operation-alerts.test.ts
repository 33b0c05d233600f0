import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pass } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { Place, RunningPrometheus } from "../support/prometheus.ts";
import { RunningCommand } from "../support/running-command.ts";
import { startShipped } from "../support/shipped-prometheus.ts";
import { asksIntoSilence, BREAKABLE_NFT, endNft, serveIn, serverIn } from "./fidelity/enforced.ts";
import { inNamespace, makeNamespace, setKernel, sweepNamespaces } from "./fidelity/namespaces.ts";
import { makePapers } from "./fidelity/papers.ts";

const SOON = { interval: 100, timeout: 60_000 };

/** So many files may be open: more than a proxy has from the start, and few enough to be filled. */
const FILE_LIMIT = 160;

/** For so long the proxy stands still at a time, in ms, longer than timers may be late; then it runs, and is scraped. */
const STALL_MS = 1500;
const RUN_MS = 1200;

/** The window of the rule then has some stalls in it, whenever it is looked at. */
const STALL_DIVISOR = 100;

let server: Server;
let target: string;
let directory: string;
beforeAll(async () => {
  await sweepNamespaces();
  server = createServer((socket) => socket.on("error", () => undefined).resume());
  server.listen(0, "127.0.0.1");
  await vi.waitFor(() => expect(server.listening).toBe(true));
  const address = server.address();
  target = typeof address === "object" ? `127.0.0.1:${address?.port}` : "";
});
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "idlewall-alerts-"));
  await writeFile(path.join(directory, "token"), "none is asked for");
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});
afterAll(() => {
  server.close();
});

test("files that run out raise an alert, which is quiet again when devices have gone", async () => {
  await using proxy = serve(["--profile=direct"], ["prlimit", `--nofile=${FILE_LIMIT}:${FILE_LIMIT}`]);
  await using prometheus = await startShipped(directory, await adminOf(proxy));
  await vi.waitFor(async () => expect(await valueOf(prometheus, "process_max_fds")).toBe(FILE_LIMIT), SOON);
  const port = await portOf(proxy);
  const devices = Array.from({ length: FILE_LIMIT / 2 }, () => ask(port));
  await alertOf(prometheus, "IdlewallFilesShort");
  for (const device of devices) device.destroy();
  await quiet(prometheus);
});

test("a machine that stands still raises an alert, which is quiet again when it runs", async () => {
  await using proxy = serve(["--idle-timeout=6m", "--at-expiry=reset", "--time-scale=240"]);
  await using prometheus = await startShipped(directory, await adminOf(proxy), { divisor: STALL_DIVISOR });
  await using _devices = new LastingDevices(await portOf(proxy), 40);
  await vi.waitFor(async () => {
    proxy.signal("SIGSTOP");
    await pass(STALL_MS);
    proxy.signal("SIGCONT");
    await pass(RUN_MS);
    expect(await prometheus.firing()).toContain("IdlewallTimersLate");
  }, SOON);
  await quiet(prometheus);
});

test("an nft that fails raises an alert, which is quiet again when nothing more is to be enforced", async () => {
  await writeFile(path.join(directory, "nft"), BREAKABLE_NFT);
  await chmod(path.join(directory, "nft"), 0o755);
  await using papers = await makePapers("127.0.0.1");
  await using namespace = await makeNamespace("alerted");
  await setKernel(namespace.name, { "net.ipv4.tcp_retries2": 1 });
  await using _server = await serverIn(namespace.name, papers);
  await using serving = await serveIn(namespace.name, papers, {}, { programs: directory });
  const place: Place = {
    launcher: ["ip", "netns", "exec", namespace.name],
    fetchText: (url) => inNamespace(namespace.name, "curl", "--silent", url),
  };
  await using prometheus = await startShipped(directory, "127.0.0.1:9443", { place });
  expect(await asksIntoSilence(namespace.name, papers)).toEqual(["ETIMEDOUT"]);
  await vi.waitFor(async () => expect(await valueOf(prometheus, "idlewall_enforcement_failures_total")).toBe(0), SOON);
  await writeFile(path.join(directory, "broken"), "");
  await endNft(serving);
  expect(await asksIntoSilence(namespace.name, papers)).toEqual(["open"]);
  await alertOf(prometheus, "IdlewallNotEnforced");
  await quiet(prometheus);
});

function serve(words: readonly string[], launcher: readonly string[] = []): RunningCommand {
  const listeners = [`--tcp=127.0.0.1:0=${target}`, "--admin=127.0.0.1:0", "--log-level=silent"];
  return new RunningCommand(["serve", ...listeners, ...words], directory, launcher);
}

async function adminOf(proxy: RunningCommand): Promise<string> {
  const [admin = ""] = await proxy.said(/admin: +http:\/\/(\S+)\//u);
  return admin;
}

async function portOf(proxy: RunningCommand): Promise<number> {
  return Number((await proxy.said(/tcp on \S+:(\d+),/u))[0]);
}

/** A device that says something and then waits. */
function ask(port: number): Socket {
  const socket = connect(port, "127.0.0.1").on("error", () => undefined);
  socket.resume().write("anything new?");
  return socket;
}

/** Devices that come again as soon as their connection is cut. */
class LastingDevices implements AsyncDisposable {
  readonly #port: number;
  readonly #sockets = new Set<Socket>();
  #ended = false;

  constructor(port: number, count: number) {
    this.#port = port;
    for (let device = 0; device < count; device += 1) this.#come();
  }

  #come(): void {
    const socket = ask(this.#port);
    this.#sockets.add(socket);
    socket.once("close", () => {
      this.#sockets.delete(socket);
      if (!this.#ended) this.#come();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    for (const socket of this.#sockets) socket.destroy();
    await vi.waitFor(() => expect(this.#sockets.size).toBe(0));
  }
}

async function alertOf(prometheus: RunningPrometheus, name: string): Promise<void> {
  await vi.waitFor(async () => expect(await prometheus.firing()).toEqual([name]), SOON);
}

async function quiet(prometheus: RunningPrometheus): Promise<void> {
  await vi.waitFor(async () => expect(await prometheus.firing()).toEqual([]), SOON);
}

async function valueOf(prometheus: RunningPrometheus, query: string): Promise<number | undefined> {
  return (await prometheus.query(query))[0]?.value;
}
