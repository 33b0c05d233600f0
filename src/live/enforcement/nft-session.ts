import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { NFT_ENV } from "./nft.ts";

/**
 * One nft that goes on running and takes command after command. Starting a program costs Node's only thread
 * milliseconds, tens of them on a machine that is busy, and a listing beside a change of its table begins anew over and
 * over (measured: up to 5 s); here one follows the other.
 *
 * What nft says has no end mark of its own, so each command is followed by one that lists an empty set.
 */
export class NftSession {
  readonly #endCommand: string;
  readonly #endMark: string;
  readonly #waiting: Waiting[] = [];
  #child: ChildProcessWithoutNullStreams | undefined;
  #said = "";
  #stopped = false;

  /** @param emptySet a set of this table that is and stays empty */
  constructor(table: string, emptySet: string) {
    this.#endCommand = `list set inet ${table} ${emptySet}`;
    this.#endMark = `set ${emptySet} {`;
  }

  /**
   * Runs commands as one transaction and tells what nft said.
   * @throws Error what it said instead, or that it ended
   */
  run(commands: readonly string[]): Promise<string> {
    if (this.#stopped) return Promise.reject(new Error("nft was stopped"));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child ??= this.#start();
      this.#child.stdin.write(`${commands.join("; ")}\n${this.#endCommand}\n`);
    });
  }

  /** Ends nft, once it has done what it was asked; it is not asked any more. */
  stop(): void {
    this.#stopped = true;
    this.#child?.stdin.end();
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
    child.once("close", () => {
      this.#child = undefined;
      this.#said = "";
      for (const { reject } of this.#waiting.splice(0)) reject(new Error("nft ended"));
    });
    return child;
  }

  #hear(text: string): void {
    this.#said += text;
    for (let at = this.#endOfAnswer(); at >= 0; at = this.#endOfAnswer()) {
      const answer = this.#said.slice(0, at);
      this.#said = this.#said.slice(at);
      const next = this.#waiting.shift();
      const [fault] = /^.*Error: .*$/mu.exec(answer) ?? [];
      if (fault === undefined) next?.resolve(answer);
      else next?.reject(new Error(fault));
    }
  }

  /** Behind the listing of the empty set; -1 while it is not there yet. */
  #endOfAnswer(): number {
    const mark = this.#said.indexOf(this.#endMark);
    const end = mark < 0 ? -1 : this.#said.indexOf("\n}\n", mark);
    return end < 0 ? -1 : end + END_LENGTH;
  }
}

const END_LENGTH = "\n}\n".length;

interface Waiting {
  readonly resolve: (answer: string) => void;
  readonly reject: (error: Error) => void;
}
