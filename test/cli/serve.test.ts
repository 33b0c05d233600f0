import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createHttpsServer, request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keyPem } from "../../src/live/certificates.ts";
import { testIdentity } from "../support/identity.ts";
import { portOf } from "../support/rig.ts";
import { RunningCommand } from "../support/running-command.ts";
import { say } from "../support/said.ts";
import { idlewall } from "./idlewall.ts";

/** One directory for all tests: the certificates that serve makes are made once. */
const directory = mkdtempSync(path.join(tmpdir(), "idlewall-serve-"));
const held: (() => void)[] = [];
let target: Server;

beforeAll(async () => {
  target = createHttpServer((request, response) => {
    if (request.url === "/park") held.push(() => response.end("late"));
    else response.end(`${request.method} ${request.url}`);
  });
  target.listen(0, "127.0.0.1");
  await once(target, "listening");
});

afterAll(() => {
  target.closeAllConnections();
  target.close();
  rmSync(directory, { recursive: true });
});

function serve(...args: readonly string[]): RunningCommand {
  const common = ["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"];
  const to = args.includes("--target") ? [] : ["--target", `http://127.0.0.1:${portOf(target)}`];
  return new RunningCommand(["serve", ...common, ...to, ...args], directory);
}

async function addresses(command: RunningCommand): Promise<{ readonly port: number; readonly admin: string }> {
  const [port] = await command.said(/devices: +https on 127\.0\.0\.1:(\d+),/u);
  const [admin] = await command.said(/admin: +(http:\S+)\/\n/u);
  if (port === undefined || admin === undefined) throw new Error("serve did not say where it is");
  return { port: Number(port), admin };
}

function ask(port: number, target_: string): Promise<string> {
  const ca = readFileSync(path.join(directory, "certs", "authority.pem"));
  return new Promise((resolve, reject) => {
    const request = httpsRequest({ host: "127.0.0.1", port, path: target_, ca, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
      response.on("end", () => resolve(text));
    });
    request.on("error", reject).end();
  });
}

