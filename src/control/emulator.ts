import type { AlertView } from "../heartbeat/alert.ts";
import type { HeartbeatEvent, Outcome } from "../heartbeat/events.ts";
import type { AskedMove } from "../heartbeat/followed.ts";
import type { NetworkView } from "../heartbeat/networks.ts";
import type { Recommendations } from "../heartbeat/recommendation/types.ts";
import type { TrackerEvent } from "../heartbeat/tracker-events.ts";
import type { PlainEnding } from "../path/condition.ts";
import type { FlowEvent } from "../path/flow-event.ts";
import type { Profile } from "../path/hop.ts";
import type { StageView } from "../path/stage-view.ts";

/** What is controlled: listeners, the flows on them, and what is known of devices. Whoever starts a server hands it in. */
export interface Emulator {
  readonly version: string;
  /** In order of creation. */
  listeners(): readonly Listener[];
  listener(name: string): Listener | undefined;
  /**
   * Begins to listen.
   * @throws StartError E_PORT_TAKEN, E_PORT_FORBIDDEN or E_LISTEN_FAILED
   * @throws UsageError E_LISTENER_EXISTS or E_ADDRESS_INVALID
   */
  addTcpListener(settings: TcpListenerSettings): Promise<Listener>;
  /** Ends its flows with an RST and frees the port; tells whether there was one. */
  removeListener(name: string): Promise<boolean>;
  /** Flows of which something is left, over all listeners. */
  flows(): readonly FlowView[];
  /** Ids are unique in the process. */
  flow(id: number): FlowView | undefined;
  /** Ends a flow as a hop named `operator` would: what waits on it is `cut`. Tells whether there was one to end. */
  endFlow(id: number, ending: PlainEnding): boolean;
  devices(): readonly DeviceView[];
  /** Ends all flows of a device and tells how many. */
  endDevice(id: string, ending: PlainEnding): number;
  /** What is known of the path in front of each network, longest unseen first. */
  bounds(): readonly NetworkView[];
  /** Exchange's alert, of each command. */
  alerts(): readonly AlertView[];
  /** Which time-out to set, from what is seen: over all, and for each network and listener. */
  recommendation(): Recommendations;
  scenario(): ScenarioView;
  /** New flows draw from it; a whole number from 0 to 2 ** 32 - 1. */
  setSeed(seed: number): void;
  startTimeline(): void;
  stopTimeline(): void;
  /** Back to what configuration and command line said: listeners, profiles, seed, and the timeline started anew. */
  reset(): Promise<void>;
  /**
   * Reads the configuration again; all of it takes effect, or nothing. Gives the settings that have changed and can't
   * take effect before the next start.
   * @throws FileError E_CONFIG_INVALID with every fault
   */
  reload(): Promise<readonly string[]>;
  /** Hears of everything from now on, and must not throw; what is given back ends that. */
  subscribe(listener: (event: EmulatorEvent) => void): () => void;
}

/** One place that devices connect to. */
export interface Listener {
  readonly name: string;
  readonly type: "https" | "tcp";
  /** As taken. */
  readonly address: { readonly host: string; readonly port: number };
  readonly target: string;
  readonly enabled: boolean;
  /** What new flows get. */
  readonly profile: Profile;
  readonly flowCount: number;
  setProfile(profile: Profile, flows: "new" | "all"): void;
  /** `false` ends its flows with an RST and frees the port, `true` listens again. */
  setEnabled(enabled: boolean): Promise<void>;
  /**
   * Listens elsewhere or calls another target, enabled or not, all of it or nothing; ends its flows. Only of a `tcp`
   * listener.
   */
  update(change: ListenerUpdate): Promise<void>;
}

/** What a `tcp` listener is to become; what is left out stays. */
export interface ListenerUpdate {
  readonly listen?: string | undefined;
  readonly target?: string | undefined;
  readonly enabled?: boolean | undefined;
}

/** A `tcp` listener to be. */
export interface TcpListenerSettings {
  readonly name: string;
  /** `HOST:PORT`, `[::1]:PORT`, `:PORT`; port 0 takes any free one. */
  readonly listen: string;
  /** `HOST:PORT`. */
  readonly target: string;
  readonly profile: Profile;
  /** Default true. */
  readonly enabled?: boolean;
}

/** One flow as it stands. */
export interface FlowView {
  readonly id: number;
  readonly listener: string;
  /** Whether a reload took its listener away; another one may have that name by now, and does not reach it. */
  readonly leaving: boolean;
  /** Hash of its device, once that is known. */
  readonly device: string | undefined;
  readonly deviceType: string | undefined;
  /** Emulated ms since the start. */
  readonly openedAt: number;
  readonly ageMs: number;
  /** Bytes on the wires of its two legs. */
  readonly bytes: {
    readonly fromDevice: number;
    readonly toDevice: number;
    readonly fromServer: number;
    readonly toServer: number;
  };
  /** The request that waits on it. */
  readonly parked:
    | {
        readonly command: string;
        readonly heartbeatIntervalSeconds: number | undefined;
        readonly sinceMs: number;
      }
    | undefined;
  readonly hops: readonly StageView[];
  /** The hop that ended it. */
  readonly endedBy: string | undefined;
}

/** What is known of one device. */
export interface DeviceView {
  /** 12 hexadecimal digits of a hash of device id and user. */
  readonly id: string;
  readonly deviceType: string;
  /** Flows of which something is left. */
  readonly flows: number;
  /** One for each command that it has parked, Ping before Sync. */
  readonly negotiations: readonly NegotiationView[];
}

/** Where a device's negotiation with one command stands. */
export interface NegotiationView {
  readonly command: string;
  readonly heartbeatIntervalSeconds: number | undefined;
  readonly longestHeldSeconds: number | undefined;
  readonly shortestFailedSeconds: number | undefined;
  /** The hop that let the latest of its requests die that died of an idle time-out of ours, and its silence. */
  readonly lastExpiry: { readonly hop: string; readonly silenceSeconds: number } | undefined;
  /** Where its negotiation stands. */
  readonly state: string;
  /** How what it asks compares with what it asked before; `undefined` as long as no interval is known. */
  readonly lastMove: AskedMove | undefined;
  /** Its requests by how they ended; `open` are those that wait now. */
  readonly outcomes: Readonly<Record<Outcome, number>>;
}

/** What makes a run reproducible. */
export interface ScenarioView {
  readonly seed: number;
  /** Emulated ms since the start; `undefined` while the timeline stands. */
  readonly timelineStartedAt: number | undefined;
}

/** What happens while it runs. */
export type EmulatorEvent =
  | { readonly kind: "heartbeat"; readonly event: HeartbeatEvent; readonly listener: string }
  | { readonly kind: "flow"; readonly event: FlowEvent }
  /** What was found in heartbeats, told behind the one that showed it. */
  | { readonly kind: "found"; readonly event: TrackerEvent }
  | { readonly kind: "change"; readonly change: Change };

/** Something that was changed while it ran. */
export interface Change {
  /** Emulated ms since the start. */
  readonly at: number;
  readonly by: "api" | "toxiproxy" | "reload" | "library";
  /** A sentence for people. */
  readonly what: string;
  readonly listener?: string;
}
