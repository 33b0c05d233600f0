import { UsageError } from "../errors.ts";
import { respondKey } from "../path/check-hops.ts";
import type { Profile } from "../path/hop.ts";

/**
 * Checks that a profile fits a `tcp` listener: nobody on it answers in HTTP.
 * @throws UsageError E_PROFILE_INVALID the hop that would
 */
export function checkTcpProfile(profile: Profile): void {
  const hop = profile.hops.find(({ conditions }) => conditions.some((each) => respondKey(each) !== undefined));
  if (hop === undefined) return;
  throw new UsageError(
    "E_PROFILE_INVALID",
    `hop ${hop.name} of profile ${profile.name}: found respond on a tcp listener, expected it on an https listener: only HTTP has such an answer`,
  );
}
