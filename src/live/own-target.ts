import { isIPv4 } from "node:net";
import { networkInterfaces } from "node:os";
import { UsageError, withoutCredentials } from "../errors.ts";
import { type Address, formatAddress } from "./address.ts";
import { type Target, targetText } from "./target.ts";

/**
 * Checks that a listener does not call itself: each of its connections would make the next one, until this process or
 * machine has no handle left. Names other than `localhost` are not looked up.
 * @throws UsageError E_ADDRESS_INVALID
 */
export function checkOwnTarget(listen: Address, target: Target): void {
  if (listen.port === 0 || listen.port !== target.port || !reaches(listen.host, target.host)) return;
  const found = `found the target ${JSON.stringify(withoutCredentials(targetText(target)))}`;
  throw new UsageError(
    "E_ADDRESS_INVALID",
    `${found}, where this listener itself listens (${formatAddress(listen)}): expected another server`,
  );
}

function reaches(listen: string | undefined, target: string): boolean {
  const called = EQUAL.get(target.toLowerCase()) ?? [target.toLowerCase()];
  if (listen === undefined || listen === "::") return called.some(isOfThisMachine);
  if (listen === "0.0.0.0") return called.some((each) => isIPv4(each) && isOfThisMachine(each));
  const own = EQUAL.get(listen.toLowerCase()) ?? [listen.toLowerCase()];
  return called.some((each) => own.includes(each));
}

/** Hosts that mean other ones to who connects to them; to connect to no address is to connect to the loopback. */
const EQUAL: ReadonlyMap<string, readonly string[]> = new Map([
  ["localhost", ["127.0.0.1", "::1"]],
  ["0.0.0.0", ["127.0.0.1"]],
  ["::", ["::1"]],
]);

function isOfThisMachine(host: string): boolean {
  if (isIPv4(host) && host.startsWith("127.")) return true;
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === host));
}
