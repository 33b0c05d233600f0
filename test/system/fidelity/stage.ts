import { writeFile } from "node:fs/promises";
import type { PlainEnding } from "../../../src/path/condition.ts";
import { COMMAND } from "../../cli/idlewall.ts";
import { inNamespace, type Lab, loadRules, makeLab, MIDDLE_ADDRESS, SERVER_ADDRESS, setKernel } from "./namespaces.ts";
import { flowId, type Run } from "./observations.ts";
import { NAME, type Papers } from "./papers.ts";
import { Command, Program } from "./program.ts";
import { HORIZON_MS, IDLE_TIMEOUT_MS, SCENARIOS } from "./scenarios.ts";

/** How a flow that has expired is treated. */
export const ENDINGS = ["drop", "reset-on-next"] as const satisfies readonly PlainEnding[];
export type FidelityEnding = (typeof ENDINGS)[number];

/** What stands in the middle. */
export const MIDDLES = ["firewall", "user", "kernel"] as const;
export type Middle = (typeof MIDDLES)[number];

const PORT = 8443;
/** How far apart flows begin. */
const STAGGER_MS = 12;

/** How often Linux retransmits: for about 1.4 s, so that giving up is seen within the horizon. Source: ip-sysctl. */
const IMPATIENT = { "net.ipv4.tcp_retries2": 1 };

/** Runs every scenario once through what stands in the middle, and gives what both ends saw. */
export async function play(middle: Middle, ending: FidelityEnding, papers: Papers): Promise<Run> {
  await using lab = await makeLab(`${middle}-${ending}`);
  for (const end of [lab.device, lab.server]) await setKernel(end, IMPATIENT);
  await loadRules(lab.middle, LOSS);
  await using server = new Program(lab.server, "server.js", { port: PORT, cert: papers.cert, key: papers.key });
  await server.said("listening");
  await using _middle = await startMiddle(middle, ending, lab, papers);
  await using device = new Program(lab.device, "device.js", {
    host: middle === "firewall" ? SERVER_ADDRESS : MIDDLE_ADDRESS,
    port: PORT,
    name: NAME,
    authority: papers.authority,
    middle: lab.middle,
    horizonMs: HORIZON_MS,
    flows: flowsOfAll(),
  });
  await device.said("done");
  server.signal("SIGUSR2");
  await server.said("done");
  return { device: device.events, server: server.events };
}

function flowsOfAll(): readonly object[] {
  const flows = SCENARIOS.flatMap(({ keepAliveMs, flows: each }, scenario) =>
    each.map((steps, flow) => ({ id: flowId(scenario, flow), keepAliveMs, steps })),
  );
  return flows.map((flow, index) => ({ ...flow, startMs: index * STAGGER_MS }));
}

async function startMiddle(middle: Middle, ending: FidelityEnding, lab: Lab, papers: Papers): Promise<AsyncDisposable> {
  if (middle === "firewall") return startFirewall(ending, lab);
  const profile = papers.file(`${middle}-${ending}.yaml`);
  await writeFile(profile, profileText(ending));
  const options = {
    enforce: middle,
    listen: `${MIDDLE_ADDRESS}:${PORT}`,
    admin: "127.0.0.1:9443",
    target: `https://${SERVER_ADDRESS}:${PORT}`,
    "target-ca": papers.file("authority"),
    profile,
    cert: papers.file("cert"),
    key: papers.file("key"),
    drain: "1ms",
    "log-level": "warn",
  };
  const flags = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const serving = new Command(lab.middle, [COMMAND, "serve", ...flags]);
  await serving.said("metrics:");
  return serving;
}

/** Linux as a firewall: what conntrack does not know does not pass, a flow is known by its SYN only. */
async function startFirewall(ending: FidelityEnding, lab: Lab): Promise<AsyncDisposable> {
  await loadRules(
    lab.middle,
    `table inet firewall {
      chain forward {
        type filter hook forward priority 0; policy drop;
        ct state invalid ${ending === "drop" ? "drop" : "reject with tcp reset"}
        ct state established,related accept
        ct state new tcp dport ${PORT} accept
      }
    }\n`,
  );
  const seconds = IDLE_TIMEOUT_MS / 1000;
  const states = ["established", "fin_wait", "close_wait", "last_ack", "time_wait"];
  await setKernel(lab.middle, {
    "net.ipv4.ip_forward": 1,
    "net.netfilter.nf_conntrack_tcp_loose": 0,
    ...Object.fromEntries(states.map((state) => [`net.netfilter.nf_conntrack_tcp_timeout_${state}`, seconds])),
  });
  return { [Symbol.asyncDispose]: async () => void (await inNamespace(lab.middle, "nft", "flush", "ruleset")) };
}

/** What a device sends before this set says otherwise arrives; dropped before conntrack and idlewall, it was lost. */
const LOSS = `table inet loss {
  set ports { type inet_service; }
  chain prerouting {
    type filter hook prerouting priority -400; policy accept;
    tcp sport @ports drop
  }
}\n`;

/** A Linux firewall is refreshed by every packet, so that is what idlewall is told. */
function profileText(ending: FidelityEnding): string {
  return `name: fidelity
title: As a Linux firewall
source: test
hops:
  - name: firewall
    kind: firewall
    conditions:
      - { type: idle-timeout, idleTimeout: ${IDLE_TIMEOUT_MS}ms, atExpiry: ${ending}, refreshedByKeepalive: true }
`;
}
