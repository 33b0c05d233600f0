// Programs that the figures run, started on a core of their own and watched from outside.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";

/** The core of what is measured, and that of its load and its server. */
export const MEASURED_CORE = 0;
export const LOAD_CORE = 1;

/** Debian's package of each program that a figure may need. */
const PACKAGES = {
  haproxy: "haproxy",
  nginx: "nginx-light",
  wrk: "wrk",
  openssl: "openssl",
  taskset: "util-linux",
  prlimit: "util-linux",
};

const CLOCK_TICKS = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
/** What one process may open here; the hard limit of the machines that these figures come from. */
export const FILE_HANDLES = 20_000;

/** The programs that are not here, each with the Debian package that brings it. */
export function missingPrograms(names = Object.keys(PACKAGES)) {
  const folders = `${process.env["PATH"] ?? ""}:/usr/sbin:/usr/local/sbin`.split(":");
  return names
    .filter((name) => !folders.some((folder) => existsSync(`${folder}/${name}`)))
    .map((name) => `${name} is missing: Debian's package ${PACKAGES[name]}`);
}

/** Those that run; a figure that fails takes them with it. */
const running = new Set();
process.once("exit", () => {
  for (const { child } of running) child.kill("SIGKILL");
});
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

/** A running program. */
export class Program {
  #output = "";

  /**
   * @param command its name and arguments
   * @param options.core the core that it is bound to
   * @param options.ipc whether it is a script of ours that takes messages
   */
  constructor(command, { core, ipc = false, env = {} }) {
    const stdio = ["ignore", "pipe", "pipe", ...(ipc ? ["ipc"] : [])];
    this.child = spawn("prlimit", [`--nofile=${FILE_HANDLES}`, "taskset", "-c", String(core), ...command], {
      stdio,
      env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin`, ...env },
    });
    running.add(this);
    this.exited = once(this.child, "exit").finally(() => running.delete(this));
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.on("data", (chunk) => {
        this.#output = (this.#output + chunk).slice(-20_000);
      });
    }
  }

  get pid() {
    return this.child.pid;
  }

  get running() {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** The end of what it has printed. */
  get output() {
    return this.#output;
  }

  /** Waits until it has printed this, and gives the match. */
  async printed(pattern, timeoutMs = 20_000) {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const match = pattern.exec(this.#output);
      if (match !== null) return match;
      if (performance.now() > deadline) throw new Error(`${pattern} was not printed but:\n${this.#output}`);
      if (this.child.exitCode !== null) throw new Error(`ended with ${this.child.exitCode}:\n${this.#output}`);
      await Promise.race([once(this.child.stdout, "data"), once(this.child.stderr, "data"), tick(100)]);
    }
  }

  /** Asks a script of ours for something, and gives its answer. */
  async ask(message) {
    this.child.send(message);
    const answer = await Promise.race([once(this.child, "message"), this.exited.then(() => undefined)]);
    if (answer === undefined) throw new Error(`ended while asked ${JSON.stringify(message)}:\n${this.#output}`);
    if (answer[0].error !== undefined) throw new Error(answer[0].error);
    return answer[0];
  }

  /** CPU seconds of all its threads so far. */
  cpuSeconds() {
    const fields = readFileSync(`/proc/${this.pid}/stat`, "utf8").split(") ")[1].split(" ");
    return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS;
  }

  /** Its resident memory that is nobody else's, in bytes; files mapped are not counted. */
  residentBytes() {
    return 1024 * Number(/^RssAnon:\s+(\d+) kB$/mu.exec(readFileSync(`/proc/${this.pid}/status`, "utf8"))[1]);
  }

  /** The most memory that it has had resident, files mapped counted. */
  peakBytes() {
    return 1024 * Number(/^VmHWM:\s+(\d+) kB$/mu.exec(readFileSync(`/proc/${this.pid}/status`, "utf8"))[1]);
  }

  /** Counts the peak anew from what is resident now, and tells that. */
  peakAnew() {
    writeFileSync(`/proc/${this.pid}/clear_refs`, "5");
    return this.peakBytes();
  }

  /** Ends it and waits until it is gone. */
  async stop() {
    if (this.running) this.child.kill("SIGKILL");
    await this.exited;
  }

  /** Waits until it has ended by itself. */
  async ended() {
    await this.exited;
    if (this.child.exitCode !== 0) throw new Error(`ended with ${this.child.exitCode}:\n${this.#output}`);
    return this.#output;
  }
}

/** Waits until a program takes connections on a port of the loopback. */
export async function listening(program, port) {
  for (let attempt = 0; attempt < 4000 && program.running; attempt += 1) {
    const socket = connect(port, "127.0.0.1");
    const taken = await new Promise((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
    socket.destroy();
    if (taken) return;
    await tick(5);
  }
  throw new Error(`nothing listens on port ${port}:\n${program.output}`);
}

/** This many milliseconds. */
export function tick(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
