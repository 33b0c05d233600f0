import type { Millis } from "../core/machine.ts";
import { type BoundsState, type Bracket, type FailedSilence, PathBounds } from "./bounds.ts";
import { RecentMap } from "./recent-map.ts";
import type { TrackerEvent } from "./tracker-events.ts";

/** What is known of the path of one network. */
export interface NetworkView extends Bracket {
  /** `192.0.2.0/24`. */
  readonly network: string;
  /** Silences borne so far, once their devices have shown that they heard the answer. */
  readonly heldCount: number;
  /** Silences that failed so far, and no hop of ours did it. */
  readonly failedCount: number;
  /** Requests that hops of ours ended: they say nothing of the path in front. */
  readonly endedByHopsCount: number;
  readonly lastSeenAt: Millis;
}

type WallEvent = Extract<TrackerEvent, { readonly kind: "wallFound" | "wallLifted" }>;

/** The networks that devices come from, with what their silences say of the path in front of us. */
export class Networks {
  readonly #networks: RecentMap<string, Network>;
  readonly #counts: Record<BoundsState, number> = { open: 0, suspected: 0, wall: 0 };
  readonly #walled = new Set<Network>();
  #shortest: Network | undefined;
  #forgottenCount = 0;

  /** Follows at most `capacity` networks, longest unseen forgotten first. */
  constructor(capacity: number) {
    this.#networks = new RecentMap(capacity);
  }

  /** Networks forgotten so far. */
  get forgottenCount(): number {
    return this.#forgottenCount;
  }

  /** Networks followed now, by what is known of their path. */
  get counts(): Readonly<Record<BoundsState, number>> {
    return { ...this.#counts };
  }

  /** The shortest wall of all. */
  get shortestWall(): Bracket | undefined {
    return this.#shortest?.bounds.bracket;
  }

  /** Every network as it stands, longest unseen first. */
  views(): readonly NetworkView[] {
    return Array.from(this.#networks.values(), (network) => ({
      network: network.name,
      ...network.bounds.bracket,
      heldCount: network.bounds.heldCount,
      failedCount: network.bounds.failedCount,
      endedByHopsCount: network.endedByHopsCount,
      lastSeenAt: network.lastSeenAt,
    }));
  }

  /** The path of a network has borne a silence. */
  hold(name: string, seconds: number, now: Millis): WallEvent | undefined {
    const network = this.#see(name, now);
    network.bounds.hold(seconds);
    return this.#judge(network, now);
  }

  /** The path of a network has failed in a silence. */
  fail(name: string, failure: FailedSilence, now: Millis): WallEvent | undefined {
    const network = this.#see(name, now);
    network.bounds.fail(failure);
    return this.#judge(network, now);
  }

  /** A hop of ours has ended a request from a network. */
  endByHop(name: string, now: Millis): void {
    this.#see(name, now).endedByHopsCount += 1;
  }

  #see(name: string, now: Millis): Network {
    const known = this.#networks.get(name);
    const network = known ?? new Network(name, now);
    if (known === undefined) this.#counts.open += 1;
    network.lastSeenAt = now;
    const forgotten = this.#networks.set(network.name, network);
    if (forgotten !== undefined) this.#forget(forgotten);
    return network;
  }

  #forget(network: Network): void {
    this.#forgottenCount += 1;
    this.#counts[network.state] -= 1;
    this.#unwall(network);
  }

  #judge(network: Network, at: Millis): WallEvent | undefined {
    const { bracket, wallSeconds } = network.bounds;
    this.#counts[network.state] -= 1;
    this.#counts[bracket.state] += 1;
    network.state = bracket.state;
    if (wallSeconds === network.wallSeconds) return undefined;
    network.wallSeconds = wallSeconds;
    this.#unwall(network);
    if (wallSeconds === Infinity) return { kind: "wallLifted", network: network.name, bracket, at };
    this.#walled.add(network);
    if (wallSeconds < (this.#shortest?.wallSeconds ?? Infinity)) this.#shortest = network;
    return { kind: "wallFound", network: network.name, bracket, at };
  }

  /** Walls change seldom, so the shortest is looked for anew only when it was this one's. */
  #unwall(network: Network): void {
    this.#walled.delete(network);
    if (this.#shortest !== network) return;
    this.#shortest = undefined;
    for (const walled of this.#walled) {
      if (walled.wallSeconds < (this.#shortest?.wallSeconds ?? Infinity)) this.#shortest = walled;
    }
  }
}

/** One network that is followed. */
class Network {
  readonly name: string;
  readonly bounds = new PathBounds();
  endedByHopsCount = 0;
  lastSeenAt: Millis;
  state: BoundsState = "open";
  /** The wall as it was told last, in s. */
  wallSeconds = Infinity;

  constructor(name: string, lastSeenAt: Millis) {
    this.name = name;
    this.lastSeenAt = lastSeenAt;
  }
}
