import type { Scheduler } from "../core/scheduler.ts";
import { UsageError } from "../errors.ts";
import type { Profile } from "../path/hop.ts";
import { type Address, parseAddress } from "./address.ts";
import { type ListenerKind, tcpKind } from "./listener-kinds.ts";
import { checkOwnTarget } from "./own-target.ts";
import { type Target, tcpTarget } from "./target.ts";

/** What an emulator is to be: what a command line and a configuration say, read and checked. */
export interface EmulatorPlan {
  /** In order; no two of one name. */
  readonly listeners: readonly ListenerPlan[];
  /** What all chances hang on. */
  readonly seed: number;
  /** Whom a profile concerns that a reload changes. */
  readonly applyTo: "new" | "all";
  /** Settings that are not as they were at the start and take effect at the next one only; default: none. */
  readonly needRestart?: readonly string[];
}

/** What a listener is to be. */
export interface ListenerPlan {
  readonly name: string;
  readonly type: "https" | "tcp";
  readonly listen: Address;
  /** For people. */
  readonly target: string;
  readonly profile: Profile;
  readonly enabled: boolean;
  /** How flows are made; certificates were read when the plan was. */
  makeKind(scheduler: Scheduler): StoppableKind;
}

/** A kind of listener that may keep something for later. */
export interface StoppableKind extends ListenerKind {
  /** Lets go of it, once the listener has stopped. */
  stop?(): void;
}

/** A `tcp` listener as people write it. */
export interface TcpListenerSettings {
  readonly name: string;
  /** `HOST:PORT`, `[::1]:PORT`, `:PORT`; port 0 takes any free one. */
  readonly listen: string;
  /** `HOST:PORT`, or what `parseTcpTarget` made of it. */
  readonly target: string | Target;
  readonly profile: Profile;
  /** Default true. */
  readonly enabled?: boolean;
}

/**
 * Plans a `tcp` listener.
 * @throws UsageError E_ADDRESS_INVALID also when it would call itself
 */
export function planTcpListener({ name, listen, target, profile, enabled = true }: TcpListenerSettings): ListenerPlan {
  const server = tcpTarget(target);
  const at = parseAddress(listen);
  checkOwnTarget(at, server);
  return {
    name,
    type: "tcp",
    listen: at,
    target: server.url.host,
    profile,
    enabled,
    makeKind: (scheduler) => tcpKind({ target: server, scheduler }),
  };
}

/**
 * Checks that no two listeners have one name: the second would take the first one's place, which nobody could end then.
 * @throws UsageError E_LISTENER_EXISTS
 */
export function checkNames({ listeners }: EmulatorPlan): void {
  const twice = listeners.find(({ name }, index) => listeners.findIndex((each) => each.name === name) < index);
  if (twice !== undefined) throw nameTaken(twice.name);
}

/** Says that a listener has the name of another one. */
export function nameTaken(name: string): UsageError {
  return new UsageError(
    "E_LISTENER_EXISTS",
    `found the name ${JSON.stringify(name)}, which another listener has: expected one that no other has`,
  );
}

/** Whether two plans of one name take the same place, so that one can go on as the other. */
export function samePlace(one: ListenerPlan, other: ListenerPlan): boolean {
  return one.type === other.type && one.listen.host === other.listen.host && one.listen.port === other.listen.port;
}
