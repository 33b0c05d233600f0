import { Driver } from "../core/driver.ts";
import type { Scheduler } from "../core/scheduler.ts";
import type { HeartbeatEvent } from "../heartbeat/events.ts";
import { Tracker } from "../heartbeat/tracker.ts";
import type { TrackerEvent } from "../heartbeat/tracker-events.ts";
import { networkNamer } from "../path/network-name.ts";

/** How much is followed, and how coarsely. */
export interface TrackingSettings {
  /** Devices followed at most, each command counting as one, longest unseen forgotten first; default 100,000. */
  readonly devices?: number;
  /** Networks followed at most, longest unseen forgotten first; default 10,000. */
  readonly networks?: number;
  /** Leading bits that the addresses of one IPv4 network share, 0 to 32; default 24. */
  readonly ipv4Prefix?: number;
  /** The same of IPv6, 0 to 128; default 48, a site's (RFC 6177). */
  readonly ipv6Prefix?: number;
}

/** The default lengths of prefixes. */
export const DEFAULT_PREFIXES = { ipv4: 24, ipv6: 48 } as const;

/** Keeps a tracker going. */
export class Tracking {
  readonly tracker: Tracker;
  readonly #driver: Driver<HeartbeatEvent, TrackerEvent>;
  /** What was found in the event that is looked at now. */
  #found: TrackerEvent[] | undefined;

  /** @param tell told of what the passing of time alone shows */
  constructor(settings: TrackingSettings, scheduler: Scheduler, tell: (event: TrackerEvent) => void) {
    const { devices, networks, ipv4Prefix = DEFAULT_PREFIXES.ipv4, ipv6Prefix = DEFAULT_PREFIXES.ipv6 } = settings;
    this.tracker = new Tracker({
      ...(devices !== undefined && { devices }),
      ...(networks !== undefined && { networks }),
      networkOf: networkNamer({ ipv4: ipv4Prefix, ipv6: ipv6Prefix }),
    });
    this.#driver = new Driver(this.tracker, scheduler, (event) => {
      if (this.#found === undefined) tell(event);
      else this.#found.push(event);
    });
  }

  /** Learns from an event, and gives what was found in it, to be told behind that event. */
  observe(event: HeartbeatEvent): readonly TrackerEvent[] {
    const found: TrackerEvent[] = [];
    this.#found = found;
    this.#driver.dispatch(event);
    this.#found = undefined;
    return found;
  }

  /** Nothing is learnt any more. */
  stop(): void {
    this.#driver.stop();
  }
}
