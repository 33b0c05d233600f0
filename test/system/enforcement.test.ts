import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { COMMAND } from "../cli/idlewall.ts";
import {
  ask,
  asksIntoSilence,
  deviceIn,
  flagsOf,
  serveIn,
  serverIn,
  tablesOf,
  TCP_FLAGS,
} from "./fidelity/enforced.ts";
import { inNamespace, makeNamespace, setKernel, sweepNamespaces } from "./fidelity/namespaces.ts";
import { makePapers, type Papers } from "./fidelity/papers.ts";
import { Command, type CommandOptions, Program } from "./fidelity/program.ts";

const MANY = 2000;
const ANSWER = { afterMs: 0, do: "answer", bytes: 10 };
const WANTED = "expected Linux, the program nft, and root or CAP_NET_ADMIN";

let papers: Papers;
beforeAll(async () => {
  await sweepNamespaces();
  papers = await makePapers("127.0.0.1", "::1");
});
afterAll(() => papers[Symbol.asyncDispose]());

describe("the table of nftables", () => {
  test.each(["SIGTERM", "SIGINT"] as const)("is there while serve runs, and gone after %s", async (signal) => {
    await using namespace = await makeNamespace("table");
    await using serving = await serveIn(namespace.name, papers);
    expect(await tablesOf(namespace.name)).toEqual([`idlewall_${serving.pid}`]);
    serving.signal(signal);
    expect(await serving.ended()).toBe(0);
    expect(await tablesOf(namespace.name)).toEqual([]);
  });

  test("outlives a crash, and is swept at the next start; that of another that still runs stays, and what is not ours", async () => {
    await using namespace = await makeNamespace("crash");
    await inNamespace(namespace.name, "nft", "add", "table", "inet", "idlewall_1");
    await using crashed = await serveIn(namespace.name, papers);
    const beside = { listen: "127.0.0.1:8444", admin: "127.0.0.1:9444" };
    await using other = await serveIn(namespace.name, papers, beside);
    crashed.signal("SIGKILL");
    await crashed.ended();
    const [old, running] = [`idlewall_${crashed.pid}`, `idlewall_${other.pid}`];
    expect((await tablesOf(namespace.name)).toSorted()).toEqual(["idlewall_1", old, running].toSorted());
    await using next = await serveIn(namespace.name, papers);
    expect((await tablesOf(namespace.name)).toSorted()).toEqual(
      ["idlewall_1", running, `idlewall_${next.pid}`].toSorted(),
    );
    next.signal("SIGTERM");
    await next.ended();
    expect((await tablesOf(namespace.name)).toSorted()).toEqual(["idlewall_1", running].toSorted());
  });

  test(`takes ${MANY} expiries of one instant in one go`, async () => {
    await using namespace = await makeNamespace("many");
    await using many = new Program(namespace.name, "silence-many.js", {}, [String(MANY)]);
    await many.said("tookMs");
    const [table = ""] = await tablesOf(namespace.name);
    const listing = await inNamespace(namespace.name, "nft", "list", "set", "inet", table, "dropped4");
    expect([...listing.matchAll(/198\.51\.100\.\d+ \. \d+/gu)]).toHaveLength(MANY);
    expect(Number(/"tookMs":([\d.]+)/u.exec(many.stdout)?.[1])).toBeLessThan(2000);
  });
});

test("the kernel is told within milliseconds of an expiry, and after a listing where keepalives count", async () => {
  const rows: string[] = [];
  for (const watched of [1, MANY]) {
    await using namespace = await makeNamespace(`measured-${watched}`);
    await using measuring = new Program(namespace.name, "measure-silence.js", {}, [String(watched)]);
    expect(await measuring.ended()).toBe(0);
    const { alone, asked }: Measured = JSON.parse(measuring.stdout);
    const figures = [alone.medianMs, alone.maximumMs, asked.medianMs, asked.maximumMs];
    rows.push(`| ${[watched, ...figures.map((figure) => figure.toFixed(1))].join(" | ")} |`);
    expect(alone.medianMs).toBeLessThan(20);
    expect(asked.medianMs).toBeLessThan(watched === 1 ? 100 : 1000);
  }
  await mkdir("reports", { recursive: true });
  await writeFile("reports/enforcement.md", [...MEASURED_HEAD, ...rows, ""].join("\n"));
});

/** What `measure-silence.js` tells. */
interface Measured {
  readonly alone: { readonly medianMs: number; readonly maximumMs: number };
  readonly asked: { readonly medianMs: number; readonly maximumMs: number };
}

const MEASURED_HEAD = [
  "Milliseconds from an expiry to its silence in the kernel, of 51 one after the other.",
  "",
  "| flows watched for keepalives | median | maximum | median where they count | maximum where they count |",
  "| --- | --- | --- | --- | --- |",
];

test("is allowed to a container of docker-compose.kernel.yml, which has no more of root's rights than it lists", async () => {
  const files = ["docker-compose.yml", "docker-compose.kernel.yml"].map((file) => parse(readFileSync(file, "utf8")));
  const only = files.flatMap(({ services: { proxy } }) => proxy.cap_add).map((name) => String(name).toLowerCase());
  expect(only).toEqual(["net_bind_service", "net_admin", "dac_override"]);
  await using namespace = await makeNamespace("container");
  await setKernel(namespace.name, { "net.ipv4.tcp_retries2": 1 });
  await using _server = await serverIn(namespace.name, papers);
  await using serving = await serveIn(namespace.name, papers, {}, { only });
  expect(await asksIntoSilence(namespace.name, papers)).toEqual(["ETIMEDOUT"]);
  serving.signal("SIGTERM");
  expect(await serving.ended()).toBe(0);
  expect(await tablesOf(namespace.name)).toEqual([]);
});

