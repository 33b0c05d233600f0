import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { COMMAND } from "../cli/idlewall.ts";

/** Ports of the loopback that nobody listens on. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const listeners = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(listeners.map((listener) => once(listener, "listening")));
  const ports = listeners.map((listener) => {
    const address = listener.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  });
  await Promise.all(listeners.map((listener) => once(listener.close(), "close")));
  return ports;
}

/** Runs a script in a directory, in the way of a page's reader, with the built command on the path. */
export async function shell(directory: string, script: string, env: Readonly<Record<string, string>>) {
  const shim = path.join(directory, "idlewall");
  writeFileSync(shim, `#!/bin/sh\nexec '${process.execPath}' '${COMMAND}' "$@"\n`);
  chmodSync(shim, 0o755);
  const child = spawn("sh", ["-ec", script], {
    cwd: directory,
    env: { PATH: `${directory}:${process.env["PATH"]}`, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const told = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (told.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (told.stderr += text));
  const [code]: readonly unknown[] = await once(child, "close");
  return { code, ...told };
}
