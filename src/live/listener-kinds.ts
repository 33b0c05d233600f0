import type { Millis } from "../core/machine.ts";
import type { Scheduler } from "../core/scheduler.ts";
import type { FlowHandler, FlowWatcher } from "./flow-handler.ts";
import { HOLE_LIFETIME_MS } from "./hole-timer.ts";
import { type LegKind, type MakeLeg, plainLegs, tlsLegs } from "./make-leg.ts";
import { Pipe } from "./pipe.ts";
import { ProbeDesk, type ProbeLimits } from "./probe-desk.ts";
import { ProbeSwitch } from "./probe-switch.ts";
import { Relay } from "./relay.ts";
import { type Target, tcpTarget } from "./target.ts";
import { createTermination, type TerminationOptions } from "./tls-termination.ts";

/** What tells a kind of listener from another: how its flows are made. */
export interface ListenerKind {
  readonly makeLeg: MakeLeg;
  /** Whether requests will be seen on the flows. */
  readonly http: boolean;
  /** Makes what stands above a new flow's leg. */
  makeHandler(watcher: FlowWatcher): FlowHandler;
}

/** What an `https` listener is made of. */
export interface HttpsOptions extends TerminationOptions {
  readonly target: Target;
  /**
   * Default `auto`.
   * @internal
   */
  readonly legKind?: LegKind;
  /** How long a request's head may take, in real ms; default 60 s. */
  readonly headersTimeoutMs?: Millis;
  /** How long a silenced flow is kept at most, in emulated ms; default 2 h. */
  readonly holeLifetimeMs?: Millis;
  /** Answers `idlewall probe`, which is told this many emulated seconds in a real one; default: nobody is answered. */
  readonly probes?: { readonly timeScale: number } | undefined;
  /**
   * What probers may ask for at once.
   * @internal
   */
  readonly probeLimits?: Partial<ProbeLimits>;
  /**
   * Makes what stands above a device's leg; default: the relay.
   * @internal
   */
  makeHandler?(watcher: FlowWatcher): FlowHandler;
}

/** What a `tcp` listener is made of. */
export interface TcpOptions {
  /** `HOST:PORT`, or what `parseTcpTarget` made of it. */
  readonly target: string | Target;
  /** How long a silenced flow is kept at most, in emulated ms; default 2 h. */
  readonly holeLifetimeMs?: Millis;
}

/** TLS ends here, and requests go to the target: relayed unless something else is to stand above the leg. */
export function httpsKind(options: HttpsOptions & { readonly scheduler: Scheduler }): ListenerKind {
  const { target, scheduler, legKind = "auto" } = options;
  const { headersTimeoutMs = HEADERS_TIMEOUT_MS, holeLifetimeMs = HOLE_LIFETIME_MS } = options;
  const relaying = { target, scheduler, headersTimeoutMs, holeLifetimeMs };
  const makeOther = (watcher: FlowWatcher): FlowHandler =>
    options.makeHandler?.(watcher) ?? new Relay(relaying, watcher);
  const common = { makeLeg: tlsLegs(createTermination(options), legKind), http: true };
  if (options.probes === undefined) return { ...common, makeHandler: makeOther };
  const desk = new ProbeDesk({ ...options.probes, limits: options.probeLimits, scheduler });
  return {
    ...common,
    makeHandler: (watcher) => new ProbeSwitch({ desk, watcher, headersTimeoutMs, makeOther: () => makeOther(watcher) }),
  };
}

/**
 * Bytes pass as they are.
 * @throws UsageError E_ADDRESS_INVALID the target is none of a `tcp` listener
 */
export function tcpKind(options: TcpOptions & { readonly scheduler: Scheduler }): ListenerKind {
  const { scheduler, holeLifetimeMs = HOLE_LIFETIME_MS } = options;
  const piping = { target: tcpTarget(options.target), scheduler, holeLifetimeMs };
  return {
    makeLeg: plainLegs,
    http: false,
    makeHandler: (watcher) => new Pipe(piping, watcher),
  };
}

/** How long a request's head may take by default, in real ms: as Node's own HTTP server. */
const HEADERS_TIMEOUT_MS = 60_000;
