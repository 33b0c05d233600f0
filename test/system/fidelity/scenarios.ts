/** What the server does with a request, so long after it has read it. */
export interface PlanStep {
  readonly afterMs: number;
  readonly do: "answer" | "begin" | "chunk" | "finish" | "keepAlive" | "end";
  readonly bytes?: number;
  readonly everyMs?: number;
}

/** What the device does, so long after its TLS is there. */
export type Step =
  | { readonly atMs: number; readonly do: "request"; readonly plan: readonly PlanStep[] }
  | { readonly atMs: number; readonly do: "end" | "reset" }
  /** Whether what the device sends on this flow gets lost before the middle. */
  | { readonly atMs: number; readonly do: "lose"; readonly on: boolean };

/** One flow or several of a kind. */
export interface Scenario {
  readonly name: string;
  readonly keepAliveMs?: number;
  readonly flows: readonly (readonly Step[])[];
}

/** The idle time-out of firewall and idlewall; the other times below are parts of it. */
export const IDLE_TIMEOUT_MS = 4000;

/** How long all of it takes: flows begin one after the other, so that handshakes don't stand in each other's way. */
export const HORIZON_MS = 25_000;

/** Flows of the ladder that brackets the time-out, and the silence of each. */
export const LADDER_MS = Array.from({ length: 21 }, (_, step) => ((70 + 3 * step) * IDLE_TIMEOUT_MS) / 100);

const MANY = 300;
const HALF = 0.5 * IDLE_TIMEOUT_MS;
const BEFORE = 0.75 * IDLE_TIMEOUT_MS;
const AFTER = 1.5 * IDLE_TIMEOUT_MS;

/** Every scenario; all run at once. Linux retransmits 0.2, 0.6 and 1.4 s after a segment that is lost. */
export const SCENARIOS: readonly Scenario[] = [
  one("silence shorter than the time-out", ask(0, answer(HALF))),
  { name: "silence about as long as the time-out", flows: LADDER_MS.map((silenceMs) => [ask(0, answer(silenceMs))]) },
  one("silence longer than the time-out, and nobody sends", ask(0)),
  one("the device sends just before expiry", ask(0, answer(AFTER)), ask(BEFORE, answer(IDLE_TIMEOUT_MS))),
  one(
    "the server sends just before expiry",
    ask(0, { afterMs: BEFORE, do: "begin" }, chunk(BEFORE), chunk(2 * BEFORE), { afterMs: 3 * BEFORE, do: "finish" }),
  ),
  one("the device sends after expiry", ask(0), ask(AFTER)),
  one("the server sends after expiry", ask(0, answer(AFTER))),
  one("both send after expiry", ask(0, answer(AFTER)), ask(AFTER + 100)),
  one("the device ends its side, and is answered in time", ask(0, answer(HALF)), { atMs: 100, do: "end" }),
  one("the device ends its side, and is answered after expiry", ask(0, answer(AFTER)), { atMs: 100, do: "end" }),
  one(
    "the server ends its side, and the device sends in time",
    ask(0, answer(100), { afterMs: 200, do: "end" }),
    ask(HALF),
    { atMs: HALF + 100, do: "end" },
  ),
  one(
    "the server ends its side, and the device sends after expiry",
    ask(0, answer(100), { afterMs: 200, do: "end" }),
    ask(AFTER),
  ),
  one("the device ends its side after expiry", ask(0), { atMs: AFTER, do: "end" }),
  one("the device resets before expiry", ask(0), { atMs: HALF, do: "reset" }),
  one("the device resets after expiry", ask(0), { atMs: AFTER, do: "reset" }),
  one("two requests, the pause between them shorter", ask(0, answer(HALF)), ask(HALF + BEFORE, answer(HALF))),
  one("two requests, the pause between them longer", ask(0, answer(100)), ask(AFTER, answer(100))),
  {
    name: `${MANY} flows, and all devices send after expiry`,
    flows: Array.from({ length: MANY }, () => [ask(0), ask(AFTER)]),
  },
  { ...one("the device's keepalive is shorter than the time-out", ask(0, answer(2 * AFTER))), keepAliveMs: 1000 },
  { ...one("the device's keepalive is longer than the time-out", ask(0)), keepAliveMs: AFTER },
  one(
    "the server's keepalive is shorter than the time-out",
    ask(0, { afterMs: 0, do: "keepAlive", everyMs: 1000 }, answer(2 * AFTER)),
  ),
  one(
    "a segment is lost, and retransmitted just before expiry",
    ask(0, answer(1.65 * IDLE_TIMEOUT_MS)),
    { atMs: BEFORE - 100, do: "lose", on: true },
    ask(BEFORE),
    { atMs: BEFORE + 400, do: "lose", on: false },
  ),
  one(
    "a segment is lost, and retransmitted after expiry",
    ask(0),
    { atMs: IDLE_TIMEOUT_MS - 200, do: "lose", on: true },
    ask(IDLE_TIMEOUT_MS - 100),
    { atMs: IDLE_TIMEOUT_MS + 300, do: "lose", on: false },
  ),
];

function one(name: string, ...steps: readonly Step[]): Scenario {
  return { name, flows: [steps] };
}

function ask(atMs: number, ...plan: readonly PlanStep[]): Step {
  return { atMs, do: "request", plan };
}

function answer(afterMs: number): PlanStep {
  return { afterMs, do: "answer", bytes: 200 };
}

function chunk(afterMs: number): PlanStep {
  return { afterMs, do: "chunk", bytes: 100 };
}
