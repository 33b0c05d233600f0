import { hostOf } from "../control/host-check.ts";
import { UsageError } from "../errors.ts";
import { quoted } from "../profile/words.ts";

/**
 * Checks a name under which the admin server may be asked.
 * @throws UsageError E_CONFIG_INVALID
 */
export function checkAdminHost(text: string): void {
  if (hostOf(text) !== undefined) return;
  throw new UsageError("E_CONFIG_INVALID", `found ${quoted(text)}, expected a name or an address without port or path`);
}
