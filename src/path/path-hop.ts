import { Random } from "../core/random.ts";
import type { Millis } from "../core/machine.ts";
import type { Condition, ConditionKind, ConditionSetup, FlowStart } from "./condition.ts";
import { CONDITIONS, type ConditionSettings, type ConditionType } from "./conditions/index.ts";
import type { Hop, HopKind } from "./hop.ts";
import { narrow } from "./narrowed.ts";
import { Timeline } from "./timeline.ts";

/** A hop made ready for flows; one serves every flow of its profile. */
export interface PathHop {
  readonly name: string;
  readonly kind: HopKind;
  /** In the order in which they act on a segment. */
  readonly conditions: readonly PathCondition[];
}

/** A condition made ready for flows. */
export interface PathCondition {
  readonly type: ConditionType;
  /** Names it in its path: its own name, or the hop's and its type. */
  readonly id: string;
  /** Whether it may hold back, split or drop segments. */
  readonly delays: boolean;
  /** Gives a flow its own state; `openedAt` is the flow's creation unless the condition comes later. */
  open(flow: PathFlow, openedAt?: Millis): Condition;
}

/** What a path is told of its flow. */
export interface PathFlow {
  readonly createdAt: Millis;
  /** The device's address, where there is one. */
  readonly source?: string | undefined;
  /** Whether requests will be seen and told (`reviewed`); default false. */
  readonly http?: boolean;
  /** Random numbers for this flow; default: those of seed 0. */
  readonly random?: Random;
  /** Has the path's deadlines looked at anew; default: nobody does. */
  wake?(): void;
}

/** Readies the hops of a profile, once for all its flows; what is the same as in `previous` is that very object. */
export function preparePath(
  hops: readonly Hop[],
  setup: ConditionSetup = { random: new Random(0), timeline: new Timeline(0) },
  previous: readonly PathHop[] = [],
): readonly PathHop[] {
  const before = new Map(previous.flatMap(({ conditions }) => conditions.map((each) => [each.id, each] as const)));
  return hops.map((hop) => {
    const conditions = identified(hop).map(([id, settings]) => {
      const known = before.get(id);
      if (known instanceof Prepared && known.preparedFrom(hop.name, settings)) return known;
      return new Prepared(hop.name, id, settings, setup);
    });
    return { name: hop.name, kind: hop.kind, conditions };
  });
}

/** Whether a path may hold segments back, so that data has to wait in it instead of flowing beside it. */
export function mayDelay(hops: readonly PathHop[]): boolean {
  return hops.some((hop) => hop.conditions.some((condition) => condition.delays));
}

/** A hop's conditions by their names: their own, or `hop/type`, `hop/type-2` and so on. */
export function identified({ name, conditions }: Hop): readonly (readonly [id: string, settings: ConditionSettings])[] {
  const counts = new Map<string, number>();
  return conditions.map((settings) => {
    if (settings.name !== undefined) return [settings.name, settings];
    const count = (counts.get(settings.type) ?? 0) + 1;
    counts.set(settings.type, count);
    return [`${name}/${settings.type}${count === 1 ? "" : `-${count}`}`, settings];
  });
}

/** One view of the table for every settings; sound because `type` picks the line made for them. */
const KINDS: Readonly<Record<ConditionType, ConditionKind<ConditionSettings>>> = CONDITIONS;

class Prepared implements PathCondition {
  readonly id: string;
  readonly type: ConditionType;
  readonly delays: boolean;
  readonly #hop: string;
  readonly #settings: ConditionSettings;
  readonly #open: (flow: FlowStart) => Condition;

  constructor(hop: string, id: string, settings: ConditionSettings, { random, timeline }: ConditionSetup) {
    const kind = KINDS[settings.type];
    const setup = { random: random.fork(id), timeline };
    this.id = id;
    this.type = settings.type;
    this.delays = kind.delays;
    this.#hop = hop;
    this.#settings = settings;
    this.#open = narrow(settings, kind.prepare(settings, setup), setup);
  }

  open(flow: PathFlow, openedAt: Millis = flow.createdAt): Condition {
    return this.#open(new Start(flow, openedAt, this.id));
  }

  preparedFrom(hop: string, settings: ConditionSettings): boolean {
    return this.#hop === hop && JSON.stringify(this.#settings) === JSON.stringify(settings);
  }
}

/** A flow as one of its conditions sees it. */
class Start implements FlowStart {
  readonly createdAt: Millis;
  readonly #flow: PathFlow;
  readonly #label: string;
  #random: Random | undefined;

  constructor(flow: PathFlow, createdAt: Millis, label: string) {
    this.createdAt = createdAt;
    this.#flow = flow;
    this.#label = label;
  }

  get source(): string | undefined {
    return this.#flow.source;
  }

  get http(): boolean {
    return this.#flow.http ?? false;
  }

  /** Most conditions draw nothing, so a source is made for the first that does. */
  get random(): Random {
    return (this.#random ??= (this.#flow.random ?? new Random(0)).fork(this.#label));
  }

  wake(): void {
    this.#flow.wake?.();
  }
}
