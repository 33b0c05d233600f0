import type { DeviceIdentity } from "../../heartbeat/events.ts";
import type { Profile } from "../../path/hop.ts";
import type { Emulator } from "../emulator.ts";

/** What the API controls and shows; handed in by whoever starts the admin server. */
export interface ApiSubject {
  readonly emulator: Emulator;
  /** Whether anything may be changed: false while it ends. */
  ready(): boolean;
  /** The shipped profiles, by name. */
  profiles(): readonly Profile[];
  /** A name for a device that tells nobody who it is. */
  deviceHash(identity: DeviceIdentity): string;
  /** Whether events may carry device ids when they are asked for by name; users never. Default false. */
  readonly revealDevices?: boolean | undefined;
  /** Events kept for readers that come back; default 10,000. */
  readonly keptEvents?: number;
}
