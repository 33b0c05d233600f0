import type { Millis } from "../core/machine.ts";
import type { ProbeRole } from "./path-events.ts";
import type { FlowSeen } from "./path-finding.ts";

/** A flow of a search. */
export interface SearchFlow {
  /** Its number, in the order in which flows were opened. */
  readonly id: number;
  readonly role: ProbeRole;
  /** When it was asked for. */
  readonly askedAt: Millis;
  openedAt: Millis | undefined;
  /** The silence after which the server speaks; absent while that is not chosen. */
  dueMs: Millis | undefined;
  /** When the server was asked to speak, and by when it had. */
  spokeAt: Millis | undefined;
  spokenAt: Millis | undefined;
  saidAt: Millis | undefined;
  seen: FlowSeen | undefined;
  /** Its age when it ended. */
  endedMs: Millis | undefined;
  /** The silence that it did not bear. */
  deadAfterMs: Millis | undefined;
  /** Nothing more is to be learnt of it. */
  judged: boolean;
}

/** The flows of a search, oldest first. */
export class PathFlows {
  readonly #flows = new Map<number, SearchFlow>();
  #lastId = 0;
  /** Most flows that were open at a time. */
  mostOpen = 0;

  get all(): readonly SearchFlow[] {
    return [...this.#flows.values()];
  }

  /** Those that have not ended, as far as can be seen. */
  get open(): readonly SearchFlow[] {
    return this.all.filter(({ endedMs }) => endedMs === undefined);
  }

  get(id: number): SearchFlow | undefined {
    return this.#flows.get(id);
  }

  add(role: ProbeRole, dueMs: Millis | undefined, askedAt: Millis): SearchFlow {
    const id = (this.#lastId += 1);
    const flow = { id, role, dueMs, askedAt, judged: false, ...NOTHING_YET };
    this.#flows.set(id, flow);
    this.mostOpen = Math.max(this.mostOpen, this.open.length);
    return flow;
  }

  /** Forgets some, and gives them. */
  take(which: (flow: SearchFlow) => boolean): readonly SearchFlow[] {
    const taken = this.all.filter(which);
    for (const { id } of taken) this.#flows.delete(id);
    return taken;
  }

  /** The youngest flow that has been silent for so long, and of which it is not known whether it bore that. */
  youngestSilentFor(silenceMs: Millis, now: Millis): SearchFlow | undefined {
    return this.all.findLast(
      ({ role, judged, openedAt = Infinity, spokeAt }) =>
        role === "silent" && !judged && spokeAt === undefined && now - openedAt >= silenceMs,
    );
  }

  /** The oldest flow that did not bear such a silence, or a longer one. */
  firstDeadAfter(silenceMs: Millis): SearchFlow | undefined {
    return this.all.find(({ deadAfterMs = -Infinity }) => deadAfterMs >= silenceMs);
  }

  /** Whether a flow is still to tell whether it bears a silence above the one and up to the other. */
  isPendingBetween(aliveMs: Millis, deadMs: Millis): boolean {
    return this.all.some(({ judged, dueMs }) => !judged && dueMs !== undefined && dueMs > aliveMs && dueMs <= deadMs);
  }
}

const NOTHING_YET = {
  openedAt: undefined,
  spokeAt: undefined,
  spokenAt: undefined,
  saidAt: undefined,
  seen: undefined,
  endedMs: undefined,
  deadAfterMs: undefined,
};

/** When all of these that are silent yet have been so for that long; never where there are none. */
export function grownUpAt(flows: readonly SearchFlow[], silenceMs: Millis): Millis {
  const openings = flows.flatMap(({ judged, openedAt }) => (judged || openedAt === undefined ? [] : [openedAt]));
  return Math.max(...openings) + silenceMs;
}

/** What is due of a flow: the server is to speak, the flow is given up that did not answer, or never opened. */
export type FlowDue =
  | { readonly kind: "speak"; readonly at: Millis }
  | { readonly kind: "dead"; readonly at: Millis; readonly openedAt: Millis; readonly silenceMs: Millis }
  | { readonly kind: "unopened"; readonly at: Millis };

/** What is due of a flow, and when; nothing of one that has nothing to tell. */
export function dueOf(flow: SearchFlow, graceMs: Millis): FlowDue | undefined {
  const { judged, askedAt, openedAt, dueMs, spokeAt, spokenAt } = flow;
  if (judged) return undefined;
  if (openedAt === undefined) return { kind: "unopened", at: askedAt + OPENING_GRACES * graceMs };
  if (dueMs === undefined) return undefined;
  if (spokeAt === undefined) return { kind: "speak", at: openedAt + dueMs };
  if (spokenAt === undefined) return undefined;
  return { kind: "dead", at: spokenAt + graceMs, openedAt, silenceMs: spokenAt - openedAt };
}

/** How many times as long as an answer a flow may take to open: connecting and TLS, or signing in, are several answers. */
const OPENING_GRACES = 6;
