import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Toxiproxy } from "toxiproxy-node-client";
import { afterAll, expect, test } from "vitest";
import { RunningCommand } from "../support/running-command.ts";
import { say } from "../support/said.ts";
import { startWireServer } from "../support/wire-server.ts";

const directory = mkdtempSync(path.join(tmpdir(), "idlewall-toxiproxy-"));

afterAll(() => rmSync(directory, { recursive: true }));

function serve(...args: readonly string[]): RunningCommand {
  return new RunningCommand(["serve", "--admin", "127.0.0.1:0", ...args], directory);
}

test("serve needs nothing but the API, which creates what there is to serve, and ends with it", async () => {
  await using command = serve("--toxiproxy-api", ":0");
  const [url = ""] = await command.said(/toxiproxy: (http:\/\/127\.0\.0\.1:\d+)\n/u);
  const server = await startWireServer();
  const client = new Toxiproxy(url);
  const proxy = await client.createProxy({ name: "p", listen: "localhost:0", upstream: `127.0.0.1:${server.port}` });
  expect((await client.get("p")).toJson()).toEqual(proxy.toJson());
  command.signal("SIGTERM");
  expect((await command.finished()).code).toBe(0);
  await expect(client.getVersion()).rejects.toThrow("fetch failed");
  await server.stop();
});

test("listeners of the command line are proxies, by their names, and JSON tells where the API is", async () => {
  const server = await startWireServer();
  await using command = serve(
    "--toxiproxy-api",
    "127.0.0.1:0",
    "--tcp",
    `127.0.0.1:0=127.0.0.1:${server.port}`,
    "--json",
  );
  const [line = ""] = await command.said(/^(\{"listen".*\})\n/u);
  const { toxiproxyApi } = JSON.parse(line);
  const proxies = await new Toxiproxy(toxiproxyApi).getAll();
  expect(Object.values(proxies).map(({ name, upstream }) => [name, upstream])).toEqual([
    ["tcp-0", `127.0.0.1:${server.port}`],
  ]);
  command.signal("SIGTERM");
  expect((await command.finished()).code).toBe(0);
  await server.stop();
});

test("an API that listens beyond the loopback is told to be open to all", async () => {
  await using command = serve("--toxiproxy-api", "0.0.0.0:0");
  await command.said(/toxiproxy: /u);
  expect(command.stderr).toContain("whoever reaches 0.0.0.0:0 can give orders there: Toxiproxy's API has no password");
  command.signal("SIGTERM");
  expect((await command.finished()).code).toBe(0);
});

test("check tells where the API would be, and what is wrong with its address", async () => {
  const fine = await say(["check", "--toxiproxy-api", ":8474"], { cwd: directory });
  expect([fine.code, fine.stderr]).toEqual([0, ""]);
  expect(fine.stdout).toMatch(/^toxiproxy +127\.0\.0\.1:8474$/mu);
  expect(fine.stdout).not.toMatch(/^(?:listen|target)/mu);
  const wrong = await say(["check", "--toxiproxy-api", "nowhere"], { cwd: directory });
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('"nowhere"')]);
});

test.each([
  ["nowhere", 2, /found the address "nowhere"/u],
  ["127.0.0.1:65536", 2, /expected a port from 0 to 65535/u],
  ["192.0.2.1:0", 3, /192\.0\.2\.1 is not an address of this machine/u],
])("an API at %s is refused with exit code %i", async (address, exitCode, message) => {
  const { code, stderr } = await say(["serve", "--admin", "127.0.0.1:0", "--toxiproxy-api", address], {
    cwd: directory,
  });
  expect([code, stderr]).toEqual([exitCode, expect.stringMatching(message)]);
});
