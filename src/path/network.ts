/** A range of addresses, such as `10.0.0.0/8` or `2001:db8::/32`; an address alone is a range of one. */
export interface Network {
  readonly bits: 32 | 128;
  readonly prefix: bigint;
  readonly length: number;
}

/** Reads a network or an address (RFC 4632, 3.1; RFC 4291, 2.2 and 2.3); `undefined` for anything else. */
export function parseNetwork(text: string): Network | undefined {
  const [address = "", length, ...rest] = text.split("/");
  const parsed = parseAddress(address);
  if (parsed === undefined || rest.length > 0) return undefined;
  const { bits } = parsed;
  const wide = length === undefined ? bits : /^\d{1,3}$/u.test(length) ? Number(length) : Infinity;
  return wide > bits ? undefined : { bits, prefix: top(parsed.value, bits, wide), length: wide };
}

/** Whether an address lies in a network; an IPv4 address in IPv6 spelling counts as what it is. */
export function contains({ bits, prefix, length }: Network, address: string): boolean {
  const parsed = parseAddress(address);
  return parsed?.bits === bits && top(parsed.value, bits, length) === prefix;
}

interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

function top(value: bigint, bits: number, length: number): bigint {
  return value >> BigInt(bits - length);
}

function parseAddress(text: string): Address | undefined {
  const plain = text.replace(/%.*$/u, "").replace(/^::ffff:(?=\d+\.)/iu, "");
  return plain.includes(":") ? parseV6(plain) : parseV4(plain);
}

function parseV4(text: string): Address | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/u.test(part) && Number(part) < 256)) return undefined;
  return { bits: 32, value: joined(parts.map(Number), 8n) };
}

function parseV6(text: string): Address | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === "" ? [] : half.split(":").flatMap(groupsOf)));
  const missing = 8 - head.length - tail.length;
  const filled = halves.length === 1 ? missing === 0 : missing > 0;
  const groups = [...head, ...Array.from({ length: Math.max(missing, 0) }, () => "0"), ...tail];
  if (!filled || !groups.every((group) => /^[\da-f]{1,4}$/iu.test(group))) return undefined;
  return {
    bits: 128,
    value: joined(
      groups.map((group) => Number.parseInt(group, 16)),
      16n,
    ),
  };
}

/** The two groups that a dotted tail stands for. */
function groupsOf(group: string): readonly string[] {
  const v4 = group.includes(".") ? parseV4(group) : undefined;
  return v4 === undefined ? [group] : [(v4.value >> 16n).toString(16), (v4.value & 0xffffn).toString(16)];
}

function joined(parts: readonly number[], width: bigint): bigint {
  return parts.reduce((value, part) => (value << width) | BigInt(part), 0n);
}
