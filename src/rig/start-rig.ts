import { createAuthority, createLeaf, keyPem } from "../live/certificates.ts";
import { type ClientAccessOptions, startClientAccess } from "../live/client-access.ts";
import { deviceHash } from "../live/device-hash.ts";
import { parseDeviceServer } from "../live/device-server.ts";
import { startEmulator } from "../live/emulator.ts";
import { httpsKind } from "../live/listener-kinds.ts";
import { loadProfile } from "../live/profile-files.ts";
import { RealScheduler } from "../live/real-scheduler.ts";
import { parseTarget, type Target } from "../live/target.ts";
import type { Profile } from "../path/hop.ts";
import { Happenings } from "./happenings.ts";
import { Rig } from "./rig.ts";

/** What a rig is to be. */
export interface RigOptions {
  /** A shipped profile by its name, one of a file, or a value; default `direct`. */
  readonly profile?: string | Profile;
  /** URL of the server behind; default: a Client Access server of the rig's own, with mailboxes in memory. */
  readonly target?: string;
  /** What the rig's own server is like. */
  readonly server?: Omit<ClientAccessOptions, "scheduler" | "host" | "port" | "identities">;
  /** Emulated seconds in one real second, up to 10,000; default 1. */
  readonly timeScale?: number;
  /** What all chances hang on; default 1. */
  readonly seed?: number;
}

/**
 * Starts a rig: a TLS listener on a free loopback port, with a certificate of its own, the profile's path behind it, and
 * a server. Its clock is paced: when the machine stalls, everything stalls alike.
 * @throws EmulatorError what is wrong with profile or target
 */
export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const { profile = "direct", timeScale = 1, seed = 1 } = options;
  const path = typeof profile === "string" ? loadProfile(profile) : profile;
  const authority = await createAuthority();
  const leaf = await createLeaf(authority, { names: ["127.0.0.1", "localhost"] });
  const identities = [{ cert: leaf.certificate.toString(), key: keyPem(leaf.key) }];
  const given = options.target === undefined ? undefined : parseTarget(options.target);
  const scheduler = new RealScheduler({ timeScale, paced: true });
  const server = given === undefined ? await startClientAccess({ ...options.server, scheduler }) : undefined;
  const target: Target = given ?? parseTarget(`http://127.0.0.1:${server?.port}`);
  const emulator = await startEmulator({
    version: "library",
    scheduler,
    timeScale,
    plan: {
      seed,
      applyTo: "new",
      listeners: [
        {
          name: "https",
          type: "https",
          listen: { host: "127.0.0.1", port: 0 },
          target: target.url.origin,
          profile: path,
          enabled: true,
          makeKind: () => httpsKind({ target, identities, scheduler }),
        },
      ],
    },
  }).catch(async (error: unknown) => {
    await server?.stop();
    scheduler.stop();
    throw error;
  });
  const [listener] = emulator.listeners();
  if (listener === undefined) throw new Error("the listener of the plan is missing");
  const pem = authority.certificate.toString();
  const deviceServer = parseDeviceServer(`https://127.0.0.1:${listener.address.port}`, { authorities: pem });
  const happenings = new Happenings(emulator, { deviceHash, revealDevices: true });
  return new Rig({ emulator, listener, happenings, scheduler, server, deviceServer, authority: pem });
}
