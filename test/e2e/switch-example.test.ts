import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { COMMAND } from "../cli/idlewall.ts";

const README = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const directory = mkdtempSync(path.join(tmpdir(), "idlewall-switch-"));

afterAll(() => rmSync(directory, { recursive: true }));

test("the readme's shell example switches the path under a parked request, and sees the device give way", async () => {
  const [, script = ""] = /^```sh switch\n([\s\S]*?)^```$/mu.exec(README) ?? [];
  expect(script).toContain("idlewall profile set");
  const [server, path_, admin] = await freePorts(3);
  const { code, stdout, stderr } = await shell(
    script.replaceAll(":8080", `:${server}`).replaceAll(":8443", `:${path_}`),
    {
      IDLEWALL_ADMIN: `127.0.0.1:${admin}`,
      IDLEWALL_URL: `http://127.0.0.1:${admin}`,
      IDLEWALL_CONTROL: "127.0.0.1:0",
    },
  );
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/https, all flows: device ─ nat carrier 5m drop ─ server/u);
  expect(stdout).toMatch(/Ping 12 min: expired on carrier \(drop\)/u);
  expect(stdout).toMatch(/asks Ping 8 min$/mu);
  expect(stderr).not.toMatch(/fault of idlewall/u);
});

async function freePorts(count: number): Promise<readonly number[]> {
  const listeners = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(listeners.map((listener) => once(listener, "listening")));
  const ports = listeners.map((listener) => {
    const address = listener.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  });
  await Promise.all(listeners.map((listener) => once(listener.close(), "close")));
  return ports;
}

/** Runs a script in the way of the readme's reader, with the built command on the path. */
async function shell(script: string, env: Readonly<Record<string, string>>) {
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
  const [code] = await once(child, "close");
  return { code, ...told };
}
