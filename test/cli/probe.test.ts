import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RunningCommand } from "../support/running-command.ts";
import { idlewall } from "./idlewall.ts";

const TIME_SCALE = 60;
const SEARCH = ["--from=30s", "--to=2m30s", "--precision=6s", "--flows=30", `--time-scale=${TIME_SCALE}`, "--json"];

let folder: string;
const other = createServer((_request, answer) => answer.writeHead(404).end("not here"));
let otherPort: number;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "idlewall-probe-"));
  await new Promise<void>((resolve) => void other.listen(0, "127.0.0.1", resolve));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a server that listens on TCP has such an address
  otherPort = (other.address() as AddressInfo).port;
});
afterAll(async () => {
  other.close();
  await rm(folder, { recursive: true, force: true });
});

/** `serve` with these flags, once it listens. */
async function serve(
  serving: readonly string[],
  listen = "127.0.0.1:0",
  target = `http://127.0.0.1:${otherPort}`,
): Promise<RunningCommand> {
  const flags = [`--listen=${listen}`, "--admin=127.0.0.1:0", `--time-scale=${TIME_SCALE}`, "--drain=1ms"];
  const served = new RunningCommand(["serve", `--target=${target}`, ...flags, ...serving], folder);
  await portOf(served);
  return served;
}

async function portOf(served: RunningCommand): Promise<number> {
  const [port] = await served.said(/devices:\s+https on \S+:(\d+)/u);
  return Number(port);
}

/** `serve` with these flags in front of the server that is not to be asked, and what a probe of it prints. */
async function probeServed(serving: readonly string[], probing: readonly string[]) {
  await using served = await serve(serving);
  return await idlewall(
    ["probe", `--server=https://127.0.0.1:${await portOf(served)}`, "--insecure", ...SEARCH, ...probing],
    {
      cwd: folder,
    },
  );
}

describe.concurrent("idlewall probe", () => {
  test("writes a profile of what it measured, which serve emulates and a second probe finds again", async () => {
    const set = ["--idle-timeout=75s", "--at-expiry=toDevice=drop,toServer=reset"];
    const first = await probeServed(["--allow-probe", ...set], ["--write-profile=measured.yaml"]);
    expect(first.code, first.stderr).toBe(0);
    const sees = {
      verdict: "idle-timeout",
      device: { atExpiry: "nothing", onSend: "nothing" },
      server: { atExpiry: "rst", onSend: "rst" },
      cutFirst: "server",
      refreshedBy: "either",
    };
    expect(JSON.parse(first.stdout)).toMatchObject(sees);
    const profile = await readFile(path.join(folder, "measured.yaml"), "utf8");
    expect(profile).toMatch(/source: measured by idlewall probe on \d{4}-\d\d-\d\d against 127\.0\.0\.1:\d+/u);
    const second = await probeServed(["--allow-probe", "--profile=measured.yaml"], []);
    expect(second.code, second.stderr).toBe(0);
    expect(JSON.parse(second.stdout)).toMatchObject(sees);
    const [one, two] = [first, second].map(({ stdout }): unknown => JSON.parse(stdout));
    for (const found of [one, two]) {
      expect(found).toHaveProperty(
        "longestAliveSeconds",
        expect.toSatisfy((seconds: number) => seconds < 87),
      );
      expect(found).toHaveProperty(
        "shortestDeadSeconds",
        expect.toSatisfy((seconds: number) => seconds > 68),
      );
    }
  });

  test("says what it found where probes are not answered", async () => {
    const { code, stderr } = await probeServed([], []);
    expect(code).toBe(3);
    expect(stderr).toContain("found HTTP 404 at /.well-known/idlewall-probe");
    expect(stderr).toContain("--allow-probe");
  });

  test("of a path without a time-out writes no profile, and says so", async () => {
    const { code, stdout, stderr } = await probeServed(
      ["--allow-probe", "--profile=direct"],
      ["--write-profile=none.yaml"],
    );
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: "longer" });
    expect(stderr).toContain("none.yaml: not written: found longer, expected an idle time-out or a lifetime to write");
  });

  test.each([
    ["nowhere/path.yaml", "a directory on the way to it is missing"],
    [".", "found a directory, expected a file"],
    ["there.yaml", "there.yaml is there already; --force replaces it"],
  ])("refuses before it begins to write to %s", async (place, message) => {
    await writeFile(path.join(folder, "there.yaml"), "mine");
    const server = "--server=https://127.0.0.1:1";
    const { code, stderr } = await idlewall(["probe", server, `--write-profile=${place}`], { cwd: folder });
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(await readFile(path.join(folder, "there.yaml"), "utf8")).toBe("mine");
  });

  test("does not trust a certificate that it does not know", async () => {
    await using served = await serve(["--allow-probe", "--profile=direct"]);
    const { code, stderr } = await idlewall(["probe", `--server=https://127.0.0.1:${await portOf(served)}`, ...SEARCH]);
    expect([code, stderr]).toEqual([3, expect.stringMatching(/certificate/u)]);
  });

  test("that is asked to stop tells what it has found until then", async () => {
    await using served = await serve(["--allow-probe", "--profile=direct"]);
    const server = `--server=https://127.0.0.1:${await portOf(served)}`;
    await using probing = new RunningCommand(
      [
        "probe",
        server,
        "--insecure",
        "--write-profile=stopped.yaml",
        ...SEARCH.filter((word) => !word.startsWith("--to=")),
      ],
      folder,
    );
    await probing.said(/of silence is borne/u);
    probing.signal("SIGINT");
    const { code, stdout, stderr } = await probing.finished();
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      address: expect.stringMatching(/^127\.0\.0\.1:\d+$/u),
      verdict: "stopped",
      longestAliveSeconds: expect.toSatisfy((seconds: number) => seconds >= 30),
    });
    expect(stderr).toContain("stopped.yaml: not written: the search did not come to its end");
    expect(existsSync(path.join(folder, "stopped.yaml"))).toBe(false);
    expect(stderr).toMatch(/stopped before the end of the search: \S+ of silence is borne$/mu);
    expect(stderr.match(/^idlewall: \S+ of silence is borne$/gmu)).toEqual([
      ...new Set(stderr.match(/^idlewall: \S+ of silence is borne$/gmu)),
    ]);
  });

  test("finds the same over IPv6", async () => {
    await using served = await serve(["--allow-probe", "--idle-timeout=75s", "--at-expiry=reset"], "[::1]:0");
    const server = `--server=https://[::1]:${await portOf(served)}`;
    const { code, stdout, stderr } = await idlewall(["probe", server, "--insecure", ...SEARCH]);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: "idle-timeout", told: true, device: { atExpiry: "reset" } });
  });
});

