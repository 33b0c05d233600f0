import type { DeviceIdentity } from "../../heartbeat/events.ts";
import type { Profile } from "../../path/hop.ts";
import type { Emulator } from "../emulator.ts";

/** What the API controls and shows; handed in by whoever starts the admin server. */
export interface ApiSubject {
  readonly emulator: Emulator;
  /** Whether anything may be changed: false while it ends. */
  ready(): boolean;
  /** The names of the shipped profiles, sorted. */
  profileNames(): readonly string[];
  /** Reads a shipped profile; `undefined` when none has that name. */
  profile(name: string): Profile | undefined;
  /** A name for a device that tells nobody who it is. */
  deviceHash(identity: DeviceIdentity): string;
  /** Whether events may carry device ids when they are asked for by name; users never. Default false. */
  readonly revealDevices?: boolean | undefined;
  /** Events kept for readers that come back; default 10,000. */
  readonly keptEvents?: number;
}
