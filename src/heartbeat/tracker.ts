/**
 * Follows each device's negotiation, a Ping and a waiting Sync apart, from nothing but heartbeat events, and finds in them
 * what a person should hear of: answers that nobody heard, collisions, storms, Exchange's alert, walls of the real path.
 * Its only deadlines are the ends of storms. Memory is bounded, and every figure is kept as events come.
 */
import type { Machine, Millis } from "../core/machine.ts";
import type { AlertView } from "./alert.ts";
import type { FailedSilence } from "./bounds.ts";
import type { DeviceIdentity, Exchange, ExchangeEnd, HeartbeatEvent, WaitingCommand } from "./events.ts";
import { borneSeconds, failedSeconds, frontFailed, refusedAtOnce } from "./exchange-wait.ts";
import { CommandTally } from "./command-tally.ts";
import { Followed, keyOf, type Negotiation, type PendingAnswer } from "./followed.ts";
import { type NetworkView, Networks } from "./networks.ts";
import { RecentMap } from "./recent-map.ts";
import { Storms } from "./storms.ts";
import type { TrackerEvent, TrackerFigures } from "./tracker-events.ts";

/** What can be set for a tracker. */
export interface TrackerSettings {
  /** Devices followed at most, each command counting as one, longest unseen forgotten first; default 100,000. */
  readonly devices?: number;
  /** Networks followed at most, longest unseen forgotten first; default 10,000. */
  readonly networks?: number;
  /** Names the network of a device's address; default: none has one, and nothing is learnt of any. */
  readonly networkOf?: (source: string) => string | undefined;
}

/** The negotiations of all devices of a proxy. */
export class Tracker implements Machine<HeartbeatEvent, TrackerEvent> {
  readonly #negotiations: RecentMap<string, Followed>;
  readonly #networks: Networks;
  readonly #networkOf: (source: string) => string | undefined;
  readonly #storms = new Storms<string, Followed>();
  readonly #commands = { Ping: new CommandTally("Ping"), Sync: new CommandTally("Sync") };
  #forgottenCount = 0;

  constructor({ devices = 100_000, networks = 10_000, networkOf = () => undefined }: TrackerSettings = {}) {
    this.#negotiations = new RecentMap(devices);
    this.#networks = new Networks(networks);
    this.#networkOf = networkOf;
  }

  /** Every negotiation as it stands, longest unseen first; later events do not change what was returned. */
  negotiations(): readonly Negotiation[] {
    return Array.from(this.#negotiations.values(), ({ snapshot }) => snapshot);
  }

  /** The negotiation of one device and command, if any is known. */
  negotiation(device: DeviceIdentity, command: WaitingCommand): Negotiation | undefined {
    return this.#negotiations.get(keyOf(device, command))?.snapshot;
  }

  /** What is known of every network's path, longest unseen first. */
  networks(): readonly NetworkView[] {
    return this.#networks.views();
  }

  /** Exchange's alert, of Ping and of Sync. */
  alerts(): readonly AlertView[] {
    const { Ping, Sync } = this.#commands;
    return [Ping.figures.alert, Sync.figures.alert];
  }

  /** In a time that does not hang on how many devices or networks there are. */
  figures(): TrackerFigures {
    const { Ping, Sync } = this.#commands;
    return {
      commands: { Ping: Ping.figures, Sync: Sync.figures },
      networks: this.#networks.counts,
      shortestWall: this.#networks.shortestWall,
      forgottenDevices: this.#forgottenCount,
      forgottenNetworks: this.#networks.forgottenCount,
    };
  }

  // oxlint-disable-next-line typescript/consistent-return -- the switch is exhaustive, and the compiler holds it to that
  handle(event: HeartbeatEvent, now: Millis): readonly TrackerEvent[] {
    switch (event.kind) {
      case "asked":
        return this.#asked(event, now);
      case "ended":
        return this.#ended(event.exchange, event.end, now);
      case "lateAnswer":
      case "decodeFailed":
        return NOTHING;
    }
  }

  nextDeadline(): Millis | undefined {
    return this.#storms.nextDeadline();
  }

  expire(now: Millis): readonly TrackerEvent[] {
    return this.#storms.expire(now).map(({ command, device }) => this.#commands[command].endStorm(device, now));
  }

  #asked({ exchange, heard, collides }: Asked, now: Millis): readonly TrackerEvent[] {
    const { id, command, device, heartbeatIntervalSeconds } = exchange;
    const tally = this.#commands[command];
    const { followed, ended } = this.#see(exchange, now);
    const { state } = followed;
    const pending = followed.takePending();
    const settled = pending === undefined || heard === undefined ? [] : this.#settle(followed, pending, heard, now);
    const found = [...ended, ...settled];
    followed.ask(exchange);
    tally.move(state, followed.state);
    if (collides === true) found.push(tally.collide(device, now));
    const alert = heartbeatIntervalSeconds === undefined ? undefined : tally.ask(heartbeatIntervalSeconds, id, now);
    if (alert !== undefined) found.push(alert);
    const afterChanges = pending?.outcome === "changes";
    if (this.#storms.ask(followed.key, followed, now, afterChanges)) found.push(tally.beginStorm(device, now));
    return found;
  }

  /** An end whose asking was forgotten, or never seen, says nothing of its device. */
  #ended(exchange: Exchange, end: ExchangeEnd, now: Millis): readonly TrackerEvent[] {
    if (refusedAtOnce(exchange, end)) this.#commands[exchange.command].refuse(exchange.id);
    const followed = this.#negotiations.get(keyOf(exchange.device, exchange.command));
    if (followed?.waits !== true) return NOTHING;
    this.#negotiations.set(followed.key, followed);
    const { state } = followed;
    const network = this.#networkFrom(exchange);
    followed.end(exchange, end, network);
    this.#commands[followed.command].move(state, followed.state);
    return network === undefined ? NOTHING : this.#sample(network, exchange, end, now);
  }

