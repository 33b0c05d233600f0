import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The command as `npm run build` made it. */
export const COMMAND = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** What a run of the command left behind. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where and with which variables a command runs; nothing of this process's own environment but PATH. */
export interface Surroundings {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads on standard input; default nothing. */
  readonly input?: string;
}

/** Runs the built command to its end. */
export function idlewall(args: readonly string[], { cwd, env = {}, input = "" }: Surroundings = {}): Promise<Finished> {
  const child = spawn(process.execPath, [COMMAND, ...args], {
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["pipe", "pipe", "pipe"],
    ...(cwd !== undefined && { cwd }),
  });
  /** Who reads no input may be gone before it has come. */
  child.stdin.on("error", () => undefined).end(input);
  const texts = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (texts.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (texts.stderr += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject).on("close", (code) => resolve({ code, ...texts }));
  });
}
