import { Random } from "../../src/core/random.ts";
import { DEVICE_MODELS, type DeviceModel } from "../../src/heartbeat/negotiators/models.ts";
import type { NegotiatorSettings } from "../../src/heartbeat/negotiators/negotiator.ts";
import { type Endings, PLAIN_ENDINGS } from "../../src/path/condition.ts";
import type { Hop } from "../../src/path/hop.ts";
import { describeCondition } from "../../src/profile/conditions/index.ts";
import type { Scenario } from "../../src/sizing/scenario.ts";

const MINUTE = 60_000;

/** A run that ended on a whole minute would end as an interval does: which comes first would be a matter of luck. */
const PAST_THE_MINUTE_MS = 25_000;

/** A scenario with the words that name it in a test's title. */
export interface GeneratedScenario {
  readonly title: string;
  readonly scenario: Scenario;
  /** The course that so many exchanges must take, where it is told. */
  readonly course?: (count: number) => readonly string[];
}

/**
 * Scenarios of every kind of ending, one to three hops, both waiting commands, other settings, mail at any instant.
 * Intervals are whole minutes, graces at most half of one and time-outs end between 36 and 54 s past the minute, since
 * what falls on one instant is decided by who is heard first, and that may differ.
 */
export function generateScenarios(count: number): readonly GeneratedScenario[] {
  return Array.from({ length: count }, (_, index) => generateScenario(index + 1));
}

function generateScenario(seed: number): GeneratedScenario {
  const random = new Random(seed).fork("parity");
  const model = pick(DEVICE_MODELS, random);
  const settings = generateSettings(model, random);
  const hops = generateHops(seed, random);
  const durationMs = random.integer(90, 200) * MINUTE + PAST_THE_MINUTE_MS;
  const mailAt = Array.from({ length: random.integer(0, 6) }, () => random.integer(1, durationMs - 1));
  const title = `${seed}: ${model.name}, ${hops.map(describeHop).join(", ")}, ${mailAt.length} mails`;
  return { title, scenario: { hops, model, settings, deviceCount: random.integer(1, 3), mailAt, durationMs, seed } };
}

/**
 * Scenarios in which answers are held on their way: a flow works for a while, and then nothing moves toward the device,
 * or either way, for a while or for good.
 */
export function generateStalls(count: number): readonly GeneratedScenario[] {
  return Array.from({ length: count }, (_, index) => generateStall(index + 1));
}

function generateStall(seed: number): GeneratedScenario {
  const random = new Random(seed).fork("parity of stalls");
  const model = pick(DEVICE_MODELS, random);
  const settings = generateSettings(model, random);
  const durationMs = random.integer(90, 200) * MINUTE + PAST_THE_MINUTE_MS;
  const direction = seed % 2 === 0 ? "both" : "toDevice";
  const forMs = seed % 3 === 0 ? random.integer(30, 90) * MINUTE : undefined;
  const afterMs = random.integer(5, 30) * MINUTE + random.integer(36, 54) * 1000;
  const hop: Hop = {
    name: "tunnel",
    kind: "network",
    conditions: [{ type: "stall", direction, afterMs, ...(forMs === undefined ? {} : { forMs }) }],
  };
  const title = `stall ${seed}: ${model.name}, ${describeHop(hop)}`;
  return { title, scenario: { hops: [hop], model, settings, deviceCount: 2, mailAt: [], durationMs, seed } };
}

function generateSettings(model: DeviceModel, random: Random): NegotiatorSettings {
  const minimum = random.integer(2, 9) * 60;
  const longest = model.readLimitMs === undefined ? Infinity : model.readLimitMs / 1000 - 60;
  const initial = Math.min(minimum + random.integer(0, 12) * 60, longest);
  const settings = {
    initialSeconds: initial,
    minimumSeconds: minimum,
    maximumSeconds: initial + random.integer(0, 20) * 60,
    incrementSeconds: random.integer(1, 5) * 60,
    graceMs: pick([5000, 15_000, 30_000], random),
  };
  const used = Object.fromEntries(model.uses.map((name) => [name, settings[name]]));
  return { ...model.defaults, ...used };
}

/** Every scenario has its turn of the endings at its first hop, so that none is left to chance. */
function generateHops(seed: number, random: Random): readonly Hop[] {
  const count = random.integer(1, 3);
  return Array.from({ length: count }, (_, index): Hop => {
    const last = index === count - 1;
    const atExpiry = index === 0 ? turnOf(seed, last) : pick(PLAIN, random);
    const idleTimeoutMs = random.integer(2, 25) * MINUTE + random.integer(36, 54) * 1000;
    return {
      name: `hop${index + 1}`,
      kind: typeof atExpiry.toDevice === "string" ? "firewall" : "reverse-proxy",
      conditions: [{ type: "idle-timeout", idleTimeoutMs, atExpiry, refreshedBy: "either" }],
    };
  });
}

const PLAIN: readonly Endings[] = PLAIN_ENDINGS.flatMap((toDevice) =>
  PLAIN_ENDINGS.map((toServer) => ({ toDevice, toServer })),
);
const TURNS: readonly Endings[] = [
  ...PLAIN_ENDINGS.map((ending) => ({ toDevice: ending, toServer: ending })),
  { toDevice: { respond: 504 }, toServer: "reset" },
  ...PLAIN,
];

function turnOf(seed: number, last: boolean): Endings {
  const turn = TURNS[seed % TURNS.length] ?? { toDevice: "drop", toServer: "drop" };
  return typeof turn.toDevice === "string" || last ? turn : { toDevice: "drop", toServer: "drop" };
}

function describeHop({ conditions }: Hop): string {
  return conditions.map(describeCondition).join();
}

function pick<Item>(items: readonly Item[], random: Random): Item {
  const item = items[random.integer(0, items.length - 1)];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
}
