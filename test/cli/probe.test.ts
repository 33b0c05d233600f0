import { mkdtemp, readFile, rm } from "node:fs/promises";
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

/** `serve` with these flags in front of the server that is not to be asked, and what a probe of it prints. */
async function probeServed(serving: readonly string[], probing: readonly string[]) {
  const target = `--target=http://127.0.0.1:${otherPort}`;
  const flags = ["--listen=127.0.0.1:0", "--admin=127.0.0.1:0", `--time-scale=${TIME_SCALE}`, "--drain=1ms"];
  await using served = new RunningCommand(["serve", target, ...flags, ...serving], folder);
  const [port] = await served.said(/devices:\s+https on 127\.0\.0\.1:(\d+)/u);
  return await idlewall(["probe", `--server=https://127.0.0.1:${port}`, "--insecure", ...SEARCH, ...probing], {
    cwd: folder,
  });
}

describe("idlewall probe", () => {
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
        expect.toSatisfy((seconds: number) => seconds < 76),
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

  test("says that nobody is there", async () => {
    const { code, stderr } = await idlewall(["probe", "--server=https://127.0.0.1:1", "--insecure"]);
    expect(code).toBe(3);
    expect(stderr).toContain("127.0.0.1:1 can't be reached");
  });
});
