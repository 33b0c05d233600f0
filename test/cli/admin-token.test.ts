import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { RunningCommand } from "../support/running-command.ts";
import { say } from "../support/said.ts";

const directory = mkdtempSync(path.join(tmpdir(), "idlewall-token-"));
const COMMON = ["serve", "--no-target-check", "--tcp", "127.0.0.1:0=127.0.0.1:1"];

afterAll(() => rmSync(directory, { recursive: true }));

describe("serve on an admin address that others can reach", () => {
  test("makes a token, wants it for all but its health, and takes the same one the next time", async () => {
    const file = path.join(directory, "token");
    const args = [...COMMON, "--admin", "0.0.0.0:0", "--admin-token-file", file];
    const statuses = async (): Promise<readonly number[]> => {
      await using command = new RunningCommand(args, directory);
      const [admin = ""] = await command.said(/admin: +(http:\S+)\/\n/u);
      const token = readFileSync(file, "utf8").trim();
      const asking = [
        fetch(`${admin}/metrics`),
        fetch(`${admin}/metrics`, { headers: { authorization: `Bearer ${token}` } }),
        fetch(`${admin}/-/ready`),
      ];
      const { code } = await say(["healthcheck", "--ready", "--admin", admin]);
      const [port] = /\d+$/u.exec(admin) ?? [];
      await command.said(
        new RegExp(`others reach the admin server on 0\\.0\\.0\\.0:${port} too.* token in ${file}`, "u"),
      );
      return [...(await Promise.all(asking)).map(({ status }) => status), code ?? -1];
    };
    expect(await statuses()).toEqual([401, 200, 200, 0]);
    const made = readFileSync(file, "utf8");
    expect(made).toMatch(/^[\w-]{43}\n$/u);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await statuses()).toEqual([401, 200, 200, 0]);
    expect(readFileSync(file, "utf8")).toBe(made);
  });

  test.each([
    ["no token", [], /^idlewall: found the admin address 0\.0\.0\.0:0, which others can reach, and no token/u],
    [
      "a token that is too short",
      ["--admin-token-file", path.join(directory, "short")],
      /short: found an admin token of 5 characters/u,
    ],
    [
      "a token in no directory",
      ["--admin-token-file", path.join(directory, "nowhere", "token")],
      /token can't be made: found no directory \S+nowhere, expected one$/mu,
    ],
    ["a directory for a token", ["--admin-token-file", directory], /found a directory, expected a file/u],
  ])("refuses to start with %s, and so says check", async (_what, more, message) => {
    writeFileSync(path.join(directory, "short"), "short\n");
    for (const command of ["serve", "check"]) {
      const args = [command, ...COMMON.slice(1), "--admin", "0.0.0.0:0", ...more];
      const { code, stderr } = await say(args);
      expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
      expect(existsSync(path.join(directory, "nowhere"))).toBe(false);
    }
  });
});

describe("check", () => {
  test("shows each listener with its path, and makes no token", async () => {
    const config = path.join(directory, "idlewall.yaml");
    const listeners = [
      "  - { name: mail, type: https, listen: 8443, target: 'http://a', profile: carrier-13min }",
      "  - { name: db, type: tcp, listen: '[::1]:5432', target: 'db:5432' }",
    ];
    writeFileSync(
      config,
      `profile: firewall-30min\nadmin: 0.0.0.0:9443\nadminTokenFile: later\nlisteners:\n${listeners.join("\n")}\n`,
    );
    const { code, stdout, stderr } = await say(["check", "--config", config, "--tcp", "1=a:2", "--seed", "7"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(
      stdout
        .trim()
        .split("\n")
        .map((line) => line.replace(/ {2,}/u, " ")),
    ).toEqual([
      "admin 0.0.0.0:9443, with a token",
      "tcp 1=a:2 device ─ firewall 30m drop ─ server",
      "listener mail https on 8443, to http://a: device ─ nat carrier 13m drop ─ server",
      "listener db tcp on [::1]:5432, to db:5432: device ─ firewall 30m drop ─ server",
      "time-scale 1",
      "drain 30s",
      "seed 7",
      "tracking 100000 devices, 10000 networks of /24 and /48",
      "enforce user",
    ]);
    const seed = await say(["check", "--config", config, "--seed", "-1"]);
    expect([seed.code, seed.stderr]).toEqual([
      2,
      "idlewall: --seed: found -1, expected a whole number from 0 to 4294967295\n",
    ]);
  });
});
