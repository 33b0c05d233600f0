import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ClientAccessServer, startClientAccess } from "../../src/live/client-access.ts";
import { RealScheduler } from "../../src/live/real-scheduler.ts";
import { COMMAND } from "../cli/idlewall.ts";

const PAGES = ["README.md", "docs/conditions.md", "docs/profiles.md", "docs/report.md", "docs/toxiproxy.md"];

/** `sh run` runs to its end, `sh start` runs until it is asked to stop; other blocks are not run here. */
const EXAMPLES = PAGES.flatMap((page) => {
  const text = readFileSync(new URL(`../../${page}`, import.meta.url), "utf8");
  return [...text.matchAll(/^( *)```sh (run|start)\n([\s\S]*?)^ *```$/gmu)].map((match) => {
    const script = (match[3] ?? "").replaceAll(new RegExp(`^${match[1]}`, "gmu"), "").trim();
    return { page, kind: match[2], script };
  });
});

const directory = mkdtempSync(path.join(tmpdir(), "idlewall-readme-"));
const scheduler = new RealScheduler();
let server: ClientAccessServer;
let tellServed = (): void => undefined;
/** Devices tell nothing before a heartbeat has ended; their server knows when they are there. */
const served = new Promise<void>((resolve) => (tellServed = resolve));

beforeAll(async () => {
  server = await startClientAccess({ scheduler, onAnswered: tellServed });
  mkdirSync(path.join(directory, "bin"));
  const shim = path.join(directory, "bin/idlewall");
  writeFileSync(shim, `#!/bin/sh\nexec '${process.execPath}' '${COMMAND}' "$@"\n`);
  chmodSync(shim, 0o755);
});

afterAll(async () => {
  await server.stop();
  scheduler.stop();
  rmSync(directory, { recursive: true });
});

/** The example with the reader's own server and ports that are free here in place of those it names. */
async function adapted(script: string): Promise<string> {
  const own = script.replaceAll("https://mail.example.com", `http://127.0.0.1:${server.port}`);
  const free = await freePort();
  const ports = own
    .replaceAll(":8443", `:${free}`)
    .replaceAll("127.0.0.1:9444", "127.0.0.1:0")
    .replaceAll("--tcp 5432=db.example.com:5432", `--tcp 0=127.0.0.1:${server.port}`)
    .replaceAll(":8474", ":0");
  const called = ports.replaceAll("--server http://127.0.0.1:8080", `--server http://127.0.0.1:${server.port}`);
  const listening = called.replaceAll("--listen 127.0.0.1:8080", "--listen 127.0.0.1:0");
  return listening.replace(/^idlewall serve .*$/mu, "$& --admin 127.0.0.1:0");
}

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  listener.close();
  await once(listener, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

function shell(script: string) {
  const child = spawn(
    "sh",
    ["-ec", script.startsWith("idlewall") && !script.includes("\n") ? `exec ${script}` : script],
    {
      cwd: directory,
      env: { PATH: `${path.join(directory, "bin")}:${process.env["PATH"]}` },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const told = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (told.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (told.stderr += text));
  return { child, told };
}

test("there are examples of both kinds", () => {
  expect(new Set(EXAMPLES.map(({ kind }) => kind))).toEqual(new Set(["run", "start"]));
});

describe.each(EXAMPLES.filter(({ kind }) => kind === "run"))("$page: $script", ({ script }) => {
  test("does what it says", async () => {
    const { child, told } = shell(await adapted(script));
    const [code] = await once(child, "close");
    expect(told.stderr).not.toMatch(/fault of idlewall/u);
    expect(code, told.stderr).toBe(0);
    expect(told.stdout).not.toBe("");
  });
});

describe.each(EXAMPLES.filter(({ kind }) => kind === "start"))("$page: $script", ({ script }) => {
  test("runs until it is asked to stop, and ends in order", async () => {
    const { child, told } = shell(await adapted(script));
    const closed = once(child, "close");
    await Promise.race([script.startsWith("idlewall device") ? served : once(child.stdout, "data"), closed]);
    expect(child.exitCode, told.stderr).toBeNull();
    child.kill("SIGTERM");
    const [code] = await closed;
    expect(code, told.stderr).toBe(0);
  });
});

test("the ladder that the readme shows is what its command prints", async () => {
  const text = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const [, shown = ""] = /```text\n([\s\S]*?)```/u.exec(text) ?? [];
  const { child, told } = shell("idlewall trace --profile carrier-13min --mail-at 27m --duration 3h --seed 1");
  await once(child, "close");
  expect(shown.split("\n")[1]).toContain("the device concludes");
  expect(told.stdout.startsWith(shown)).toBe(true);
});
