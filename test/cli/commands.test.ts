import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { say } from "../support/said.ts";
import { idlewall } from "./idlewall.ts";

const root = mkdtempSync(path.join(tmpdir(), "idlewall-"));
afterAll(() => rmSync(root, { recursive: true }));

let cwd = root;
beforeEach(() => {
  cwd = mkdtempSync(path.join(root, "case-"));
});

function file(name: string, content: string): string {
  writeFileSync(path.join(cwd, name), content);
  return name;
}

describe("certs", () => {
  test("create writes an authority and two certificates, and does not write over them", async () => {
    const args = ["certs", "create", "mail.example.com", "192.0.2.1"];
    const first = await say(args, { cwd });
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toMatch(/wrote certs\/authority.pem: devices must trust this one/u);
    const names = readdirSync(path.join(cwd, "certs")).sort();
    expect(names).toHaveLength(6);
    for (const name of names.filter((each) => each.endsWith("-key.pem")))
      expect(statSync(path.join(cwd, "certs", name)).mode & 0o777).toBe(0o600);
    const again = await say(args, { cwd });
    expect([again.code, again.stdout]).toEqual([2, ""]);
    expect(again.stderr).toMatch(/^idlewall: certs\/server-ecdsa-key.pem is there already; --force replaces it\n$/u);
    const authority = readFileSync(path.join(cwd, "certs/authority.pem"), "utf8");
    const forced = await say([...args, "--force", "--json"], { cwd });
    expect(JSON.parse(forced.stdout)).toMatchObject({ authorityCreated: false });
    expect(readFileSync(path.join(cwd, "certs/authority.pem"), "utf8")).toBe(authority);
  });

  test("create names this machine when it is given no name", async () => {
    const { code, stdout } = await say(["certs", "create", "--directory", "here", "--days", "9"], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/for localhost\n/u);
    const shown = await say(["certs", "show", "here/server-rsa.pem", "--json"], { cwd });
    expect(JSON.parse(shown.stdout)).toMatchObject([
      { file: "here/server-rsa.pem", daysLeft: 8, keyType: "RSA 2048 bits" },
    ]);
  });

  test.each([
    [["certs", "create", "bad name"], 2, /found the name "bad name", expected a DNS name/u],
    [
      ["certs", "create", "a", "--days", "398"],
      2,
      /found a validity of 398 days, expected a whole number from 1 to 397/u,
    ],
    [["certs", "show", "none.pem"], 2, /none.pem: there is no such file/u],
    [["certs", "show", "empty.pem"], 3, /empty.pem: found no certificate/u],
    [["certs", "show", "mail.pfx"], 2, /a PFX goes to idlewall certs import/u],
    [["certs", "import", "empty.pem"], 3, /empty.pem: found no PFX/u],
    [["certs", "import", "x", "--passphrase", "a", "--passphrase-file", "b"], 2, /expected one or the other/u],
  ])("refuses %j", async (args, expected, message) => {
    file("empty.pem", "nothing\n");
    const { code, stdout, stderr } = await say(args, { cwd });
    expect([code, stdout]).toEqual([expected, ""]);
    expect(stderr).toMatch(message);
  });

  test("import takes a PFX with its passphrase from a variable, a file or a flag, for serve to use", async () => {
    await say(["certs", "create", "mail.example.com"], { cwd });
    const args = ["-in", "certs/server-rsa.pem", "-inkey", "certs/server-rsa-key.pem", "-passout", "pass:geheim"];
    execFileSync("openssl", ["pkcs12", "-export", "-legacy", "-out", "mail.pfx", ...args], { cwd, stdio: "pipe" });
    const first = await say(["certs", "import", "mail.pfx"], { cwd, env: { IDLEWALL_PASSPHRASE: "geheim" } });
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toMatch(/use it with --cert certs\/mail.pem --key certs\/mail-key.pem\n$/u);
    expect(statSync(path.join(cwd, "certs/mail-key.pem")).mode & 0o777).toBe(0o600);
    file("secret", "geheim\r\nsecond line\n");
    const import2 = ["certs", "import", "mail.pfx", "--passphrase-file", "secret"];
    expect((await say(import2, { cwd })).stderr).toMatch(/certs\/mail-key.pem is there already/u);
    expect((await say([...import2, "--force"], { cwd })).code).toBe(0);
    const wrong = await say(["certs", "import", "mail.pfx", "--passphrase", "x"], { cwd });
    expect([wrong.code, wrong.stderr]).toEqual([
      3,
      "idlewall: mail.pfx: the passphrase is wrong, or the PFX is damaged\n",
    ]);
    const target = ["--target", "https://a"];
    const pem = await say(["check", ...target, "--cert", "certs/mail.pem", "--key", "certs/mail-key.pem"], {
      cwd,
    });
    expect(pem.stdout).toMatch(/certificate +mail.example.com\n/u);
    const pfx = await say(["check", ...target, "--pfx", "mail.pfx", "--passphrase", "geheim"], { cwd });
    expect(pfx.stdout).toMatch(/certificate +mail.example.com\n/u);
  });
});