describe("serve", () => {
  test("says where it is, forwards, tells its metrics, and ends on SIGTERM", async () => {
    await using command = serve("--profile", "firewall-30min");
    const { port, admin } = await addresses(command);
    expect(await ask(port, "/x")).toBe("GET /x");
    expect(await (await fetch(`${admin}/-/healthy`)).text()).toMatch(/healthy/u);
    expect((await fetch(`${admin}/-/ready`)).status).toBe(200);
    const metrics = await (await fetch(`${admin}/metrics`)).text();
    expect(metrics).toMatch(/^idlewall_build_info\{version="\d+\.\d+\.\d+",node_version="v\d+/mu);
    expect(metrics).toMatch(/^idlewall_received_bytes_total\{leg="device"\} [1-9]/mu);
    expect(metrics).toContain('idlewall_expiries_total{hop="firewall",action="drop"} 0');
    command.signal("SIGTERM");
    expect((await command.finished()).code).toBe(0);
    expect(command.stderr).toMatch(/^idlewall: making keys and certificates in certs, which takes some seconds\n/u);
    expect(command.stderr).toContain("a device trusts them once certs/authority.pem is installed on it");
  });

  test("checks a server behind TLS, and then brings it one device after the other", async () => {
    const { leaf, authority } = await testIdentity();
    writeFileSync(path.join(directory, "target-ca.pem"), authority.certificate.toString());
    const secure = createHttpsServer({ cert: leaf.certificate.toString(), key: keyPem(leaf.key) }, (_, response) => {
      response.end("from behind TLS");
    });
    secure.listen(0, "127.0.0.1");
    await once(secure, "listening");
    for (const forward of ["relay", "rewrite"]) {
      const to = ["--target", `https://localhost:${portOf(secure)}`, "--target-ca", "target-ca.pem"];
      await using command = serve(...to, "--forward", forward);
      const { port } = await addresses(command);
      for (let device = 1; device <= 3; device += 1) expect(await ask(port, "/x")).toBe("from behind TLS");
      command.signal("SIGTERM");
      expect((await command.finished()).code).toBe(0);
    }
    secure.closeAllConnections();
    secure.close();
  });

  test("fails readiness and lets what is parked end when it drains", async () => {
    await using command = serve("--drain", "60s");
    const { port, admin } = await addresses(command);
    const answer = ask(port, "/park");
    await new Promise<void>((resolve) => target.once("request", () => resolve()));
    command.signal("SIGTERM");
    await command.said(/SIGTERM: letting 1 connection that waits for an answer end/u);
    expect((await fetch(`${admin}/-/ready`)).status).toBe(503);
    await expect(ask(port, "/refused")).rejects.toThrow(/ECONNREFUSED|ECONNRESET/u);
    held.pop()?.();
    expect(await answer).toBe("late");
    expect((await command.finished()).code).toBe(0);
  });

  test("ends at once on a second SIGINT", async () => {
    await using command = serve("--drain", "1h");
    const { port } = await addresses(command);
    const answer = ask(port, "/park").catch(String);
    await new Promise<void>((resolve) => target.once("request", () => resolve()));
    command.signal("SIGINT");
    await command.said(/SIGINT: letting 1 connection/u);
    command.signal("SIGINT");
    expect(await answer).toMatch(/ECONNRESET|socket hang up/u);
    expect((await command.finished()).code).toBe(0);
  });

  test("prints its addresses as JSON when asked", async () => {
    await using command = serve("--json");
    const [line] = await command.said(/^(\{.*\})\n/u);
    expect(JSON.parse(line ?? "")).toEqual({
      listen: expect.stringMatching(/^127\.0\.0\.1:\d+$/u),
      admin: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/u),
      profile: "direct",
      seed: expect.any(Number),
      listeners: [
        {
          name: "https",
          type: "https",
          listen: expect.stringMatching(/^127\.0\.0\.1:\d+$/u),
          target: `http://127.0.0.1:${portOf(target)}`,
          profile: "direct",
          enabled: true,
        },
      ],
    });
  });
});

describe("serve refuses to start", () => {
  const base = ["serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"];

  test("without a target, with exit code 2", async () => {
    const { code, stderr } = await say(base, { cwd: directory });
    expect([code, stderr]).toEqual([
      2,
      "idlewall: expected --target, the URL of the Client Access server, or --tcp, --toxiproxy-api, or listeners in a --config file\n",
    ]);
  });

  test("when its port is taken, with exit code 3", async () => {
    const taken = `127.0.0.1:${portOf(target)}`;
    const elsewhere = ["--target", "http://127.0.0.1:1", "--no-target-check"];
    const args = ["serve", "--listen", taken, "--admin", "127.0.0.1:0", ...elsewhere];
    const { code, stderr } = await idlewall(args, { cwd: directory });
    expect(code).toBe(3);
    expect(stderr).toContain(`another process listens on ${taken} already`);
  });

  test("when the admin port is taken, with exit code 3", async () => {
    const taken = `127.0.0.1:${portOf(target)}`;
    const args = ["serve", "--listen", "127.0.0.1:0", "--admin", taken, "--target", `http://${taken}`];
    const { code, stderr } = await idlewall(args, { cwd: directory });
    expect(code).toBe(3);
    expect(stderr).toContain(taken);
  });

  test("when the target can't be reached, with exit code 3 and the way round", async () => {
    const closed = createHttpServer().listen(0, "127.0.0.1");
    await once(closed, "listening");
    const url = `http://127.0.0.1:${portOf(closed)}`;
    closed.close();
    await once(closed, "close");
    const { code, stderr } = await idlewall([...base, "--target", url], { cwd: directory });
    expect(code).toBe(3);
    expect(stderr).toContain(`${url} can't be reached: `);
    expect(stderr).toContain("--no-target-check");
  });

  test("when the target is not trusted, with exit code 3, unless its authority is given", async () => {
    const { leaf, authority } = await testIdentity();
    const secure = createHttpsServer({ key: keyPem(leaf.key), cert: leaf.certificate.toString() }, (_, response) =>
      response.end(),
    );
    secure.listen(0, "127.0.0.1");
    await once(secure, "listening");
    const url = `https://127.0.0.1:${portOf(secure)}`;
    const refused = await say([...base, "--target", url], { cwd: directory });
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain(`${url} is not trusted: `);
    expect(refused.stderr).toContain("--target-ca");
    writeFileSync(path.join(directory, "target-ca.pem"), authority.certificate.toString());
    await using trusting = new RunningCommand([...base, "--target", url, "--target-ca", "target-ca.pem"], directory);
    await addresses(trusting);
    await using careless = new RunningCommand([...base, "--target", url, "--target-insecure"], directory);
    await careless.said(/any certificate of the target is taken/u);
    secure.close();
    secure.closeAllConnections();
  });

  test.each([
    [["--profile", "nosuch"], 2, /nosuch/u],
    [["--time-scale", "-1"], 2, /--time-scale: found -1/u],
    [["--drain", "30"], 2, /"30"/u],
    [["--cert", "missing.pem", "--key", "missing.key"], 2, /missing\.pem/u],
    [["--target", "ftp://mail.example.com"], 2, /https:\/\/mail\.example\.com/u],
    [["--lisen", "127.0.0.1:0"], 2, /--listen/u],
  ])("with %j", async (args, exitCode, message) => {
    const { code, stderr } = await say(
      [...base, ...(args.includes("--target") ? [] : ["--target", "http://127.0.0.1:1"]), ...args],
      {
        cwd: directory,
      },
    );
    expect([code, stderr]).toEqual([exitCode, expect.stringMatching(message)]);
  });
});
