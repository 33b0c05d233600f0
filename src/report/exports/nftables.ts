import type { PlainEnding } from "../../path/condition.ts";
import { type ExportedHop, type Reproduction, heading, legWords, refreshRefusal, refusal, text } from "./subject.ts";

/** What a rule does to a packet of a flow that conntrack has forgotten. */
const VERDICTS: Readonly<Partial<Record<PlainEnding, string>>> = {
  drop: "drop",
  "reset-on-next": "reject with tcp reset",
};

/** Packets that belong to no flow that conntrack knows, and begin none. */
const FORGOTTEN = "ct state { invalid, new } tcp flags & (fin | syn | rst | ack) != syn";

/**
 * Writes a script for a Linux router: a ct timeout object, and rules for what comes after it.
 * Sources: nft(8), CT TIMEOUT and REJECT STATEMENT (policy in whole seconds); Linux
 * Documentation/networking/nf_conntrack-sysctl.rst (unacknowledged data and zero windows have time-outs of their own,
 * 300 s, so these are set alike; tcp_loose takes a packet in mid-stream for a new flow, so the rules name both states).
 */
export const nftables: Reproduction = (hop, { target }) => {
  const { toDevice, toServer } = hop.atExpiry;
  const [device, server] = [typeof toDevice === "string" ? VERDICTS[toDevice] : undefined, VERDICTS[toServer]];
  if (device === undefined || server === undefined)
    return refusal(
      `found ${legWords(hop.atExpiry)} at hop ${hop.hop}, expected drop or reset-on-next: conntrack forgets in silence`,
    );
  const refused = refreshRefusal(hop);
  if (refused !== undefined) return refused;
  if (hop.idleTimeoutMs % 1000 !== 0)
    return refusal(`found ${hop.idleTimeoutMs} ms at hop ${hop.hop}, expected whole seconds`);
  return text(script(hop, target.port, device, server));
};

function script(hop: ExportedHop, port: number, device: string, server: string): readonly string[] {
  const seconds = hop.idleTimeoutMs / 1000;
  const policy = ["established", "close_wait", "unack", "retrans"].map((state) => `${state} : ${seconds}`).join(", ");
  return [
    "#!/usr/sbin/nft -f",
    ...heading(hop).map((line) => `# ${line}`),
    `# ${keepaliveWords(hop.refreshedByKeepalive)}`,
    "# For a Linux router between the devices and the server; the port is the server's.",
    "table inet idlewall",
    "delete table inet idlewall",
    "table inet idlewall {",
    "\tct timeout idle {",
    "\t\tprotocol tcp;",
    `\t\tpolicy = { ${policy} };`,
    "\t}",
    "\tchain forget {",
    "\t\ttype filter hook forward priority filter; policy accept;",
    `\t\ttcp dport ${port} ct state new tcp flags & (fin | syn | rst | ack) == syn ct timeout set "idle"`,
    `\t\ttcp dport ${port} ${FORGOTTEN} ${device}`,
    `\t\ttcp sport ${port} ${FORGOTTEN} ${server}`,
    "\t}",
    "}",
  ];
}

function keepaliveWords(refreshes: boolean | undefined): string {
  const here = "conntrack counts every packet, TCP keepalives too";
  if (refreshes === undefined) return `${here}; whether the profile's hop does is not known.`;
  return refreshes ? `${here}, as the profile's hop does.` : `${here}; the profile's hop does not, so switch them off.`;
}