describe("check", () => {
  test("tells every fault at once, and what is right beside them", async () => {
    file("bad.yaml", "name: own\ntitle: a\nhops: []\n");
    const args = [
      "--listen",
      "443x",
      "--admin",
      "127.0.0.1:1",
      "--target",
      "mail",
      "--profile",
      "bad.yaml",
      "--cert",
      "x",
      "--target-ca",
      "y",
    ];
    const { code, stdout, stderr } = await say(["check", ...args], { cwd });
    expect(code).toBe(2);
    expect(stdout.trimEnd().split("\n")).toEqual([
      "admin        127.0.0.1:1",
      "time-scale   1",
      "drain        30s",
      "seed         drawn at the start",
      "tracking     100000 devices, 10000 networks of /24 and /48",
      "enforce      user",
    ]);
    expect(stderr.trimEnd().split("\n")).toEqual([
      expect.stringMatching(/found the address "443x"/u),
      expect.stringMatching(/found the target "mail"/u),
      "idlewall: y: there is no such file",
      "idlewall: bad.yaml:1:1: source is missing, expected text",
      "idlewall: found --cert alone, expected --cert with --key",
    ]);
  });

  test.each([
    [[], /expected --target, .* or --tcp, --toxiproxy-api, or listeners in a --config file/u],
    [["--profile", "direct", "--idle-timeout", "1m"], /found --profile beside --idle-timeout/u],
    [["--at-expiry", "drop"], /found --at-expiry alone/u],
    [["--tracked-devices", "0"], /--tracked-devices: found 0, expected a whole number from 1 to 10000000/u],
    [["--tracked-networks", "0"], /--tracked-networks: found 0, expected a whole number from 1 to 1000000/u],
    [["--ipv4-prefix", "33"], /--ipv4-prefix: found 33, expected a whole number from 0 to 32/u],
    [["--ipv6-prefix", "1.5"], /--ipv6-prefix: found 1.5, expected a whole number from 0 to 128/u],
    [["--idle-timeout", "13"], /--idle-timeout: found "13", a number without a unit/u],
    [["--idle-timeout", "5ms"], /--idle-timeout: found an idle time-out of 5ms/u],
    [["--idle-timeout", "1m", "--at-expiry", "dorp"], /--at-expiry: found the ending "dorp"/u],
    [["--target", "mail"], /--target: found the target "mail"/u],
    [["--target", "http://a", "--listen", "x"], /--listen: found the address "x"/u],
    [
      ["--target", "http://a", "--listen", ":8", "--admin", "127.0.0.1:8"],
      /--admin: found 127\.0\.0\.1:8, where --listen is: :8/u,
    ],
    [["--admin", "banana"], /--admin: found the address "banana"/u],
    [["--admin-host", "a/b"], /--admin-host: found "a\/b", expected a name/u],
    [["--toxiproxy-api", "x"], /--toxiproxy-api: found the address "x"/u],
    [["--tcp", "1=x"], /--tcp: found the address "x"/u],
    [["--forward", "rewrite", "--backend", "/=x"], /--backend: found the target "x"/u],
    [["--tcp", "1=a:2", "--forward", "rewrite"], /expected --target or --backend/u],
    [["--target", "http://localhost:443"], /found the target .*where this listener itself listens/u],
    [["--tcp", "7=127.0.0.1:7"], /found the target "127\.0\.0\.1:7", where this listener itself listens/u],
    [["--target", "http://a", "--passphrase-file", "b"], /found --passphrase-file without --pfx, expected both/u],
    [["--pfx", "a", "--cert", "b"], /found --pfx beside --cert/u],
    [["--key", "b"], /found --key alone/u],
  ])("refuses %j", async (args, message) => {
    const { code, stderr } = await say(["check", ...args], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  test("tells a fault of several listeners once", async () => {
    const { stderr } = await say(["check", "--tcp", "1=a:2", "--tcp", "2=a:2", "--idle-timeout", "0s"], { cwd });
    expect(stderr).toBe('idlewall: --idle-timeout: found "0s", expected more than zero\n');
  });

  test("ends like serve would: a certificate that can't be used is 3", async () => {
    file("a.pem", "nothing");
    const { code, stdout } = await say(
      ["check", "--target", "http://a", "--cert", "a.pem", "--key", "a.pem", "--json"],
      { cwd },
    );
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false });
  });
});

/** An admin server that answers both questions, and never any other. */
async function admin(ready: number): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((request, response) => {
    if (request.url === "/-/healthy") response.end("well");
    else if (request.url === "/-/ready") response.writeHead(ready).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return { server, port: typeof address === "object" && address !== null ? address.port : 0 };
}

describe("healthcheck", () => {
  test("tells by its exit code whether the proxy is well, and whether it is ready", async () => {
    const { server, port } = await admin(503);
    const url = `http://127.0.0.1:${port}`;
    expect(await idlewall(["healthcheck", "--admin", url])).toEqual({
      code: 0,
      stdout: `${url}/-/healthy: answered 200\n`,
      stderr: "",
    });
    expect(await idlewall(["healthcheck", "--ready", "--admin", url])).toEqual({
      code: 1,
      stdout: "",
      stderr: `idlewall: ${url}/-/ready: answered 503\n`,
    });
    for (const spelling of [`127.0.0.1:${port}`, `:${port}`, `0.0.0.0:${port}`, `[::]:${port}`])
      expect(await say(["healthcheck", "--json"], { env: { IDLEWALL_ADMIN: spelling } })).toMatchObject({
        code: 0,
      });
    server.close();
    await once(server, "close");
    const gone = await idlewall(["healthcheck", "--json", "--admin", url]);
    expect(gone.code).toBe(1);
    expect(JSON.parse(gone.stdout)).toMatchObject({ ok: false, detail: expect.stringContaining("ECONNREFUSED") });
  });

  test("gives up when no answer comes in its time", async () => {
    const silent = createServer(() => undefined).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = silent.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { code, stderr } = await say(["healthcheck", "--admin", `:${port}`, "--timeout", "100ms"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/aborted due to timeout/u);
    silent.closeAllConnections();
    silent.close();
    await once(silent, "close");
  });

  test.each([["nonsense"], [":0"], ["http://"]])("refuses the address %j", async (address) => {
    const { code, stderr } = await say(["healthcheck", "--admin", address]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^idlewall: found the (?:admin )?address/u);
  });
});
