import { isIP, isIPv4, type Socket } from "node:net";

/** The four numbers by which a kernel knows a TCP connection, as this machine's end sees them. */
export interface FlowTuple {
  readonly family: 4 | 6;
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** The four numbers of a socket that is connected; `undefined` before, and once it is closed. */
export function tupleOf(socket: Socket): FlowTuple | undefined {
  const { localPort, remotePort } = socket;
  const [local, remote] = [plainAddress(socket.localAddress), plainAddress(socket.remoteAddress)];
  if (local === undefined || remote === undefined || localPort === undefined || remotePort === undefined) return;
  return { family: isIPv4(local) ? 4 : 6, localAddress: local, localPort, remoteAddress: remote, remotePort };
}

/** One text a tuple, which is also how nft writes it. */
export function tupleKey({ localAddress, localPort, remoteAddress, remotePort }: FlowTuple): string {
  return `${localAddress} . ${localPort} . ${remoteAddress} . ${remotePort}`;
}

/** A socket that listens for both families tells IPv4 as `::ffff:192.0.2.1`, and a link-local address with its zone. */
function plainAddress(address: string | undefined): string | undefined {
  const plain = address?.replace(/^::ffff:(?=[\d.]+$)/u, "").replace(/%.*$/u, "");
  return plain === undefined || isIP(plain) === 0 ? undefined : plain;
}
