import type { Millis } from "../../core/machine.ts";
import { type FlowTuple, tupleKey } from "./flow-tuple.ts";

/** The sets of a table, one of each for IPv4 and IPv6. */
export type NftSet = "dropped" | "rejected" | "heard";

const DAY_MS = 24 * 60 * 60 * 1000;

/** How long nft keeps what was heard: longer than any idle time-out (30 days), so that it ends only when we say. */
const HEARD_MS = 60 * DAY_MS;

/** How long the mark of the table's making is kept: longer than any process runs. */
const MARK_MS = 3650 * DAY_MS;

/** Flows that a set may hold; nft's own default for sets that packets change is 65535. */
const MOST_FLOWS = 1_048_576;

const FAMILIES = [
  { digit: 4, ip: "ip", address: "ipv4_addr", mark: "0.0.0.0 . 0 . 0.0.0.0 . 0" },
  { digit: 6, ip: "ip6", address: "ipv6_addr", mark: ":: . 0 . :: . 0" },
] as const;

/**
 * The script that makes a table. Its chains stand next to the sockets, where packets carry the addresses that sockets
 * know whatever NAT the machine does: behind its source NAT (100) on the way in, before its destination NAT (-100) on
 * the way out. A SYN begins another connection: a tuple that was silenced is then free again.
 *
 * The RST of `reject` passes the output chain, too: it belongs to no socket, while one of our own sockets does.
 * Source: nft(8), "Netfilter hooks", "Set statement", "Reject statement".
 */
export function tableScript(table: string, comment: string): string {
  return [
    `create table inet ${table} { comment "${comment}"; }`,
    ...FAMILIES.flatMap(({ digit, address, mark }) => {
      const type = `type ${address} . inet_service . ${address} . inet_service; size ${MOST_FLOWS};`;
      return [
        `add set inet ${table} dropped${digit} { ${type} flags dynamic,timeout; }`,
        `add set inet ${table} rejected${digit} { ${type} flags dynamic,timeout; }`,
        `add set inet ${table} heard${digit} { ${type} flags dynamic,timeout; timeout ${HEARD_MS / DAY_MS}d; }`,
        `add element inet ${table} heard${digit} { ${mark} timeout ${MARK_MS / DAY_MS}d }`,
      ];
    }),
    `add chain inet ${table} input { type filter hook input priority 150; policy accept; }`,
    `add chain inet ${table} output { type filter hook output priority -150; policy accept; }`,
    ...FAMILIES.flatMap(({ digit, ip }) => [
      ...chainRules(table, "input", digit, `${ip} daddr . tcp dport . ${ip} saddr . tcp sport`),
      ...chainRules(table, "output", digit, `${ip} saddr . tcp sport . ${ip} daddr . tcp dport`),
    ]),
    "",
  ].join("\n");
}

/** The lines that put flows into a set, or take them out whether or not they are in it. */
export function elementLines(
  table: string,
  set: NftSet,
  change: "add" | "delete",
  flows: readonly FlowTuple[],
): readonly string[] {
  return FAMILIES.flatMap(({ digit }) => {
    const keys = flows.filter(({ family }) => family === digit).map(tupleKey);
    if (keys.length === 0) return [];
    const elements = `element inet ${table} ${set}${digit} { ${keys.join(", ")} }`;
    return change === "add" ? [`add ${elements}`] : [`add ${elements}`, `delete ${elements}`];
  });
}

/**
 * When each flow of a listed `heard` set was heard, by its key, in ms since the table was made: counted from the mark
 * that was put into the set then.
 */
export function readHeard(listing: string): ReadonlyMap<string, Millis> {
  const found = [...listing.matchAll(/([\d.a-f:]+ \. \d+ \. [\d.a-f:]+ \. \d+)(?: timeout \w+)? expires (\w+)/gu)];
  const expiries = new Map(found.map(([, key = "", expires = ""]) => [key, durationMs(expires)]));
  const mark = FAMILIES.map((family) => expiries.get(family.mark)).find((expires) => expires !== undefined);
  if (mark === undefined) return new Map();
  return new Map([...expiries].map(([key, expires]) => [key, expires - HEARD_MS - (mark - MARK_MS)]));
}

function chainRules(table: string, chain: "input" | "output", digit: 4 | 6, key: string): readonly string[] {
  const [dropped, rejected, heard] = [`@dropped${digit}`, `@rejected${digit}`, `@heard${digit}`];
  const rules =
    chain === "input"
      ? [`${rejectedKey()} reject with tcp reset`, `${key} ${heard} update ${heard} { ${key} }`]
      : [`${rejectedKey()} tcp flags & rst == 0 drop`, `${rejectedKey()} meta skuid 0-4294967295 drop`];
  return [
    ...[dropped, rejected].map((set) => `tcp flags & (fin|syn|rst|ack) == syn delete ${set} { ${key} }`),
    `${key} ${dropped} drop`,
    ...rules,
  ].map((rule) => `add rule inet ${table} ${chain} ${rule}`);

  function rejectedKey(): string {
    return `${key} ${rejected}`;
  }
}

const UNITS: ReadonlyMap<string, Millis> = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

/** A duration as nft writes it, such as `59d23h59m59s988ms`. */
function durationMs(text: string): Millis {
  let sum = 0;
  for (const [, count, unit = ""] of text.matchAll(/(\d+)(ms|[smhd])/gu)) sum += Number(count) * (UNITS.get(unit) ?? 0);
  return sum;
}