describe.concurrent("idlewall probe --user", () => {
  const ASKED = ["probe", "--server=https://127.0.0.1:1", "--insecure"];

  test.each([
    [["--user=ann"], {}, "--user: found no password, expected IDLEWALL_PASSWORD or --password-file beside it"],
    [["--user=ann", "--password="], {}, "--user: found an empty password"],
    [["--user=ann", "--password=a", "--password-file=b"], {}, "found --password beside --password-file"],
    [["--password-file=secret"], {}, "--password-file: found secret without --user, expected both or none"],
    [["--user=ann", "--precision=500ms"], {}, "expected 1s or more: Pings take whole seconds"],
  ])("%j is refused", async (words, env, message) => {
    const { code, stderr } = await idlewall([...ASKED, ...words], { cwd: folder, env });
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  test("measures by Pings, with a password from a file", async () => {
    await writeFile(path.join(folder, "secret"), "opensesame\n");
    const scale = `--time-scale=${TIME_SCALE}`;
    const clientAccess = [
      "client-access",
      "--http",
      "--listen=127.0.0.1:0",
      "--control=127.0.0.1:0",
      "--user=ann:opensesame",
      scale,
    ];
    await using server = new RunningCommand(clientAccess, folder);
    const [target] = await server.said(/devices: (\S+)/u);
    await using served = await serve(["--idle-timeout=75s", "--at-expiry=reset"], "127.0.0.1:0", target);
    const asked = [
      "probe",
      `--server=https://127.0.0.1:${await portOf(served)}`,
      "--insecure",
      "--user=ann",
      ...SEARCH,
    ];
    const { code, stdout, stderr } = await idlewall([...asked, "--password-file=secret"], { cwd: folder });
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: "idle-timeout", told: true, device: { atExpiry: "reset" } });
    const refused = await idlewall([...asked, "--password=wrong"], { cwd: folder });
    expect([refused.code, refused.stderr]).toEqual([3, expect.stringMatching(/HTTP 401/u)]);
  });
});

describe.concurrent("idlewall probe", () => {
  test("says that nobody is there", async () => {
    const { code, stderr } = await idlewall(["probe", "--server=https://127.0.0.1:1", "--insecure"]);
    expect(code).toBe(3);
    expect(stderr).toContain("127.0.0.1:1 can't be reached");
  });
});