  /** What an end says at once of the path in front; what an answer says is known once it was heard. */
  #sample(network: string, exchange: Exchange, end: ExchangeEnd, now: Millis): readonly TrackerEvent[] {
    if (end.outcome === "expired" || end.outcome === "cut") this.#networks.endByHop(network, now);
    if (!frontFailed(exchange, end)) return NOTHING;
    return listOf(this.#networks.fail(network, silenceOf(exchange, end.endedAt), now));
  }

  /** The device has come back, and that said whether it heard its last answer. */
  #settle(followed: Followed, pending: PendingAnswer, heard: boolean, now: Millis): TrackerEvent[] {
    const { network, endedAt, exchange } = pending;
    if (heard) {
      if (network === undefined) return [];
      return listOf(this.#networks.hold(network, borneSeconds(exchange, endedAt), now));
    }
    followed.unhear(pending);
    const silence = silenceOf(exchange, endedAt);
    const unheard = this.#commands[exchange.command].unhear(exchange, silence.seconds, now);
    if (network === undefined) return [unheard];
    return [unheard, ...listOf(this.#networks.fail(network, silence, now))];
  }

  #networkFrom({ source }: Exchange): string | undefined {
    return source === undefined ? undefined : this.#networkOf(source);
  }

  /** The negotiation of an exchange, and the end of a storm where that had to be forgotten for it. */
  #see(exchange: Exchange, now: Millis): { readonly followed: Followed; readonly ended: readonly TrackerEvent[] } {
    const key = keyOf(exchange.device, exchange.command);
    const known = this.#negotiations.get(key);
    const followed = known ?? new Followed(key, exchange);
    if (known === undefined) this.#commands[followed.command].begin(followed.state);
    const forgotten = this.#negotiations.set(followed.key, followed);
    return { followed, ended: forgotten === undefined ? [] : this.#forget(forgotten, now) };
  }

  #forget({ key, command, state, device }: Followed, now: Millis): readonly TrackerEvent[] {
    this.#forgottenCount += 1;
    const tally = this.#commands[command];
    tally.forget(state);
    return this.#storms.forget(key) ? [tally.endStorm(device, now)] : [];
  }
}

type Asked = Extract<HeartbeatEvent, { readonly kind: "asked" }>;

const NOTHING: readonly never[] = [];

function silenceOf(exchange: Exchange, endedAt: Millis): FailedSilence {
  return { seconds: failedSeconds(exchange, endedAt), askedAt: exchange.askedAt, endedAt };
}

function listOf<Item>(item: Item | undefined): Item[] {
  return item === undefined ? [] : [item];
}
