import { createAuthority, createLeaf, pemIdentity } from "../live/certificates.ts";
import { type ClientAccessOptions, startClientAccess } from "../live/client-access.ts";
import { deviceHash } from "../live/device-hash.ts";
import { parseDeviceServer } from "../live/device-server.ts";
import { startEmulator } from "../live/emulator.ts";
import type { ListenerPlan } from "../live/emulator-plan.ts";
import type { TrackingSettings } from "../live/emulator-tracking.ts";
import { httpsKind } from "../live/listener-kinds.ts";
import { RealScheduler } from "../live/real-scheduler.ts";
import { checkSeed } from "../live/run-scenario.ts";
import { parseTarget, type Target, type TargetTrust } from "../live/target.ts";
import { checkTarget } from "../live/target-check.ts";
import type { Identity } from "../live/tls-termination.ts";
import type { Profile } from "../path/hop.ts";
import type { WrittenProfile } from "../profile/writer.ts";
import { Happenings } from "./happenings.ts";
import { checkOptions, type Sorts } from "./option-check.ts";
import { chosenProfile } from "./profile-from.ts";
import { Rig } from "./rig.ts";
import { ServerFailures } from "./server-failures.ts";

/** What a rig is to be. */
export interface RigOptions {
  /** A shipped profile by its name, one of a file, or a value; default `direct`. */
  readonly profile?: string | WrittenProfile | Profile;
  /** URL of the server behind; default: a Client Access server of the rig's own, with mailboxes in memory. */
  readonly target?: string;
  /** Whom to trust behind `https:`; default: the well-known authorities. */
  readonly targetTrust?: TargetTrust;
  /** Whether the target must be there, and be trusted, for the rig to start; default true. */
  readonly targetCheck?: boolean;
  /** What the rig's own server is like; default: any user may sign in with any password. */
  readonly server?: Omit<ClientAccessOptions, "scheduler" | "host" | "port" | "identities">;
  /** Emulated seconds in one real second, up to 10,000; default 1. */
  readonly timeScale?: number;
  /** What all chances hang on; default 1. */
  readonly seed?: number;
  /** How much of devices and networks is followed. */
  readonly tracking?: TrackingSettings;
}

/**
 * Starts a rig: a TLS listener on a free loopback port, with a certificate of its own, the profile's path behind it, and
 * a server. Its clock is paced: when the machine stalls, everything stalls alike.
 * @throws UsageError E_USAGE, E_ADDRESS_INVALID, E_PROFILE_INVALID or E_PROFILE_UNKNOWN what is wrong with an option
 * @throws StartError E_TARGET_UNREACHABLE or E_TARGET_UNTRUSTED
 */
export async function startRig(options: RigOptions = {}): Promise<Rig> {
  checkOptions(options, RIG_OPTIONS);
  const { profile = "direct", timeScale = 1, seed = 1 } = options;
  const path = chosenProfile(profile);
  const scheduler = new RealScheduler({ timeScale, paced: true });
  checkSeed(seed);
  const given = await givenTarget(options);
  const authority = await createAuthority();
  const leaf = await createLeaf(authority, { names: ["127.0.0.1", "localhost"] });
  const server = given === undefined ? await startClientAccess({ ...options.server, scheduler }) : undefined;
  const target: Target = given ?? parseTarget(`http://127.0.0.1:${server?.port}`);
  const failures = new ServerFailures();
  const emulator = await startEmulator({
    version: "library",
    scheduler,
    timeScale,
    ...(options.tracking !== undefined && { tracking: options.tracking }),
    observers: [{ serverFailed: (flow, failure) => failures.add(flow, failure) }],
    plan: { seed, applyTo: "new", listeners: [planListener(path, target, [pemIdentity(leaf)])] },
  }).catch(async (error: unknown) => {
    await server?.stop();
    scheduler.stop();
    throw error;
  });
  const [listener] = emulator.listeners();
  if (listener === undefined) throw new Error("the listener of the plan is missing");
  const pem = authority.certificate.toString();
  const deviceServer = parseDeviceServer(`https://127.0.0.1:${listener.address.port}`, { authorities: pem });
  const happenings = new Happenings(emulator, { deviceHash, revealDevices: true }, failures);
  return new Rig({ emulator, listener, happenings, failures, scheduler, server, deviceServer, authority: pem });
}

const RIG_OPTIONS: Sorts<RigOptions> = {
  profile: ["a string", "an object"],
  target: ["a string"],
  targetTrust: ["an object"],
  targetCheck: ["a boolean"],
  server: ["an object"],
  timeScale: ["a number"],
  seed: ["a number"],
  tracking: ["an object"],
};

function planListener(profile: Profile, target: Target, identities: readonly Identity[]): ListenerPlan {
  return {
    name: "https",
    type: "https",
    listen: { host: "127.0.0.1", port: 0 },
    target: target.url.origin,
    profile,
    enabled: true,
    makeKind: (scheduler) => httpsKind({ target, identities, scheduler }),
  };
}

async function givenTarget({ target, targetTrust, targetCheck = true }: RigOptions): Promise<Target | undefined> {
  if (target === undefined) return undefined;
  const given = parseTarget(target, targetTrust);
  if (targetCheck) await checkTarget(given, ADVICE);
  return given;
}

const ADVICE = {
  unreachable: "targetCheck: false starts all the same",
  untrusted: "give its authority in targetTrust.authorities, or trust anything with targetTrust.insecure",
};
