import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import type { Millis } from "../../core/machine.ts";
import { firstLine, NFT_ENV } from "./nft.ts";

/**
 * How long nft may take to answer, in real ms. The longest answer seen took 5 s, a listing of thousands of flows on a
 * busy machine; one that takes longer is taken for hung, and nft is started anew.
 */
const ANSWER_MS = 30_000;

/** A command that says the same whatever there is in the kernel, and what its answer begins with. Source: nft(8), "describe". */
const END = { command: "describe meta iif", mark: "meta expression, datatype iface_index" };

/**
 * One nft that goes on running and takes command after command. Starting a program costs Node's only thread
 * milliseconds, tens of them on a machine that is busy, and a listing beside a change of its table begins anew over and
 * over (measured: up to 5 s); here one follows the other.
 *
 * What nft says has no end mark of its own, so each command is followed by one whose answer is known.
 */
export class NftSession {
  readonly #answerMs: Millis;
  readonly #waiting: Waiting[] = [];
  #child: ChildProcessWithoutNullStreams | undefined;
  #said = "";
  #stopped = false;

  /** @param answerMs how long nft may take to answer, in real ms */
  constructor(answerMs: Millis = ANSWER_MS) {
    this.#answerMs = answerMs;
  }

  /**
   * Runs commands as one transaction and tells what nft said. When nft ends before it has answered, another one is
   * asked the same, so the commands must be such that doing them twice does no harm.
   * @throws Error what nft said instead, or that it ended twice
   */
  async run(commands: readonly string[]): Promise<string> {
    try {
      return await this.#ask(commands);
    } catch (error) {
      if (!(error instanceof NftEnded) || this.#stopped) throw error;
      return this.#ask(commands);
    }
  }

  /** Ends nft, once it has done what it was asked; it is not asked any more. */
  stop(): void {
    this.#stopped = true;
    this.#child?.stdin.end();
  }

  #ask(commands: readonly string[]): Promise<string> {
    if (this.#stopped) return Promise.reject(new Error("nft was stopped"));
    return new Promise((resolve, reject) => {
      const child = (this.#child ??= this.#start());
      const timeout = setTimeout(() => child.kill("SIGKILL"), this.#answerMs).unref();
      this.#waiting.push({ resolve, reject, timeout });
      child.stdin.write(`${commands.join("; ")}\n${END.command}\n`);
    });
  }

  /**
   * nft's errors come in their place among its answers. It keeps a history in its user's home, which is none of ours,
   * and has no part in the terminal's Ctrl-C: it ends when its input does.
   */
  #start(): ChildProcessWithoutNullStreams {
    const child = spawn("sh", ["-c", "exec nft -i 2>&1"], {
      env: { ...NFT_ENV, HOME: "/nonexistent" },
      detached: true,
    });
    child.stdout.setEncoding("utf8").on("data", (text: string) => this.#hear(text));
    child.stdin.on("error", () => undefined);
    child.once("error", () => undefined);
    child.once("close", () => this.#end());
    return child;
  }

  #end(): void {
    const why = firstLine(this.#said);
    this.#child = undefined;
    this.#said = "";
    for (const { reject, timeout } of this.#waiting.splice(0)) {
      clearTimeout(timeout);
      reject(new NftEnded(why === undefined ? "nft ended" : `nft ended: ${why}`));
    }
  }

  #hear(text: string): void {
    this.#said += text;
    for (let mark = this.#said.indexOf(END.mark); mark >= 0; mark = this.#said.indexOf(END.mark)) {
      const end = this.#said.indexOf("\n", mark);
      if (end < 0) return;
      this.#answer(this.#said.slice(0, mark));
      this.#said = this.#said.slice(end + 1);
    }
  }

  #answer(answer: string): void {
    const next = this.#waiting.shift();
    clearTimeout(next?.timeout);
    const [fault] = /^.*Error: .*$/mu.exec(answer) ?? [];
    if (fault === undefined) next?.resolve(answer);
    else next?.reject(new Error(fault));
  }
}

/** The program ended before it had answered. */
class NftEnded extends Error {}

interface Waiting {
  readonly resolve: (answer: string) => void;
  readonly reject: (error: Error) => void;
  readonly timeout: NodeJS.Timeout;
}
