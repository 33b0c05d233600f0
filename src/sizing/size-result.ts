/**
 * What `size` answers, as `--json` prints it and as reports read it. Times are in seconds, sizes in bytes, energy in joules;
 * days are virtual days. `null` stands where nothing can be said.
 */
export interface SizeResult {
  readonly settings: SizeSettings;
  /** One for each time-out of the grid, the shortest first. */
  readonly rows: readonly SizeRow[];
  readonly recommendation: SizeRecommendation;
}

/** What a run of `size` was asked, whole: with these the same result comes again. */
export interface SizeSettings {
  /** The carriers in front of the firewall, by their share of the devices; shares sum to 1. */
  readonly carriers: readonly CarrierShare[];
  /** The time-outs that were tried on the firewall, in order. */
  readonly firewall: {
    readonly idleTimeoutSeconds: readonly number[];
    readonly atExpiry: string;
    /** What is set today, where it was told. */
    readonly todaySeconds: number | null;
  };
  /** What the Client Access server takes, in seconds. */
  readonly server: { readonly minimumHeartbeatSeconds: number; readonly maximumHeartbeatSeconds: number };
  /** The kinds of device, by their share; shares sum to 1. */
  readonly devices: readonly DeviceShare[];
  readonly deviceCount: number;
  readonly days: number;
  readonly mail: {
    /** Messages a mailbox gets in a day. */
    readonly perDay: number;
    /** Share of a day's mail in each hour from midnight on; 24 shares that sum to 1. */
    readonly hours: readonly number[];
  };
  /** The first seed; each repeat takes the next. */
  readonly seed: number;
  readonly repeats: number;
  /** The least improvement that still matters, as a share. */
  readonly gain: number;
  readonly cost: CostModel;
  /** Logs that devices, intervals and mail were read from. */
  readonly logs: readonly string[];
}

/** A kind of carrier, with its share of the devices. */
export interface CarrierShare {
  readonly name: string;
  /** `null` for a path without a carrier that forgets. */
  readonly idleTimeoutSeconds: number | null;
  readonly atExpiry: string;
  readonly share: number;
  readonly source: string;
}

/** A kind of device, with its share. */
export interface DeviceShare {
  readonly model: string;
  readonly share: number;
  readonly initialSeconds: number;
  readonly minimumSeconds: number;
  readonly maximumSeconds: number;
  readonly incrementSeconds: number;
}

/** A constant with its two ends where sources disagree. */
export interface CostConstant {
  /** What is counted with. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly unit: string;
  readonly source: string;
}

/** What an exchange costs. */
export interface CostModel {
  /** Bytes on the wire of a Ping and its answer. */
  readonly heartbeat: CostConstant;
  /** Bytes on the wire of another command and its answer, mail itself not counted. */
  readonly command: CostConstant;
  readonly fullHandshake: CostConstant;
  readonly resumedHandshake: CostConstant;
  /** Share of the handshakes that are resumed. */
  readonly resumedShare: CostConstant;
  /** Joules of one waking of the radio: promotion and tail. */
  readonly wakeUp: CostConstant;
  /** How long the radio stays awake behind its last byte, in s: what falls into it wakes nothing. */
  readonly tail: CostConstant;
}

/** What a device comes to in a day. */
export interface SizeRates {
  readonly failedPingsPerDevicePerDay: number;
  readonly requestsPerDevicePerDay: number;
  readonly bytesPerDevicePerDay: number;
  readonly joulesPerDevicePerDay: number;
  /** Share of the mail that was late; 0 when no mail came. */
  readonly lateMailShare: number;
}

/** What one time-out on the firewall comes to; but for its first day, where there are several. */
export interface SizeRow {
  readonly idleTimeoutSeconds: number;
  /** The median of what devices settled on; `null` when none did. */
  readonly settledIntervalSeconds: number | null;
  readonly settledIntervalSpread: { readonly p5: number; readonly p95: number; readonly longest: number } | null;
  /** Share of the devices that had not settled at the end. */
  readonly neverSettledShare: number;
  /** The models that those are of, each as a share of all devices, largest first. */
  readonly neverSettledModels: readonly { readonly model: string; readonly share: number }[];
  /** What a device's search costs, once: what fails until it settles. Of those that settle; 0 when none does. */
  readonly failedPingsPerDeviceInSearch: number;
  readonly failedPingsPerDevicePerDay: number;
  readonly requestsPerDevicePerDay: number;
  readonly bytesPerDevicePerDay: number;
  /** With the low and the high end of every constant. */
  readonly bytesRange: { readonly low: number; readonly high: number };
  readonly joulesPerDevicePerDay: number;
  readonly joulesRange: { readonly low: number; readonly high: number };
  /**
   * Share of the mail that was late: it came while its device believed a dead request alive, and so heard of it a second
   * or more later. `null` when no mail came.
   */
  readonly lateMailShare: number | null;
  /** Of late mail, from its arrival until its device has heard of it; zeros when none was late, `null` when no mail came. */
  readonly notificationDelaySeconds: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
  /** Whether Exchange's alert on short heartbeats would stand at the end. */
  readonly alert: boolean;
  /** The mean of the latest intervals that the alert looks at. */
  readonly alertMeanSeconds: number | null;
  /** The most requests that the server held at once. */
  readonly peakParkedRequests: number;
  /** The most flows that the firewall remembered at once. */
  readonly peakFlowTableEntries: number;
  /**
   * The rates of each repeat. Every time-out has the same mail in the same repeat, so that two rows are compared repeat by
   * repeat: that tells far smaller differences than `confidence` does.
   */
  readonly repeats: readonly SizeRates[];
  /** Half the width of the 95 % confidence interval over the repeats; absent with fewer than two. */
  readonly confidence?: SizeRates;
}

/** What ends the gain of a longer time-out. */
export const SIZE_BOUNDS = ["carrier", "server-maximum", "device-maximum", "grid", "nothing"] as const;

/** One of those above. */
export type SizeBound = (typeof SIZE_BOUNDS)[number];

/** The time-out to set, and why. */
export interface SizeRecommendation {
  /** The shortest that does as well as any longer one that was tried. */
  readonly idleTimeoutSeconds: number;
  /** What the firewall is to have in the end: today's time-out where that suffices, else the one above. */
  readonly advisedSeconds: number;
  readonly boundBy: SizeBound;
  /** A sentence each, with their figures. */
  readonly reasons: readonly string[];
  /** How far today's time-out is from it; `null` when today's was not told. */
  readonly today: {
    readonly idleTimeoutSeconds: number;
    /** Whether it can stay: nothing that matters is better by more than `gain` with the one above. */
    readonly suffices: boolean;
    readonly reasons: readonly string[];
  } | null;
  /** The time-outs of the hops, outside first, each longer than the next one inside it is told to be. */
  readonly order: readonly { readonly hop: string; readonly idleTimeoutSeconds: number; readonly reason: string }[];
  /** The lines to type, by product; empty where no product was named. A product that does not take it has a reason instead. */
  readonly commands: readonly {
    readonly product: string;
    readonly lines: readonly string[];
    readonly reason?: string;
  }[];
}
