/** What a running idlewall has seen, as its API tells it. Times are emulated seconds. */
export interface LiveState {
  /** Where it was asked. */
  readonly url: string;
  /** The version that runs there. */
  readonly version: string;
  /** When it was asked: date and time, UTC. */
  readonly askedAt: string;
  readonly recommendation: LiveRecommendation;
  /** The same of the devices of each network at each listener. */
  readonly networks: readonly LiveNetworkAdvice[];
  readonly bounds: readonly LiveBounds[];
  readonly alerts: readonly LiveAlert[];
  readonly devices: readonly LiveDevice[];
  /** Requests that have ended, as far as it still remembers them. */
  readonly ended: readonly LiveEnded[];
  /** Events that it no longer remembers. */
  readonly forgottenEvents: number;
}

/** What bounds the heartbeat, and what to do about it; `not enough seen yet` is one, too. */
export interface LiveRecommendation {
  /** The finding, and what to do, in sentences. */
  readonly text: string;
  readonly reasons: readonly string[];
  /** What would not help. */
  readonly wontHelp: readonly string[];
  readonly hops: readonly LiveHopAdvice[];
}

/** What bounds the heartbeat of the devices of one network that come to one listener. */
export interface LiveNetworkAdvice {
  readonly network: string;
  readonly listener: string;
  /** `undefined` when there is not enough to say it. */
  readonly boundBy: string | undefined;
  readonly text: string;
  /** 0 to 1; `undefined` when there is not enough. */
  readonly confidence: number | undefined;
  readonly devices: number;
  /** Those that were answered or that the path failed, and the latter. */
  readonly heartbeats: number;
  readonly failed: number;
}

/** What to do with the time-out of one hop. */
export interface LiveHopAdvice {
  readonly listener: string;
  readonly hop: string;
  readonly idleTimeoutSeconds: number;
  readonly recommendedSeconds: number;
  readonly action: string;
  readonly reason: string;
  readonly source: string;
}

/** What is known of the real path in front of one network. */
export interface LiveBounds {
  readonly network: string;
  readonly state: string;
  readonly longestHeldSeconds?: number | undefined;
  readonly heldSamples: number;
  readonly shortestFailedSeconds?: number | undefined;
  readonly failedSamples: number;
  /** 0 to 1. */
  readonly confidence: number;
  readonly endedByHopsCount: number;
}

/** Exchange's alert of one command. */
export interface LiveAlert {
  readonly command: string;
  readonly raised: boolean;
  readonly meanSeconds?: number | undefined;
  readonly samples: number;
  readonly thresholdSeconds: number;
  readonly text?: string | undefined;
}

/** Where the negotiation of one device with one command stands. */
export interface LiveDevice {
  readonly id: string;
  readonly deviceType: string;
  readonly command: string;
  readonly heartbeatIntervalSeconds?: number | undefined;
  readonly longestHeldSeconds?: number | undefined;
  readonly shortestFailedSeconds?: number | undefined;
  readonly state: string;
  /** Its requests by how they ended. */
  readonly outcomes: Readonly<Record<string, number>>;
}

/** One request that has ended. */
export interface LiveEnded {
  /** `undefined` where no request told it. */
  readonly heartbeatIntervalSeconds?: number | undefined;
  readonly outcome: string;
}
