import type { Scenario } from "./scenarios.ts";
import { LADDER_MS } from "./scenarios.ts";

/** What an end saw of a flow: bytes, the end of what the other says, how it ended, `open` if it did not. */
export interface FlowEvent {
  readonly flow: string;
  readonly event: string;
  readonly bytes?: number;
  /** Since the flow's first request. */
  readonly atMs: number;
}

/** Who looks on. */
export const SIDES = ["device", "server"] as const;
export type Side = (typeof SIDES)[number];

/** All that both ends saw in one run. */
export type Run = Readonly<Record<Side, readonly FlowEvent[]>>;

/** What one end saw in one scenario: in words, and the instants that belong to them. */
export interface Sight {
  readonly words: string;
  readonly atMs: readonly number[];
}

/** The id of a scenario's flow, as both programs are told it. */
export function flowId(scenario: number, flow: number): string {
  return `${String(scenario).padStart(2, "0")}-${String(flow).padStart(3, "0")}`;
}

/** What an end saw in a scenario. */
export function sightOf(run: Run, side: Side, scenarios: readonly Scenario[], index: number): Sight {
  const flows = scenarios[index]?.flows ?? [];
  const sights = flows.map((_, flow) => flowSight(run[side].filter((event) => event.flow === flowId(index, flow))));
  const [first] = sights;
  if (first === undefined) throw new Error(`no scenario ${index}`);
  if (sights.length === 1) return first;
  return sights.length === LADDER_MS.length ? ladder(sights, side) : crowd(sights);
}

function flowSight(events: readonly FlowEvent[]): Sight {
  const words = events.map(({ event, bytes }) => (event === "data" ? `${bytes} bytes` : (WORDS.get(event) ?? event)));
  const atMs = events.filter(({ event }) => event !== "open").map((event) => event.atMs);
  return { words: words.join(", ") || "nothing", atMs };
}

/** The longest silence that held and the shortest that did not, as instants; what differs between them is the words. */
function ladder(sights: readonly Sight[], side: Side): Sight {
  const held =
    side === "device" ? sights.map(({ words }) => words !== "open") : sights.map(({ words }) => words === "open");
  const longestHeldMs = Math.max(0, ...LADDER_MS.filter((_, index) => held[index] === true));
  const shortestDiedMs = Math.min(Infinity, ...LADDER_MS.filter((_, index) => held[index] === false));
  const [shortest, longest] = [sights[0]?.words, sights.at(-1)?.words];
  return { words: `${shortest}; after the time-out: ${longest}`, atMs: [longestHeldMs, shortestDiedMs] };
}

/** How many saw what; the instants are those of the first and the last to see it. */
function crowd(sights: readonly Sight[]): Sight {
  const counts = new Map<string, number>();
  for (const { words } of sights) counts.set(words, (counts.get(words) ?? 0) + 1);
  const told = [...counts].sort(([, left], [, right]) => right - left);
  const atMs = sights.flatMap((sight) => sight.atMs.slice(-1));
  return {
    words: told.map(([words, count]) => `${count} × ${words}`).join("; "),
    atMs: atMs.length === 0 ? [] : [Math.min(...atMs), Math.max(...atMs)],
  };
}

/** Whether two ends saw the same, at the same instants but for a tolerance. */
export function same(left: Sight, right: Sight, toleranceMs: number): boolean {
  return (
    left.words === right.words &&
    left.atMs.every((at, index) => Math.abs(at - (right.atMs[index] ?? Infinity)) <= toleranceMs)
  );
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ["end", "FIN"],
  ["closed", "closed"],
]);