const REFUSALS: readonly (readonly [string, CommandOptions, RegExp])[] = [
  ["the right to change the firewall", { without: "net_admin" }, /[Oo]peration not permitted/u],
  ["the program nft", { emptied: "/usr/sbin" }, /found no program nft/u],
];

describe.each(REFUSALS)("without %s", (_what, lack, why) => {
  test.each(["serve", "check"])("%s refuses clearly, and does not fall back", async (command) => {
    await using namespace = await makeNamespace("refused");
    const flags = command === "serve" ? flagsOf(papers) : ["--target=http://127.0.0.1:1", "--enforce=kernel"];
    await using refused = new Command(namespace.name, [COMMAND, command, ...flags], lack);
    expect(await refused.ended()).toBe(3);
    expect(refused.stderr).toMatch(why);
    expect(refused.stderr).toContain(WANTED);
    expect(refused.stdout).not.toContain("metrics:");
  });
});

describe.each([
  ["an https listener on 127.0.0.1", "127.0.0.1", {}],
  ["an https listener on ::1", "::1", { listen: "[::1]:8443", target: "https://[::1]:9000" }],
  ["a tcp listener", "127.0.0.1", TCP_FLAGS],
])("behind %s", (_what, host, flags) => {
  test("a device that sends into a flow that was dropped gives up, and gets a new one from the same port", async () => {
    await using namespace = await makeNamespace("drop");
    await setKernel(namespace.name, { "net.ipv4.tcp_retries2": 1 });
    await using _server = await serverIn(namespace.name, papers);
    await using _serving = await serveIn(namespace.name, papers, flags);
    const flows = [
      { id: "first", startMs: 0, localPort: 40_000, steps: [ask(0), ask(1500)] },
      { id: "second", startMs: 5000, localPort: 40_000, steps: [ask(0, ANSWER)] },
    ];
    await using device = await deviceIn(namespace.name, papers, 9000, flows, host);
    expect(device.events.map(({ flow, event }) => `${flow} ${event}`)).toEqual([
      "first ETIMEDOUT",
      "second data",
      "second open",
    ]);
  });
});

describe("behind a tcp listener", () => {
  test("a server that sends into a flow that was dropped gives up", async () => {
    await using namespace = await makeNamespace("tcp-server");
    await setKernel(namespace.name, { "net.ipv4.tcp_retries2": 1 });
    await using server = await serverIn(namespace.name, papers);
    await using _serving = await serveIn(namespace.name, papers, TCP_FLAGS);
    const flows = [{ id: "flow", startMs: 0, steps: [ask(0, { ...ANSWER, afterMs: 1500 })] }];
    await using device = await deviceIn(namespace.name, papers, 5000, flows);
    server.signal("SIGUSR2");
    await server.said("done");
    expect(device.events.map(({ event }) => event)).toEqual(["open"]);
    expect(server.events.map(({ event }) => event)).toContain("ETIMEDOUT");
  });

  test("a device that sends into a flow that is reset on the next is reset", async () => {
    await using namespace = await makeNamespace("tcp-reset");
    await using _server = await serverIn(namespace.name, papers);
    await using _serving = await serveIn(namespace.name, papers, { ...TCP_FLAGS, "at-expiry": "reset-on-next" });
    expect(await asksIntoSilence(namespace.name, papers)).toEqual(["ECONNRESET"]);
  });

  test("keepalive probes keep a flow alive where the path heeds them", async () => {
    await using namespace = await makeNamespace("tcp-keepalive");
    await using _server = await serverIn(namespace.name, papers);
    const profile = papers.file("heeding.yaml");
    await writeFile(profile, HEEDING);
    await using _serving = await serveIn(namespace.name, papers, { ...TCP_FLAGS, "idle-timeout": undefined, profile });
    const steps = [ask(0, ANSWER), ask(4000, ANSWER)];
    const flows = [
      { id: "probing", startMs: 0, keepAliveMs: 1000, steps },
      { id: "silent", startMs: 0, steps },
    ];
    await using device = await deviceIn(namespace.name, papers, 6000, flows);
    expect(
      device.events
        .filter(({ event }) => event === "data")
        .map(({ flow }) => flow)
        .toSorted(),
    ).toEqual(["probing", "probing", "silent"]);
  });
});

const HEEDING = `name: heeding
title: A firewall that keepalive probes refresh
source: test
hops:
  - name: firewall
    kind: firewall
    conditions:
      - { type: idle-timeout, idleTimeout: 2s, atExpiry: drop, refreshedByKeepalive: true }
`;

test("a flow that was silenced does not hold up the end", async () => {
  await using namespace = await makeNamespace("drain");
  await using _server = await serverIn(namespace.name, papers);
  await using serving = await serveIn(namespace.name, papers, { drain: "1h" });
  await using _device = await deviceIn(namespace.name, papers, 2500, [{ id: "flow", startMs: 0, steps: [ask(0)] }]);
  serving.signal("SIGTERM");
  expect(await serving.ended()).toBe(0);
  expect(await tablesOf(namespace.name)).toEqual([]);
});
