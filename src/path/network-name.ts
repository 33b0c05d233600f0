import { type Network, parseNetwork } from "./network.ts";

/** How many leading bits the addresses of one network share. */
export interface PrefixLengths {
  /** 0 to 32. */
  readonly ipv4: number;
  /** 0 to 128. */
  readonly ipv6: number;
}

/**
 * Gives a function that names the network of an address, such as `192.0.2.0/24` or `2001:db8::/48`, and `undefined` for
 * what is no address. An IPv4 address in IPv6 spelling counts as what it is.
 */
export function networkNamer({ ipv4, ipv6 }: PrefixLengths): (address: string) => string | undefined {
  return (address) => {
    const parsed = parseNetwork(address);
    return parsed && nameOf(parsed, parsed.bits === 32 ? ipv4 : ipv6);
  };
}

function nameOf({ bits, prefix: value }: Network, length: number): string {
  const hidden = BigInt(bits - length);
  const first = (value >> hidden) << hidden;
  return `${bits === 32 ? v4Text(first) : v6Text(first)}/${length}`;
}

function v4Text(value: bigint): string {
  return partsOf(value, 4, 8n).join(".");
}

/** The longest run of zeros, the first of several, is left out, unless it is a single one (RFC 5952, 4.2). */
function v6Text(value: bigint): string {
  const groups = partsOf(value, 8, 16n).map((part) => part.toString(16));
  const text = groups.join(":");
  const [longest] = [...text.matchAll(/(?:(?<=^|:)0(?::|$)){2,}/gu)].toSorted(
    (left, right) => right[0].split("0").length - left[0].split("0").length,
  );
  if (longest === undefined) return text;
  const before = text.slice(0, longest.index).replace(/:$/u, "");
  return `${before}::${text.slice(longest.index + longest[0].length)}`;
}

function partsOf(value: bigint, count: number, width: bigint): readonly bigint[] {
  const mask = (1n << width) - 1n;
  return Array.from({ length: count }, (_, index) => (value >> (width * BigInt(count - 1 - index))) & mask);
}
