import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { afterAll, describe, expect, test } from "vitest";
import { createLeaf, keyPem } from "../../src/live/certificates.ts";
import { Changes } from "../support/changes.ts";
import { testIdentity } from "../support/identity.ts";
import { pingAnswer, pingRequest } from "../support/requests.ts";
import { portOf } from "../support/rig.ts";
import { RunningCommand } from "../support/running-command.ts";
import { say } from "../support/said.ts";
import { startWireServer } from "../support/wire-server.ts";

const directory = mkdtempSync(path.join(tmpdir(), "idlewall-reload-"));

afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, text: string): string {
  const place = path.join(directory, name);
  writeFileSync(place, text);
  return place;
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map(portOf);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}

function isFree(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  return new Promise<boolean>((resolve) => {
    socket.once("connect", () => resolve(false)).once("error", () => resolve(true));
  }).finally(() => socket.resetAndDestroy());
}

/** A new certificate for the one name, in the files that the configuration names. */
async function putCertificate(): Promise<string> {
  const { authority } = await testIdentity();
  const { certificate, key } = await createLeaf(authority, { names: ["localhost"] });
  file("cert.pem", certificate.toString());
  file("key.pem", keyPem(key));
  return certificate.fingerprint256;
}

async function connectDevice(
  port: number,
): Promise<{ readonly tls: TLSSocket; readonly text: () => string; readonly changes: Changes }> {
  const { authority } = await testIdentity();
  const tls = connectTls({ port, host: "127.0.0.1", servername: "localhost", ca: authority.certificate.toString() });
  const changes = new Changes();
  let text = "";
  tls
    .on("error", () => undefined)
    .on("data", (bytes: Buffer) => {
      text += bytes.toString("latin1");
      changes.tell();
    });
  await once(tls, "secureConnect");
  return { tls, text: () => text, changes };
}

describe("SIGHUP", () => {
  test("puts a changed file in force while a Ping stays parked, and a faulty one not at all", async () => {
    const server = await startWireServer();
    const target = `127.0.0.1:${server.port}`;
    const [https = 0, old = 0, fresh = 0] = await freePorts(3);
    const tcp = (name: string, port: number) =>
      `  - { name: ${name}, type: tcp, listen: '127.0.0.1:${port}', target: '${target}' }`;
    const mail = [
      "  - name: mail",
      "    type: https",
      `    listen: 127.0.0.1:${https}`,
      `    target: http://${target}`,
      "    cert: cert.pem",
      "    key: key.pem",
    ].join("\n");
    const first = await putCertificate();
    const head = "admin: 127.0.0.1:0\ntargetCheck: false\nseed: 5\n";
    const config = file("idlewall.yaml", `${head}listeners:\n${mail}\n${tcp("old", old)}\n`);
    await using command = new RunningCommand(["serve", "--config", config], directory);
    const [admin] = await command.said(/admin: +(http:\S+)\/\n/u);
    await command.said(/seed: +5\n/u);
    await command.said(/"seed":5/u);
    const metric = async (name: string): Promise<number> => {
      const page = await (await fetch(`${admin}/metrics`)).text();
      return Number(new RegExp(`^idlewall_${name} (.*)$`, "mu").exec(page)?.[1]);
    };
    const device = await connectDevice(https);
    expect(device.tls.getPeerX509Certificate()?.fingerprint256).toBe(first);
    device.tls.write(pingRequest());
    const peer = await server.peer(0, "Email");

    const second = await putCertificate();
    const profile = "    profile: firewall-30min";
    writeFileSync(config, `${head}listeners:\n${mail}\n${profile}\n${tcp("fresh", fresh)}\n`);
    command.signal("SIGHUP");
    await command.said(/the configuration was read again/u);
    const again = await connectDevice(https);
    expect(again.tls.getPeerX509Certificate()?.fingerprint256).toBe(second);
    expect([await isFree(old), await isFree(fresh)]).toEqual([true, false]);
    expect(await metric("config_reloads_total")).toBe(1);
    expect(await metric('profile_idle_timeout_seconds\\{profile="firewall-30min",hop="firewall"\\}')).toBe(1800);

    writeFileSync(config, `${head}listeners:\n${mail}\n${tcp("old", old)}\n  - { name: old, type: udp }\ndrain: 5\n`);
    command.signal("SIGHUP");
    await command.said(/nothing was changed.*/u);
    expect(command.stderr).toMatch(
      /idlewall\.yaml:\d+:\d+: found \\"udp\\".*\\n.*found \\"5\\", a number without a unit/u,
    );
    expect([await isFree(old), await isFree(fresh)]).toEqual([true, false]);
    expect(await metric("config_reloads_total")).toBe(2);
    expect(await metric("config_reload_failures_total")).toBe(1);
    expect(await metric("config_last_reload_successful")).toBe(0);

    expect(device.text()).toBe("");
    peer.socket.write(pingAnswer());
    await device.changes.until(() => device.text() === pingAnswer().toString("latin1"));
    for (const { tls } of [device, again]) tls.destroy();
    command.signal("SIGTERM");
    expect((await command.finished()).code).toBe(0);
    await server.stop();
  });
});

