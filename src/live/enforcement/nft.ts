import { spawn, spawnSync } from "node:child_process";
import { systemCode } from "../text-file.ts";

/** Debian keeps nft where only root's path leads. */
export const NFT_ENV = { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`, LC_ALL: "C" };

/**
 * Runs nft with a script on its standard input and tells what it wrote.
 * @throws Error what nft said, or that it is not there
 */
export function runNft(args: readonly string[], script = ""): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("nft", args, { env: NFT_ENV, stdio: ["pipe", "pipe", "pipe"] });
    const said = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const)
      child[stream].setEncoding("utf8").on("data", (text: string) => {
        said[stream] += text;
      });
    child.once("error", (error) => reject(systemCode(error) === "ENOENT" ? new Error("found no program nft") : error));
    child.once("close", (code) => {
      if (code === 0) resolve(said.stdout);
      else reject(new Error(firstLine(said.stderr) ?? `nft ended with code ${String(code)}`));
    });
    // An nft that ends before it has read everything says why on its standard error.
    child.stdin.on("error", () => undefined);
    child.stdin.end(script);
  });
}

/** The same for the end of a process, when nothing can be waited for; what goes wrong is left to the next start. */
export function runNftNow(args: readonly string[]): void {
  spawnSync("nft", args, { env: NFT_ENV, stdio: "ignore" });
}

/** The first line of what a program said that says anything. */
export function firstLine(text: string): string | undefined {
  return text.split("\n").find((line) => line.trim() !== "");
}
