import { parseAddress } from "../live/address.ts";
import { type ListenerPlan, planTcpListener, type TcpListenerSettings } from "../live/emulator-plan.ts";
import { type HttpsOptions, httpsKind } from "../live/listener-kinds.ts";
import { checkTcpProfile } from "../live/tcp-profile.ts";
import { checkOwnTarget } from "../live/own-target.ts";
import { parseTcpTarget, type Target } from "../live/target.ts";
import type { Identity } from "../live/tls-termination.ts";
import type { Profile } from "../path/hop.ts";
import { type ForwardArguments, type Forwarding, forwardingFrom, originsOf } from "./forwarding.ts";
import { type IdentityArguments, identitiesFrom } from "./identities.ts";
import { ofOption } from "./of-option.ts";
import type { Teller } from "./output.ts";

/** A listener to be, with whom it calls; making its certificates is put off until it is to listen. */
export interface ListenerDraft {
  readonly name: string;
  readonly type: "https" | "tcp";
  readonly targets: readonly Target[];
  readonly profile: Profile;
  /** Takes any certificate of its target. */
  readonly insecure: boolean;
  plan(teller: Teller): Promise<ListenerPlan>;
}

/** What an `https` listener is drafted from. */
export interface HttpsDraftArguments extends ForwardArguments, IdentityArguments {
  readonly listen: string;
  readonly "legacy-devices"?: boolean | undefined;
  readonly "allow-probe"?: boolean | undefined;
  readonly "time-scale"?: number | undefined;
}

/**
 * Drafts a listener with TLS.
 * @throws EmulatorError what is wrong with it
 */
export function draftHttps(name: string, args: HttpsDraftArguments, profile: Profile, enabled = true): ListenerDraft {
  const forwarding = forwardingFrom(args);
  const listen = ofOption("listen", () => parseAddress(args.listen));
  for (const target of forwarding.targets) checkOwnTarget(listen, target);
  return {
    name,
    type: "https",
    targets: forwarding.targets,
    profile,
    insecure: args["target-insecure"] === true,
    plan: async (teller) => {
      const identities = await identitiesFrom(args, teller);
      const legacyDevices = args["legacy-devices"] === true;
      const probes = args["allow-probe"] === true ? { timeScale: args["time-scale"] ?? 1 } : undefined;
      return planHttps({ name, listen, profile, enabled, forwarding, identities, legacyDevices, probes });
    },
  };
}

/**
 * Drafts a listener of any TCP.
 * @throws UsageError E_ADDRESS_INVALID or E_PROFILE_INVALID
 */
export function draftTcp(settings: TcpListenerSettings): ListenerDraft {
  checkTcpProfile(settings.profile);
  const plan = planTcpListener(settings);
  const { name, profile } = plan;
  const targets = [parseTcpTarget(plan.target)];
  return { name, type: "tcp", targets, profile, insecure: false, plan: () => Promise.resolve(plan) };
}

/** What a planned listener with TLS is made of. */
export interface HttpsPlanParts extends Pick<ListenerPlan, "name" | "listen" | "profile" | "enabled"> {
  readonly forwarding: Forwarding;
  readonly identities: readonly Identity[];
  readonly legacyDevices: boolean;
  readonly probes?: HttpsOptions["probes"];
}

/** Plans a listener with TLS. */
export function planHttps({ forwarding, identities, legacyDevices, probes, ...place }: HttpsPlanParts): ListenerPlan {
  return {
    ...place,
    type: "https",
    target: originsOf(forwarding),
    makeKind: (scheduler) => {
      const kind = httpsKind({ ...forwarding.proxyOptions(scheduler), scheduler, identities, legacyDevices, probes });
      return { ...kind, ...(forwarding.stop !== undefined && { stop: forwarding.stop }) };
    },
  };
}
