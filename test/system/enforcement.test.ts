import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { COMMAND } from "../cli/idlewall.ts";
import { inNamespace, makeNamespace, setKernel, sweepNamespaces } from "./fidelity/namespaces.ts";
import { makePapers, NAME, type Papers } from "./fidelity/papers.ts";
import { Command, Program } from "./fidelity/program.ts";

const MANY = 2000;
const REFUSED =
  /--enforce kernel: .*[Oo]peration not permitted.*expected Linux, the program nft, and root or CAP_NET_ADMIN/u;

let papers: Papers;
beforeAll(async () => {
  await sweepNamespaces();
  papers = await makePapers("127.0.0.1", "::1");
});
afterAll(() => papers[Symbol.asyncDispose]());

describe("the table of nftables", () => {
  test("is there while serve runs, and gone when it was asked to stop", async () => {
    await using namespace = await makeNamespace("table");
    await using serving = serve(namespace.name);
    await serving.said("metrics:");
    expect(await tablesOf(namespace.name)).toEqual([`idlewall_${serving.pid}`]);
    serving.signal("SIGTERM");
    expect(await serving.ended()).toBe(0);
    expect(await tablesOf(namespace.name)).toEqual([]);
  });

  test("outlives a crash, and is swept at the next start", async () => {
    await using namespace = await makeNamespace("crash");
    await using crashed = serve(namespace.name);
    await crashed.said("metrics:");
    crashed.signal("SIGKILL");
    await crashed.ended();
    expect(await tablesOf(namespace.name)).toEqual([`idlewall_${crashed.pid}`]);
    await using next = serve(namespace.name);
    await next.said("metrics:");
    expect(await tablesOf(namespace.name)).toEqual([`idlewall_${next.pid}`]);
  });

  test("of another that still runs stays, and what is not ours is left alone", async () => {
    await using namespace = await makeNamespace("others");
    await inNamespace(namespace.name, "nft", "add", "table", "inet", "idlewall_1");
    await using first = serve(namespace.name);
    await first.said("metrics:");
    await using second = serve(namespace.name, { listen: "127.0.0.1:8444", admin: "127.0.0.1:9444" });
    await second.said("metrics:");
    const ours = [first, second].map(({ pid }) => `idlewall_${pid}`);
    expect(await tablesOf(namespace.name)).toEqual(expect.arrayContaining(["idlewall_1", ...ours]));
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

describe.each(["serve", "check"])("without the right to change the firewall %s", (command) => {
  test("refuses clearly, and does not fall back", async () => {
    await using namespace = await makeNamespace(`right-${command}`);
    const flags = command === "serve" ? flagsOf() : ["--target=http://127.0.0.1:1", "--enforce=kernel"];
    await using refused = new Command(namespace.name, [COMMAND, command, ...flags], { without: "net_admin" });
    expect(await refused.ended()).toBe(3);
    expect(refused.stderr).toMatch(REFUSED);
  });
});

describe.each([
  ["127.0.0.1", "127.0.0.1"],
  ["::1", "[::1]"],
])("on %s", (host, written) => {
  test("a device that sends into a flow that was dropped gives up, and gets a new one from the same port", async () => {
    await using namespace = await makeNamespace(`flow-${host.length}`);
    await setKernel(namespace.name, { "net.ipv4.tcp_retries2": 1 });
    await using server = new Program(namespace.name, "server.js", { port: 9000, cert: papers.cert, key: papers.key });
    await server.said("listening");
    await using serving = serve(namespace.name, { listen: `${written}:8443`, target: `https://${written}:9000` });
    await serving.said("metrics:");
    const ask = (atMs: number, ...plan: readonly object[]): object => ({ atMs, do: "request", plan });
    await using device = new Program(namespace.name, "device.js", {
      host,
      port: 8443,
      name: NAME,
      authority: papers.authority,
      horizonMs: 9000,
      flows: [
        { id: "first", startMs: 0, localPort: 40_000, steps: [ask(0), ask(1500)] },
        { id: "second", startMs: 5000, localPort: 40_000, steps: [ask(0, { afterMs: 0, do: "answer", bytes: 10 })] },
      ],
    });
    await device.said("done");
    expect(device.events.map(({ flow, event }) => `${flow} ${event}`)).toEqual([
      "first ETIMEDOUT",
      "second data",
      "second open",
    ]);
  });
});

function serve(namespace: string, options: Readonly<Record<string, string>> = {}): Command {
  return new Command(namespace, [COMMAND, "serve", ...flagsOf(options)]);
}

function flagsOf(options: Readonly<Record<string, string>> = {}): readonly string[] {
  const all = {
    enforce: "kernel",
    listen: "127.0.0.1:8443",
    admin: "127.0.0.1:9443",
    target: "https://127.0.0.1:9000",
    "target-ca": papers.file("authority"),
    "idle-timeout": "1s",
    cert: papers.file("cert"),
    key: papers.file("key"),
    drain: "1ms",
    ...options,
  };
  return [...Object.entries(all).map(([name, value]) => `--${name}=${value}`), "--no-target-check"];
}

async function tablesOf(namespace: string): Promise<readonly string[]> {
  const tables = await inNamespace(namespace, "nft", "list", "tables", "inet");
  return [...tables.matchAll(/^table inet (\w+)$/gmu)].map(([, name = ""]) => name);
}
