import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { FlowEvent } from "./observations.ts";

const PROGRAMS = fileURLToPath(new URL("programs", import.meta.url));

/** How a program runs. */
export interface CommandOptions {
  readonly input?: string;
  /** A capability that is taken from it. */
  readonly without?: string;
  /** The only capabilities that it has, and can't get beyond. */
  readonly only?: readonly string[];
  /** A directory that it finds empty. */
  readonly emptied?: string;
  /** A directory in which programs are looked for first. */
  readonly programs?: string;
}

/** Before all others of the machine where that is allowed, so that its load is not taken for the network's. */
const REAL_TIME = ["chrt", "--rr", "1"];
const FIRST = spawnSync("chrt", ["--rr", "1", "true"]).status === 0 ? REAL_TIME : [];

/** A Node program in a namespace, which says how far it is on its standard output. */
export class Command implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  #stdout = "";
  #stderr = "";
  readonly #watchers: (() => void)[] = [];

  constructor(namespace: string, args: readonly string[], options: CommandOptions = {}) {
    const { input = "", programs } = options;
    const wrapped = ["netns", "exec", namespace, ...FIRST, ...wrapping(options), process.execPath, ...args];
    const found = process.env["PATH"] ?? "";
    const child = spawn("ip", wrapped, {
      env: { ...process.env, PATH: programs === undefined ? found : `${programs}:${found}` },
    });
    this.#child = child;
    this.#closed = once(child, "close");
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
      this.#look();
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.#stderr += text));
    child.once("close", () => this.#look());
    child.stdin.end(input);
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Waits until its output holds a text; fails when it ends first. */
  said(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (this.#stdout.includes(text)) resolve();
        else if (this.#child.exitCode !== null) reject(new Error(`ended before it said ${text}: ${this.#stderr}`));
      };
      this.#watchers.push(look);
      look();
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits for its end and gives its exit code. */
  async ended(): Promise<number | null> {
    await this.#closed;
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal("SIGKILL");
    await this.#closed;
  }

  #look(): void {
    for (const watcher of this.#watchers) watcher();
  }
}

function wrapping({ without, only, emptied }: CommandOptions): readonly string[] {
  const strip = without === undefined ? [] : ["setpriv", `--bounding-set=-${without}`, `--inh-caps=-${without}`];
  const kept = only?.map((capability) => `,+${capability}`).join("") ?? "";
  const confine =
    only === undefined ? [] : ["setpriv", `--bounding-set=-all${kept}`, "--inh-caps=-all", "--no-new-privs"];
  const script = 'mount -t tmpfs none "$0" && exec "$@"';
  const empty = emptied === undefined ? [] : ["unshare", "--mount", "sh", "-c", script, emptied];
  return [...strip, ...confine, ...empty];
}

/** One of the two programs of a scenario, which tells what it sees as JSON lines. */
export class Program extends Command {
  constructor(namespace: string, file: string, settings: object, args: readonly string[] = []) {
    super(namespace, [path.join(PROGRAMS, file), ...args], { input: JSON.stringify(settings) });
  }

  /** What it has told of flows. */
  get events(): readonly FlowEvent[] {
    return this.stdout.split("\n").flatMap((line) => (line.startsWith('{"flow"') ? [readEvent(line)] : []));
  }
}

function readEvent(line: string): FlowEvent {
  const { flow, event, atMs, bytes }: Record<string, unknown> = JSON.parse(line);
  if (typeof flow !== "string" || typeof event !== "string" || typeof atMs !== "number") throw new Error(line);
  return { flow, event, atMs, ...(typeof bytes === "number" && { bytes }) };
}
