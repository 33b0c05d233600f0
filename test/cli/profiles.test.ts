import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { listProfiles } from "../../src/live/profile-files.ts";
import { say } from "../support/said.ts";

const root = mkdtempSync(path.join(tmpdir(), "idlewall-"));
afterAll(() => rmSync(root, { recursive: true }));

let cwd = root;
beforeEach(() => {
  cwd = mkdtempSync(path.join(root, "case-"));
});

const HEAD = "name: own\ntitle: a\nsource: b\n";
const GOOD = `${HEAD}hops: []\n`;

function file(name: string, content: string): string {
  writeFileSync(path.join(cwd, name), content);
  return name;
}

async function namesListed(...args: readonly string[]): Promise<readonly string[]> {
  const { code, stdout, stderr } = await say(["profiles", "list", "--json", ...args]);
  expect([code, stderr]).toEqual([0, ""]);
  return listedIn(stdout).map(({ name }) => name);
}

function listedIn(json: string): readonly { readonly name: string; readonly category: string }[] {
  const listed: unknown = JSON.parse(json);
  if (!Array.isArray(listed)) throw new Error("found no list");
  return listed.map((each: Readonly<Record<string, unknown>>) => ({
    name: String(each["name"]),
    category: String(each["category"]),
  }));
}

describe("profiles list", () => {
  test("prints a table by category, with the heartbeats that each path breaks", async () => {
    const { code, stdout, stderr } = await say(["profiles", "list"]);
    expect([code, stderr]).toEqual([0, ""]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^NAME +BREAKS +PATH +TITLE$/u);
    const categories = lines.filter((line) => /^[a-z-]+$/u.test(line));
    expect([categories[0], categories.at(-1)]).toEqual(["reference", "chain"]);
    expect(lines).toHaveLength(1 + categories.length + listProfiles().length);
    const row = lines.find((line) => line.startsWith("  carrier-13min "));
    expect(row).toMatch(/^ {2}carrier-13min +15 16 28 59 +device ─ nat carrier 13m drop ─ server +A carrier /u);
    expect(lines.find((line) => line.startsWith("  direct "))).toMatch(/^ {2}direct +none +device ─ server/u);
  });

  test("--json prints them whole, as one line, with what follows from each", async () => {
    const { code, stdout } = await say(["profiles", "list", "--json"]);
    expect(code).toBe(0);
    expect(stdout.trimEnd()).not.toContain("\n");
    expect(listedIn(stdout)).toHaveLength(listProfiles().length);
    expect(JSON.parse(stdout)).toEqual(
      expect.arrayContaining([
        ...listProfiles().map((profile) => expect.objectContaining(profile)),
        expect.objectContaining({
          name: "firewall-30min",
          shortestIdleTimeoutMs: 1_800_000,
          breaksHeartbeatIntervalsSeconds: [3540],
        }),
      ]),
    );
  });

  test("--category keeps those of one category, or of several", async () => {
    const { stdout } = await say(["profiles", "list", "--json", "--category", "home", "--category", "standard"]);
    expect([...new Set(listedIn(stdout).map(({ category }) => category))]).toEqual(["standard", "home"]);
  });

  test("--below and --above compare the shortest time-out of each path, and one of that length is neither", async () => {
    const below = await namesListed("--below", "13m");
    const above = await namesListed("--above", "13m");
    expect(below).toEqual(expect.arrayContaining(["firewall-default", "aws-nlb", "kemp-loadmaster"]));
    expect(above).toEqual(expect.arrayContaining(["direct", "firewall-15min", "exchange-chain"]));
    const both = listProfiles().map(({ name }) => name);
    expect(both.filter((name) => !below.includes(name) && !above.includes(name))).toEqual([
      "carrier-13min",
      "carrier-13min-firewall-30min",
    ]);
    expect(await namesListed("--below", "15m", "--above", "12m", "--category", "carrier")).toEqual(["carrier-13min"]);
  });

  test("says so when none is left", async () => {
    const args = ["profiles", "list", "--category", "standard", "--below", "1h", "--above", "1h"];
    const { code, stdout, stderr } = await say(args);
    expect([code, stdout, stderr]).toEqual([
      0,
      "",
      "idlewall: found no shipped profile that all of these options leave\n",
    ]);
    expect(await namesListed(...args.slice(2))).toEqual([]);
  });

  test.each([
    [["--below", "15"], /^idlewall: --below: found "15", a number without a unit; expected a duration/u],
    [["--below", "0"], /^idlewall: --below: found "0", a number without a unit/u],
    [["--below", "0s"], /^idlewall: --below: found "0s", expected more than zero\n$/u],
    [["--above", "99999d"], /^idlewall: --above: found "99999d", expected 30d at most\n$/u],
    [["--category", "cloud"], /found "cloud", expected .*load-balancer, proxy, chain\n$/u],
    [["--category", "home", "--category", "firewal"], /found "firewal", expected .*chain; did you mean firewall\?\n$/u],
  ])("refuses %j", async (args, message) => {
    const { code, stdout, stderr } = await say(["profiles", "list", ...args]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
  });
});

describe("profiles show", () => {
  test("prints the path as one line, below what it is, where it comes from and what is not verified", async () => {
    const { code, stdout, stderr } = await say(["profiles", "show", "aws-alb"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.trimEnd().split("\n")).toEqual([
      "aws-alb",
      expect.stringContaining("Application Load Balancer"),
      "category: load-balancer",
      "product: AWS, Application Load Balancer, idle timeout",
      expect.stringMatching(/^source: AWS Application Load Balancer guide/u),
      expect.stringMatching(/^unverified: The 504/u),
      expect.stringMatching(/^note: /u),
      "breaks heartbeats of (min): 8 10 12 15 16 28 59",
      "device ─ reverse-proxy load-balancer 1m respond:504 ─ server",
    ]);
  });

  test("prints one from a file, which need not say so much", async () => {
    const { stdout } = await say(["profiles", "show", file("own.yaml", GOOD)], { cwd });
    expect(stdout).toBe("own\na\nsource: b\nbreaks heartbeats of (min): none\ndevice ─ server\n");
    const json = await say(["profiles", "show", "own.yaml", "--json"], { cwd });
    expect(JSON.parse(json.stdout)).toEqual({
      name: "own",
      title: "a",
      source: "b",
      hops: [],
      breaksHeartbeatIntervalsSeconds: [],
    });
  });

  test("refuses an unknown name with the nearest", async () => {
    const { code, stdout, stderr } = await say(["profiles", "show", "firewal-default"]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/did you mean firewall-default\?\n$/u);
  });
});

describe("profiles check", () => {
  test("tells every fault of every file, and goes on after a bad one", async () => {
    const names = [file("bad.yaml", "name: X\nhops: 1\n"), file("good.yaml", GOOD), "none.yaml"];
    const { code, stdout, stderr } = await say(["profiles", "check", ...names], { cwd });
    expect([code, stdout]).toEqual([2, "good.yaml: own is a valid profile\n"]);
    expect(stderr.trimEnd().split("\n")).toEqual([
      "idlewall: bad.yaml:1:1: title is missing, expected text",
      "idlewall: bad.yaml:1:1: source is missing, expected text",
      expect.stringMatching(/^idlewall: bad.yaml:1:7: found "X", expected lower-case words/u),
      "idlewall: bad.yaml:2:7: found 1, expected a list",
      "idlewall: none.yaml: there is no such file",
    ]);
  });

  test("--json prints the faults as values", async () => {
    const names = [file("bad.yaml", "name: own\ntitle: a\nsource: b\nhops: 1\n"), file("good.yaml", GOOD)];
    const { code, stdout } = await say(["profiles", "check", "--json", ...names], { cwd });
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual([
      { file: "bad.yaml", faults: [{ pointer: "/hops", line: 4, column: 7, message: "found 1, expected a list" }] },
      { file: "good.yaml", name: "own", faults: [] },
    ]);
    expect((await say(["profiles", "check", "good.yaml"], { cwd })).code).toBe(0);
  });
});

describe("profiles export", () => {
  test("prints what shows a hop elsewhere, with the ends that were named", async () => {
    const ends = [
      "--listen",
      "127.0.0.1:8443",
      "--target",
      "http://10.0.0.1:8080",
      "--cert",
      "c.pem",
      "--key",
      "k.pem",
    ];
    const { code, stdout, stderr } = await say(["profiles", "export", "nginx", "--format", "nginx", ...ends]);
    expect([code, stderr]).toEqual([0, ""]);
    for (const line of ["listen 127.0.0.1:8443 ssl;", "proxy_pass http://10.0.0.1:8080;", "ssl_certificate c.pem;"])
      expect(stdout).toContain(line);
    expect(stdout).toContain("ssl_certificate_key k.pem;");
  });

  test("sets the value that was wished for, 30 min when none was", async () => {
    const args = ["profiles", "export", "firewall-default", "--format", "fortigate"];
    expect((await say(args)).stdout).toContain("set timeout 1800\n");
    expect((await say([...args, "--idle-timeout", "45m"])).stdout).toContain("set timeout 2700\n");
  });

  test("writes a file, and does not write over it unless told to", async () => {
    const args = ["profiles", "export", "aws-nlb", "--format", "nftables", "--output", "aws.nft"];
    expect(await say(args, { cwd })).toEqual({ code: 0, stdout: "", stderr: "idlewall: wrote aws.nft\n" });
    expect(readFileSync(path.join(cwd, "aws.nft"), "utf8")).toMatch(/^#!\/usr\/sbin\/nft -f\n[^]*\n\}\n$/u);
    const again = await say(args, { cwd });
    expect(again).toMatchObject({ code: 2, stderr: "idlewall: aws.nft is there already; --force replaces it\n" });
    expect((await say([...args, "--force"], { cwd })).code).toBe(0);
    const nowhere = await say([...args.slice(0, -1), "no/aws.nft"], { cwd });
    expect(nowhere.stderr).toMatch(/^idlewall: no\/aws.nft can't be written: a directory on the way to it is missing/u);
  });

  test.each([
    [".", "idlewall: .: found a directory, expected a file\n"],
    ["", 'idlewall: --output: found "", expected the name of a file\n'],
    [
      "n".repeat(300),
      `idlewall: ${"n".repeat(300)} can't be written: its name is too long; expected a place that can be\n`,
    ],
  ])("refuses to write to %j, forced or not", async (name, stderr) => {
    const args = ["profiles", "export", "carrier-13min", "--format", "asa", "--output", name];
    expect(await say([...args, "--force"], { cwd })).toEqual({ code: 2, stdout: "", stderr });
    expect(await say(args, { cwd })).toEqual({ code: 2, stdout: "", stderr });
  });

  test("--json prints the text as a value", async () => {
    const args = ["profiles", "export", "exchange-chain", "--hop", "firewall", "--format", "asa", "--json"];
    expect(JSON.parse((await say(args)).stdout)).toEqual({
      profile: "exchange-chain",
      hop: "firewall",
      format: "asa",
      text: expect.stringContaining("set connection timeout idle 0:30:0"),
    });
  });

  test.each([
    [
      ["exchange-chain", "--format", "nftables"],
      /^idlewall: found 2 hops in exchange-chain, expected --hop to name one: firewall or load-balancer\n$/u,
    ],
    [
      ["azure-lb-tcp-reset", "--format", "haproxy"],
      /^idlewall: --format haproxy: found toDevice=reset,toServer=reset at hop load-balancer, expected close or respond/u,
    ],
    [
      ["carrier-13min", "--format", "fortigate", "--idle-timeout", "4m"],
      /^idlewall: --format fortigate: found 240 s for hop carrier, expected whole ones from 300 to 2764800 s: session-ttl of FortiGate/u,
    ],
    [
      ["nginx", "--format", "nginx", "--idle-timeout", "4m"],
      /^idlewall: found --idle-timeout beside --format nginx, which shows the hop's own; expected it with asa, /u,
    ],
    [["nginx", "--format", "nginx", "--cert", "a b;"], /^idlewall: --cert: found "a b;", expected letters, digits/u],
    [
      ["nginx", "--format", "nginx", "--listen", "a;b:443"],
      /^idlewall: --listen: found the address "a;b:443", expected HOST:PORT/u,
    ],
    [["nginx", "--format", "apache"], /--format: found "apache", expected one of nftables, haproxy/u],
    [["nginx", "--format", "ngin"], /--format: found "ngin", expected one of .*azure; did you mean nginx\?\n$/u],
    [["nginx"], /^idlewall: expected --format\n$/u],
    [
      ["aws-nlb", "--format", "aws", "--idle-timeout", "59s"],
      /found 59 s for hop load-balancer, expected whole ones from 60 to 6000 s: tcp\./u,
    ],
    [
      ["aws-alb", "--format", "aws", "--idle-timeout", "4001s"],
      /found 4001 s for hop load-balancer, expected .* from 1 to 4000 s: idle_timeout/u,
    ],
    [
      ["cisco-asa", "--format", "asa", "--idle-timeout", "500ms"],
      /found 0\.5 s for hop firewall, expected whole ones from 1 to 4294800 s/u,
    ],
    [
      ["azure-lb", "--format", "azure", "--idle-timeout", "90s"],
      /found 1\.5 min for hop load-balancer, expected whole ones from 4 to 100 min/u,
    ],
    [
      ["aws-nlb", "--format", "azure", "--idle-timeout", "15"],
      /^idlewall: --idle-timeout: found "15", a number without/u,
    ],
    [
      ["aws-nat-gateway", "--format", "aws"],
      /^idlewall: --format aws: found hop nat of aws-nat-gateway \(AWS: VPC NAT gateway\), expected a time-out that can be set: the 350 s of a NAT gateway are fixed\n$/u,
    ],
    [
      ["aws-nlb", "--format", "asa"],
      /^idlewall: --format asa: found hop load-balancer of aws-nlb \(AWS: .*\), expected a Cisco ASA, or a hop that names no product\n$/u,
    ],
    [["aws-nlb", "--format", "haproxy", "--listen", "x"], /^idlewall: --listen: found the address "x"/u],
    [["aws-nlb", "--format", "haproxy", "--target", "http://a:70000"], /^idlewall: --target: found the target/u],
    [["direct", "--format", "asa"], /^idlewall: found no hop of direct that does anything, expected one to export\n$/u],
    [
      ["aws-nlb", "--format", "asa", "--hop", "loadbalancer"],
      /--hop: found "loadbalancer" .*; did you mean load-balancer/u,
    ],
  ])("refuses %j and says why", async (args, message) => {
    const { code, stdout, stderr } = await say(["profiles", "export", ...args], { cwd });
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
  });
});