describe("a reload", () => {
  test("that finds a fault tells its place in the file, as the log does", async () => {
    const head = "admin: 127.0.0.1:0\ntargetCheck: false\n";
    const listener = "listeners: [{ name: db, type: tcp, listen: '127.0.0.1:0', target: 'db.example:1' }]\n";
    const config = file("mistaken.yaml", `${head}${listener}`);
    await using command = new RunningCommand(["serve", "--config", config], directory);
    const [admin = ""] = await command.said(/admin: +(http:\S+)\/\n/u);
    file("mistaken.yaml", `${head}${listener.replace("name: db", "name: DB")}`);
    const text = 'mistaken.yaml:3:21: found "DB", expected lower-case words joined by hyphens, such as mail';
    const { code, stderr } = await say(["reload", "--url", admin]);
    expect([code, stderr]).toEqual([2, `idlewall: ${path.join(directory, text)}\n`]);
    await command.said(/mistaken\.yaml:3:21: found \\"DB/u);
  });

  test("tells of certificates in the log, and the start once for all listeners that have them", async () => {
    const target = "target: 'http://127.0.0.1:1'";
    const listeners = ["one", "two"].map(
      (name) => `  - { name: ${name}, type: https, listen: '127.0.0.1:0', ${target} }`,
    );
    const head = "admin: 127.0.0.1:0\ntargetCheck: false\n";
    const config = file("certified.yaml", `${head}listeners:\n${listeners.join("\n")}\n`);
    await say(["certs", "create"], { cwd: directory });
    await using command = new RunningCommand(["serve", "--config", config], directory);
    const [admin = ""] = await command.said(/admin: +(http:\S+)\/\n/u);
    const plain = () => command.stderr.split("\n").filter((line) => line.startsWith("idlewall:"));
    expect(plain()).toEqual([expect.stringMatching(/using the certificates in .*certs; a device trusts them once/u)]);
    expect((await say(["reload", "--url", admin])).code).toBe(0);
    await command.said(/"level":"info",[^\n]*"using the certificates in /u);
    expect(plain()).toHaveLength(1);
  });

  test("names the settings that have changed and need a restart, each time until there is one", async () => {
    const listeners = "listeners: [{ name: db, type: tcp, listen: '127.0.0.1:0', target: 'db.example:1' }]\n";
    file("token", "a-token-of-at-least-twenty-characters\n");
    const head = "admin: 127.0.0.1:0\nadminTokenFile: token\ntargetCheck: false\n";
    const config = file("fixed.yaml", `${head}${listeners}`);
    await using command = new RunningCommand(["serve", "--config", config], directory);
    const [admin = ""] = await command.said(/admin: +(http:\S+)\/\n/u);
    const reload = () => say(["reload", "--url", admin, "--token-file", path.join(directory, "token-then")]);
    file("token-then", "a-token-of-at-least-twenty-characters\n");
    expect(await reload()).toMatchObject({ code: 0, stderr: "" });

    const changed =
      "drain: 5s\ntimeScale: 60\nadminHost: proxy.example\nlogLevel: debug\nlogFormat: text\nipv4Prefix: 16\nenforce: user\nseed: 9\n";
    file("fixed.yaml", `${head}${changed}${listeners}`);
    file("token", "another-token-of-at-least-twenty-characters\n");
    const names = ["adminHost", "adminTokenFile", "timeScale", "drain", "logLevel", "logFormat", "ipv4Prefix"];
    for (const _time of [1, 2]) {
      const { code, stderr } = await reload();
      expect([code, stderr]).toEqual([0, `idlewall: not in force before a restart: ${names.join(", ")}\n`]);
    }
    await command.said(new RegExp(`"level":"warn",[^\\n]*"settings":\\["${names.join('","')}"\\]`, "u"));
    expect(command.stdout).not.toMatch(/seed: +9\n/u);
  });
});

describe("serve with a configuration", () => {
  test("that has faults tells them all and listens nowhere", async () => {
    const [one = 0, two = 0] = await freePorts(2);
    const config = file(
      "faulty.yaml",
      [
        "listeners:",
        `  - { name: one, type: tcp, listen: '127.0.0.1:${one}', target: 'a:1' }`,
        `  - { name: two, type: tcp, listen: '127.0.0.1:${two}', target: 'a' }`,
        "drain: 5",
      ].join("\n"),
    );
    for (const command of ["serve", "check"]) {
      const { code, stdout, stderr } = await say([command, "--config", config]);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(/^idlewall: \S+faulty\.yaml:3:\d+: .*\nidlewall: \S+faulty\.yaml:4:8: .*\n$/u);
    }
    expect([await isFree(one), await isFree(two)]).toEqual([true, true]);
  });

  test.each([
    ["tcp-7", ["--tcp", "127.0.0.1:7=a:1"]],
    ["https", ["--target", "http://a"]],
  ])("that names a listener %s, as the options do, is told its place and started with nothing", async (name, args) => {
    const config = file("clash.yaml", `listeners:\n  - { name: ${name}, type: tcp, listen: 0, target: 'a:1' }\n`);
    for (const command of ["serve", "check"]) {
      const { code, stderr } = await say([command, "--config", config, "--no-target-check", ...args]);
      const found = new RegExp(
        `clash\\.yaml:2:13: found "${name}", the name of a listener that an option describes`,
        "u",
      );
      expect([code, stderr]).toEqual([2, expect.stringMatching(found)]);
    }
  });

  test("whose own options respond in HTTP is told which listener that does not fit", async () => {
    const config = file(
      "respond.yaml",
      "idleTimeout: 5m\natExpiry: respond:504\nlisteners:\n  - { name: db, type: tcp, listen: 0, target: 'a:1' }\n",
    );
    for (const command of ["serve", "check"]) {
      const { code, stderr } = await say([command, "--config", config]);
      expect([code, stderr]).toEqual([
        2,
        expect.stringMatching(/respond\.yaml:4:5: hop reverse-proxy .*: found respond on/u),
      ]);
    }
  });

  test("one of whose addresses is taken gives the others back, with exit code 3", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const [free = 0] = await freePorts(1);
    const tcp = [`127.0.0.1:${free}=127.0.0.1:1`, `127.0.0.1:${portOf(taken)}=127.0.0.1:1`].flatMap((each) => [
      "--tcp",
      each,
    ]);
    const args = ["serve", "--no-target-check", "--admin", "127.0.0.1:0", ...tcp];
    const { code, stderr } = await say(args);
    expect(code).toBe(3);
    expect(stderr).toContain("another process listens on");
    expect(await isFree(free)).toBe(true);
    taken.close();
  });
});

describe("serve --tcp", () => {
  test("passes bytes without a target of its own, and needs no certificate", async () => {
    const server = await startWireServer((peer) => peer.write("* OK ready\r\n"));
    const args = [
      "--tcp",
      `127.0.0.1:0=127.0.0.1:${server.port}`,
      "--tcp",
      `[::1]:0=127.0.0.1:${server.port}`,
      "--admin",
      "127.0.0.1:0",
      "--profile",
      "carrier-13min",
    ];
    await using command = new RunningCommand(["serve", ...args], directory);
    const [port] = await command.said(/^tcp-0: +tcp on 127\.0\.0\.1:(\d+), to 127\.0\.0\.1:\d+\n/mu);
    await command.said(/^seed: +\d+\n/mu);
    const [port6] = await command.said(/^tcp-0-2: +tcp on \[::1\]:(\d+), to /mu);
    for (const device of [connect(Number(port), "127.0.0.1"), connect(Number(port6), "::1")]) {
      const [bytes] = await once(device, "data");
      expect(String(bytes)).toBe("* OK ready\r\n");
      device.resetAndDestroy();
    }
    command.signal("SIGTERM");
    expect((await command.finished()).code).toBe(0);
    await server.stop();
  });

  test("refuses a path that answers in HTTP", async () => {
    const args = ["serve", "--tcp", "1=a:1", "--idle-timeout", "5m", "--at-expiry", "respond:504"];
    const { code, stderr } = await say(args);
    expect([code, stderr]).toEqual([2, expect.stringContaining("found respond on a tcp listener")]);
  });
});
