import {
  type ExportEnds,
  type ExportedHop,
  type Reproduction,
  address,
  commonEnding,
  heading,
  isAddress,
  legWords,
  refreshRefusal,
  refusal,
  text,
} from "./subject.ts";

/** Longest time-out that HAProxy reads, in ms: a signed 32-bit number of them ("timer overflow", 2.6). */
const LONGEST_MS = 2_147_483_647;

/** What a device may take beyond the server's time-out, so that `timeout client` never fires first (manual, flag cH). */
const CLIENT_GRACE_MS = 60_000;

/**
 * Writes a configuration of HAProxy 2.6 or later: in TCP mode for a hop that closes, in HTTP mode for one that answers.
 * Sources: HAProxy configuration manual, `timeout tunnel` (both directions silent), `timeout server` (504 before the
 * headers), `http-after-response set-status` (answers of its own as well as the server's), `bind ... ssl crt`
 * (certificate and key in one file), `server ... ssl verify required`. In TCP mode the device gets a FIN at a time-out,
 * with `option nolinger` too, which resets the server's side only: measured with 2.6.12.
 */
export const haproxy: Reproduction = (hop, ends) => {
  if (hop.idleTimeoutMs > LONGEST_MS - CLIENT_GRACE_MS)
    return refusal(`found ${hop.idleTimeoutMs} ms at hop ${hop.hop}, expected 24 days at most`);
  const refused = refreshRefusal(hop);
  if (refused !== undefined) return refused;
  const ending = commonEnding(hop.atExpiry);
  if (ending === "close") return text([...head(hop, hop.idleTimeoutMs), ...closing(hop, ends)]);
  if (typeof ending === "object")
    return text([...head(hop, hop.idleTimeoutMs + CLIENT_GRACE_MS), ...answering(ends, ending.respond)]);
  return refusal(
    `found ${legWords(hop.atExpiry)} at hop ${hop.hop}, expected close or respond: HAProxy ends nothing in silence or by RST`,
  );
};

function head(hop: ExportedHop, clientMs: number): readonly string[] {
  return [
    ...heading(hop).map((line) => `# ${line}`),
    "defaults",
    "    timeout connect 10s",
    `    timeout client ${clientMs}ms`,
    `    timeout server ${hop.idleTimeoutMs}ms`,
  ];
}

function closing({ idleTimeoutMs }: ExportedHop, { listen, target }: ExportEnds): readonly string[] {
  return [
    "listen idlewall",
    "    mode tcp",
    `    timeout tunnel ${idleTimeoutMs}ms`,
    `    bind ${bind(listen)}`,
    `    server mail ${address(target)} init-addr last,libc,none`,
  ];
}

function answering(ends: ExportEnds, status: number): readonly string[] {
  const trust = ends.target.secure ? ` ssl verify required ca-file @system-ca${sni(ends.target.host)}` : "";
  return [
    "# The file after crt holds the certificate, its issuers and the key.",
    "listen idlewall",
    "    mode http",
    `    bind ${bind(ends.listen)} ssl crt ${ends.certificate}`,
    ...(status === 504 ? [] : [`    http-after-response set-status ${status} if { status 504 }`]),
    `    server mail ${address(ends.target)}${trust} init-addr last,libc,none`,
  ];
}

/** The name that the server's certificate must have; SNI holds no address. */
function sni(host: string): string {
  return isAddress(host) ? "" : ` sni str(${host})`;
}

function bind({ host, port }: ExportEnds["listen"]): string {
  return host === undefined ? `:::${port} v4v6` : address({ host, port });
}
