import { isLoopback } from "../control/host-check.ts";
import { TOXIPROXY_HOST } from "../control/toxiproxy/server.ts";
import { formatAddress, parseAddress } from "../live/address.ts";
import { ofOption } from "./of-option.ts";
import type { Output } from "./output.ts";

/** Where Toxiproxy's API is to listen. */
export interface ToxiproxyAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Reads `[HOST]:PORT`: on the loopback unless a host is given, since the API asks for no password; `*` is every address.
 * @throws UsageError E_ADDRESS_INVALID what was found and what was expected
 */
export function toxiproxyAddress(text: string): ToxiproxyAddress {
  const { host, port } = parseAddress(text);
  return { host: host ?? (text.startsWith("*") ? "::" : TOXIPROXY_HOST), port };
}

/**
 * Reads the option of that name, if it was given.
 * @throws UsageError E_ADDRESS_INVALID
 */
export function toxiproxyFrom(text: string | undefined): ToxiproxyAddress | undefined {
  return text === undefined ? undefined : ofOption("toxiproxy-api", () => toxiproxyAddress(text));
}

/** Says who can give orders, where it is more than this machine. */
export function noteOpenApi({ host, port }: ToxiproxyAddress, output: Output): void {
  if (isLoopback(host)) return;
  output.note(
    `whoever reaches ${formatAddress({ host, port })} can give orders there: Toxiproxy's API has no password`,
  );
}
