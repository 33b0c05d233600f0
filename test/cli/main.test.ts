import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { say } from "../support/said.ts";
import { COMMAND, idlewall } from "./idlewall.ts";

const directory = mkdtempSync(path.join(tmpdir(), "idlewall-"));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, content: string): string {
  const full = path.join(directory, name);
  writeFileSync(full, content);
  return full;
}

const TARGET = ["--target", "https://mail.example.com"] as const;

describe("the command line", () => {
  test("tells its version, which is the package's", async () => {
    const described: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    expect(await idlewall(["--version"])).toEqual({
      code: 0,
      stdout: `${String(Reflect.get(new Object(described), "version"))}\n`,
      stderr: "",
    });
  });

  test("lists its commands on request, on stdout", async () => {
    const { code, stdout, stderr } = await idlewall(["--help"]);
    expect([code, stderr]).toEqual([0, ""]);
    for (const name of ["profiles", "certs", "check", "healthcheck"]) expect(stdout).toContain(`idlewall ${name}`);
  });

  test.each([
    [[], "idlewall: expected a command; idlewall --help lists them\n"],
    [["nonsense"], /found the unknown command nonsense, expected serve, demo, device,/u],
    [["profils", "list"], /^idlewall: found the unknown command profils, .*; did you mean profiles\?\n$/u],
    [["profile", "list"], "idlewall: found the unknown command list, expected show or set\n"],
    [["profiles"], "idlewall: expected a command after profiles: list, show, check, export\n"],
    [["profiles", "lst"], /found the unknown command lst, expected list, show, check or export; did you mean list\?/u],
    [["profiles", "list", "--jsno"], /unknown option or argument jsno; did you mean --json\?/u],
    [["profiles", "list", "--no-such-thing"], /unknown option or argument .*such-thing; --help lists/u],
    [["profiles", "list", "extra"], /unknown option or argument extra/u],
    [["profiles", "show"], "idlewall: expected <profile>; --help lists what the command takes\n"],
    [["condition", "add", "asa"], /expected <settings>; --help/u],
    [["flows", "show", "x"], 'idlewall: <id>: found "x", expected a number\n'],
    [["flows", "show", "0"], /^idlewall: <id>: found 0, expected a whole number/u],
    [["flows", "end", "--json", "--ending", "drop", "1x"], 'idlewall: <id>: found "1x", expected a number\n'],
    [["scenario", "seed", "x"], 'idlewall: <seed>: found "x", expected a number\n'],
    [["scenario", "seed", ""], 'idlewall: <seed>: found "", expected a number\n'],
    [["scenario", "seed", " "], 'idlewall: <seed>: found " ", expected a number\n'],
    [["scenario", "seed", "1.5"], /^idlewall: <seed>: found 1\.5, expected a whole number from 0 to 4294967295/u],
    [["scenario", "seed", "-1"], /^idlewall: <seed>: found -1, expected a whole number/u],
    [["flows", "list", "--url", "x"], /^idlewall: --url: found the server "x"/u],
    [["device", "--server", "x"], /^idlewall: --server: found the server "x"/u],
    [["client-access", "--control", "x"], /^idlewall: --control: found the address "x"/u],
    [["serve", "--tcp", "x=a:1"], /^idlewall: --tcp: found the address "x"/u],
    [["profiles", "list", "--log-level", "loud"], /--log-level: found "loud", expected one of silent, error, warn/u],
    [
      ["check", "--seed", "x", ...TARGET, ...TARGET, "--time-scale", "abc"],
      "idlewall: --target: found 2 times, expected once\n" +
        'idlewall: --seed: found "x", expected a number\nidlewall: --time-scale: found "abc", expected a number\n',
    ],
    [["check", ...TARGET, "--timeScale", "abc"], 'idlewall: --time-scale: found "abc", expected a number\n'],
    [["check", "--target"], /expected a value after --target/u],
    [["check", ...TARGET, ...TARGET], /--target: found 2 times, expected once/u],
    [["certs", "create", "--days", "many"], /--days: found "many", expected a number/u],
    [["profiles", "list", "--config", "none.yaml"], "idlewall: none.yaml: there is no such file\n"],
  ])("refuses %j with exit code 2, on stderr alone", async (args, message) => {
    const { code, stdout, stderr } = await say(args, { cwd: directory });
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /u);
  });

  test.each([
    [0, ["profiles", "show", "carrier-13min"], {}],
    [0, ["check"], { IDLEWALL_TARGET: "http://variable.example" }],
    [2, ["profiles", "check", "none.yaml"], {}],
    [2, ["profiles"], {}],
    [3, ["certs", "show", "empty.pem"], {}],
  ])("ends a process with %i on %j, which says there what tests within this one are told", async (code, args, env) => {
    file("empty.pem", "nothing\n");
    const finished = await idlewall(args, { cwd: directory, env });
    expect(finished.code).toBe(code);
    expect(await say(args, { cwd: directory, env })).toEqual(finished);
  });

  test("tells where an error came from only when asked to", async () => {
    const args = ["profiles", "show", "nowhere"];
    expect((await say(args)).stderr).not.toContain("E_PROFILE_UNKNOWN");
    for (const { stderr } of [
      await idlewall(args, { env: { IDLEWALL_DEBUG: "1" } }),
      await say(args, { env: { IDLEWALL_DEBUG: "1" } }),
      await say([...args, "--log-level", "debug"]),
      await say([...args, "--log-level=debug"]),
      await say(args, { env: { IDLEWALL_LOG_LEVEL: "debug" } }),
    ])
      expect(stderr).toMatch(/E_PROFILE_UNKNOWN\n(?:.*\n)*idlewall: +at /u);
    expect((await say(args, { env: { IDLEWALL_DEBUG: "0" } })).stderr).not.toContain("E_PROFILE_UNKNOWN");
  });

  test("ends quietly when its reader goes away", () => {
    const script = `"${process.execPath}" "${COMMAND}" profiles list | true; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
    expect([stdout, stderr]).toEqual(["0\n", ""]);
  });
});

const config = (text: string) => ["check", "--config", file("config.yaml", text)];
const parts = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const { code, stdout, stderr } = await say([...args, "--json"], { env });
  expect([code, stderr]).toEqual([0, ""]);
  const { parts: found }: { parts: readonly { part: string; found: string }[] } = JSON.parse(stdout);
  return Object.fromEntries(found.map((each) => [each.part, each.found]));
};

describe("an option", () => {
  test("comes from its flag, then its variable, then the file", async () => {
    const args = config("target: https://file.example\nlisten: :1001\nadmin: 127.0.0.2:1002\nidle-timeout: 1m\n");
    const env = { IDLEWALL_LISTEN: ":2001", IDLEWALL_ADMIN: "127.0.0.2:2002" };
    expect(await parts([...args, "--admin", "127.0.0.2:3002"], env)).toMatchObject({
      target: "https://file.example",
      listen: ":2001",
      admin: "127.0.0.2:3002",
      path: "device ─ firewall 1m drop ─ server",
    });
  });

  test("has its default when it comes from nowhere", async () => {
    expect(await parts(["check", ...TARGET])).toMatchObject({
      listen: ":443",
      admin: "127.0.0.1:9443",
      path: "device ─ server",
      certificate: "made by serve, in certs/",
    });
  });

  test("may be spelt as elsewhere in files, and a port may be a number", async () => {
    const args = config("target: http://a\nlisten: 8443\nidleTimeout: 8m\nat-expiry: respond:504\n");
    expect(await parts(args)).toMatchObject({
      listen: ":8443",
      path: "device ─ reverse-proxy 8m respond:504 ─ server",
    });
  });

  test("may come from a file that a variable names; empty variables and foreign ones say nothing", async () => {
    const env = {
      IDLEWALL_CONFIG: file("named.yaml", "target: http://named\n"),
      IDLEWALL_LISTEN: "",
      IDLEWALL_PORT: "tcp://10.0.0.1:443",
      IDLEWALL_SERVICE_HOST: "10.0.0.1",
    };
    expect(await parts(["check"], env)).toMatchObject({ target: "http://named", listen: ":443" });
  });

  test("has all faults of its file told at once, with line and column", async () => {
    const args = config(
      "tarket: http://a\nlisten: [1, 2]\ntarget-insecure: maybe\nidleTimeout: 1m\nidle-timeout: 2m\nconfig: x\n",
    );
    const { code, stderr } = await say(args);
    const name = path.join(directory, "config.yaml");
    expect(code).toBe(2);
    expect(
      stderr
        .trimEnd()
        .split("\n")
        .map((line) => line.replace(/, expected .*;/u, ";").replace(/, expected config.*/u, "")),
    ).toEqual([
      `idlewall: ${name}:1:1: found the unknown key "tarket"; did you mean target?`,
      `idlewall: ${name}:2:9: found a list, expected text`,
      `idlewall: ${name}:3:18: found "maybe", expected true or false`,
      `idlewall: ${name}:5:1: found idle-timeout in both spellings`,
      expect.stringContaining(`${name}:6:1: found the unknown key "config"`),
    ]);
  });

  test.each([
    ["{", /:1:2: /u],
    ["- a", /:1:1: expected a mapping of options/u],
    ["target: {}", /:1:9: found a mapping, expected text/u],
    ["target:", /:1:8: found nothing, expected text/u],
    ["a: 1\na: 2", /:2:1: found the key "a" again/u],
  ])("in the file %j is refused", async (text, message) => {
    const { code, stderr } = await say(config(text));
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  test("in a file whose value the command refuses is told with the file", async () => {
    const args = config("carrier: 13x");
    const { code, stderr } = await say(["size", ...args.slice(1)]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^idlewall: \S+: carrier: found "13x", the unknown unit/u),
    ]);
  });

  test("in an empty file is none", async () => {
    expect(await parts([...config("# nothing\n"), ...TARGET])).toMatchObject({ listen: ":443" });
  });

  test("in a variable must be of its kind", async () => {
    const { code, stderr } = await say(["check", ...TARGET], { env: { IDLEWALL_TARGET_INSECURE: "perhaps" } });
    expect([code, stderr]).toEqual([
      2,
      'idlewall: IDLEWALL_TARGET_INSECURE: found "perhaps", expected true or false\n',
    ]);
    const mail = await say(["size"], { env: { IDLEWALL_CARRIER: "13x" } });
    expect(mail.stderr).toMatch(/^idlewall: IDLEWALL_CARRIER: found "13x", the unknown unit "x"/u);
    const choice = await say(["size"], { env: { IDLEWALL_RADIO: "nope" } });
    expect(choice.stderr).toMatch(/^idlewall: IDLEWALL_RADIO: found "nope", expected one of/u);
    const prefix = await say(["serve", ...TARGET], { env: { IDLEWALL_IPV4_PREFIX: "99" } });
    expect(prefix.stderr).toMatch(/^idlewall: IDLEWALL_IPV4_PREFIX: found /u);
    const camel = await say(["size", "--serverMinimum=4"], { env: { IDLEWALL_SERVER_MINIMUM: "3" } });
    expect(camel.stderr).toMatch(/^idlewall: --server-minimum: found "4"/u);
    const flag = await say(["size", "--carrier=13y"], { env: { IDLEWALL_CARRIER: "13x" } });
    expect(flag.stderr).toMatch(/^idlewall: --carrier: found "13y"/u);
    const days = await say(["certs", "create"], { cwd: directory, env: { IDLEWALL_DAYS: "x" } });
    expect([days.code, days.stderr]).toEqual([2, 'idlewall: IDLEWALL_DAYS: found "x", expected a number\n']);
  });
});
