import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { COMMAND } from "../cli/idlewall.ts";
import { type Lab, loadRules, makeLab, SERVER_ADDRESS, setKernel, sweepNamespaces } from "./fidelity/namespaces.ts";
import { makePapers, type Papers } from "./fidelity/papers.ts";
import { Command } from "./fidelity/program.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PORT = 8443;
const PRECISION_SECONDS = 0.25;

/** The server's TCP acknowledges what it has no answer to up to 40 ms late, and that refreshes conntrack (tcp(7), quick ack). */
const DELAYED_ACK_SECONDS = 0.06;

/** What the firewall is set to. */
interface Setting {
  readonly idleSeconds: number;
  readonly expired: "drop" | "reject";
}

const SETTINGS: readonly Setting[] = [4, 7, 11].flatMap((idleSeconds) =>
  (["drop", "reject"] as const).map((expired) => ({ idleSeconds, expired })),
);

/** What a probe says, as far as the table tells it. */
interface Found {
  readonly verdict: string;
  readonly longestAliveSeconds: number;
  readonly shortestDeadSeconds: number;
  readonly agreement: number;
  readonly tookSeconds: number;
  readonly refreshedBy: string;
  readonly refreshedByKeepalive: boolean;
  readonly device: { readonly atExpiry: string; readonly onSend: string };
  readonly server: { readonly atExpiry: string; readonly onSend: string };
}

let papers: Papers;
const found = new Map<Setting, Found>();

/** Two at a time: more would be measured by how busy the machine is. */
beforeAll(async () => {
  await sweepNamespaces();
  papers = await makePapers(SERVER_ADDRESS);
  for (let first = 0; first < SETTINGS.length; first += 2) {
    await Promise.all(SETTINGS.slice(first, first + 2).map(async (each) => void found.set(each, await probe(each))));
  }
  mkdirSync(path.join(ROOT, "reports"), { recursive: true });
  writeFileSync(path.join(ROOT, "reports/probe.md"), report());
}, 300_000);
afterAll(() => papers[Symbol.asyncDispose]());

describe("a probe through a Linux firewall finds", () => {
  test.each(SETTINGS)("$idleSeconds s, $expired", (setting) => {
    const { idleSeconds, expired } = setting;
    const result = found.get(setting);
    expect(result).toMatchObject({
      verdict: "idle-timeout",
      agreement: 1,
      refreshedBy: "either",
      refreshedByKeepalive: true,
      device: { atExpiry: "nothing", onSend: expired === "drop" ? "nothing" : "reset" },
      server: { atExpiry: "nothing", onSend: expired === "drop" ? "nothing" : "rst" },
    });
    expect(result?.longestAliveSeconds).toBeLessThan(idleSeconds + DELAYED_ACK_SECONDS);
    expect(result?.shortestDeadSeconds).toBeGreaterThanOrEqual(idleSeconds - 0.05);
    expect(result?.shortestDeadSeconds).toBeLessThan(idleSeconds + 2 * PRECISION_SECONDS);
  });
});

describe("docs/probe.md has of each setting what was set, seen, and found as closely as here", () => {
  const page = readFileSync(path.join(ROOT, "docs/probe.md"), "utf8");

  test.each(SETTINGS)("$idleSeconds s, $expired", (setting) => {
    const [longestAlive = NaN, shortestDead = NaN, precision = NaN, minutes = NaN] = (
      rowPattern(setting).exec(page) ?? []
    )
      .slice(1)
      .map(Number);
    const { idleSeconds } = setting;
    expect(longestAlive).toBeLessThan(idleSeconds + DELAYED_ACK_SECONDS);
    expect(shortestDead).toBeGreaterThanOrEqual(idleSeconds);
    expect(precision).toBeLessThanOrEqual(PRECISION_SECONDS);
    expect(shortestDead - longestAlive).toBeCloseTo(precision, 1);
    const took = (found.get(setting)?.tookSeconds ?? NaN) / 60;
    expect(Math.abs(minutes - took)).toBeLessThan(took / 2);
  });
});

/** Linux as a firewall, as for `docs/fidelity.md`: what conntrack has forgotten is dropped, or rejected with an RST. */
async function firewall(lab: Lab, { idleSeconds, expired }: Setting): Promise<void> {
  await loadRules(
    lab.middle,
    `table inet firewall {
      chain forward {
        type filter hook forward priority 0; policy drop;
        ct state invalid ${expired === "drop" ? "drop" : "reject with tcp reset"}
        ct state established,related accept
        ct state new tcp dport ${PORT} accept
      }
    }\n`,
  );
  await setKernel(lab.middle, {
    "net.ipv4.ip_forward": 1,
    "net.netfilter.nf_conntrack_tcp_loose": 0,
    "net.netfilter.nf_conntrack_tcp_timeout_established": idleSeconds,
  });
}

async function probe(setting: Setting): Promise<Found> {
  await using lab = await makeLab(`probe-${setting.idleSeconds}-${setting.expired}`);
  await firewall(lab, setting);
  const serving = {
    listen: `${SERVER_ADDRESS}:${PORT}`,
    admin: "127.0.0.1:9443",
    target: "https://127.0.0.1:9000",
    cert: papers.file("cert"),
    key: papers.file("key"),
    drain: "1ms",
  };
  await using served = new Command(lab.server, [
    COMMAND,
    "serve",
    "--allow-probe",
    "--no-target-check",
    ...flags(serving),
  ]);
  await served.said("metrics:");
  const probing = {
    server: `https://${SERVER_ADDRESS}:${PORT}`,
    ca: papers.file("authority"),
    from: "2s",
    to: "14s",
    precision: `${PRECISION_SECONDS * 1000}ms`,
    flows: "80",
    "answer-within": "1s",
  };
  await using command = new Command(lab.device, [COMMAND, "probe", "--json", ...flags(probing)]);
  await command.said("}\n");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every member is looked at by the tests above
  return JSON.parse(command.stdout) as Found;
}

function flags(options: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(options).map(([name, value]) => `--${name}=${value}`);
}

function report(): string {
  const rows = SETTINGS.map((setting) => {
    const { longestAliveSeconds, shortestDeadSeconds, tookSeconds, device, server } = found.get(setting) ?? NOTHING;
    const bracket = `${longestAliveSeconds.toFixed(2)} to ${shortestDeadSeconds.toFixed(2)} s`;
    const precision = `${(shortestDeadSeconds - longestAliveSeconds).toFixed(2)} s`;
    const seen = `${device.onSend}, ${server.onSend}`;
    return `| ${setting.idleSeconds} s, ${setting.expired} | ${bracket} | ${precision} | ${seen} | ${(tookSeconds / 60).toFixed(2)} |`;
  });
  return `${[HEADER, "| --- | --- | --- | --- | --- |", ...rows].join("\n")}\n`;
}

const HEADER = "| set | found | precision | device and server see when they send | minutes |";
const NOTHING = {
  longestAliveSeconds: 0,
  shortestDeadSeconds: 0,
  tookSeconds: 0,
  device: { onSend: "" },
  server: { onSend: "" },
};

/** The row of a setting in the page, in any spacing: its numbers, and what was seen. */
function rowPattern({ idleSeconds, expired }: Setting): RegExp {
  const seen = expired === "drop" ? "nothing, nothing" : "reset, rst";
  return new RegExp(
    `^\\| ${idleSeconds} s, ${expired} +\\| ([\\d.]+) to ([\\d.]+) s +\\| ([\\d.]+) s +\\| ${seen} +\\| ([\\d.]+) +\\|`,
    "mu",
  );
}
