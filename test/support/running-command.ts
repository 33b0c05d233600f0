import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { COMMAND, type Finished } from "../cli/idlewall.ts";

/** A command that goes on running until it is told to stop. */
export class RunningCommand implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #texts = { stdout: "", stderr: "" };
  readonly #closed: Promise<unknown>;
  #watchers: (() => void)[] = [];

  /** @param launcher the command before its own, such as one that sets limits */
  constructor(args: readonly string[], cwd: string, launcher: readonly string[] = []) {
    const env = { PATH: process.env["PATH"] };
    const [program = "", ...words] = [...launcher, process.execPath, COMMAND, ...args];
    const child = spawn(program, words, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    this.#closed = once(child, "close");
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].setEncoding("utf8").on("data", (text: string) => {
        this.#texts[stream] += text;
        for (const watcher of this.#watchers) watcher();
      });
    }
    child.once("close", () => {
      for (const watcher of this.#watchers) watcher();
    });
  }

  get stdout(): string {
    return this.#texts.stdout;
  }

  get stderr(): string {
    return this.#texts.stderr;
  }

  /** Waits until one of its streams says this, and gives what the pattern captured; fails when the command ends first. */
  said(pattern: RegExp): Promise<readonly string[]> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(this.stdout) ?? pattern.exec(this.stderr);
        if (found !== null) resolve(found.slice(1));
        else if (this.#child.exitCode !== null) reject(new Error(`ended without ${String(pattern)}:\n${this.stderr}`));
      };
      this.#watchers.push(look);
      look();
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits for its end. */
  async finished(): Promise<Finished> {
    await this.#closed;
    return { code: this.#child.exitCode, ...this.#texts };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#closed;
    this.#watchers = [];
  }
}
