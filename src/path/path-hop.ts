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
  /** What it was made ready as. A condition that goes on from one of a path before shares this with it, if not the id. */
  readonly origin: unknown;
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

/**
 * Readies the hops of a profile, once for all its flows. A condition goes on from one of the same hop with the same
 * settings in `previous`, if there is one, whatever number its id has now: of several that are alike from the one that
 * has the very settings, else from the first.
 */
export function preparePath(
  hops: readonly Hop[],
  setup: ConditionSetup = { random: new Random(0), timeline: new Timeline(0) },
  previous: readonly PathHop[] = [],
): readonly PathHop[] {
  const wanted = hops.map((hop) => {
    const places = identified(hop).map(([id, settings]): Wanted => ({ hop: hop.name, id, settings }));
    return { name: hop.name, kind: hop.kind, places };
  });
  const known = previous.flatMap(({ conditions }) => conditions.filter((each) => each instanceof Prepared));
  const kept = keptFor(
    wanted.flatMap(({ places }) => places),
    known,
  );
  const labels = new Set([...kept.values()].map(({ origin }) => origin.label));
  const ready = (place: Wanted): PathCondition => {
    const same = kept.get(place);
    if (same !== undefined) return same.id === place.id ? same : new Prepared(place.id, same.origin);
    const label = freeLabel(place.id, labels);
    labels.add(label);
    return new Prepared(place.id, new Origin(place.hop, label, place.settings, setup));
  };
  return wanted.map(({ name, kind, places }) => ({ name, kind, conditions: places.map(ready) }));
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

/** A condition as a path is to have it. */
interface Wanted {
  readonly hop: string;
  readonly id: string;
  readonly settings: ConditionSettings;
}

/** Finds for the conditions of a path those that they go on from, each for one at most. */
function keptFor(wanted: readonly Wanted[], known: readonly Prepared[]): ReadonlyMap<Wanted, Prepared> {
  const free = new Set(known);
  const kept = new Map<Wanted, Prepared>();
  const keep = (isSame: (origin: Origin, settings: ConditionSettings) => boolean): void => {
    for (const place of wanted.filter((each) => !kept.has(each))) {
      const same = [...free].find(({ origin }) => origin.hop === place.hop && isSame(origin, place.settings));
      if (same === undefined) continue;
      kept.set(place, same);
      free.delete(same);
    }
  };
  keep((origin, settings) => origin.settings === settings);
  keep((origin, settings) => origin.text === textOf(settings));
  return kept;
}

/** What the chances of a condition hang on: its id, unless one that was there before draws by that. */
function freeLabel(id: string, taken: ReadonlySet<string>): string {
  let label = id;
  for (let count = 2; taken.has(label); count += 1) label = `${id} ${count}`;
  return label;
}

/** Settings as a text, the same whatever the order of their keys. */
function textOf(settings: ConditionSettings): string {
  return JSON.stringify(settings, (_key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1)))
      : value,
  );
}

/** A condition as it was made ready, with all that its flows share. */
class Origin {
  readonly hop: string;
  /** What its chances hang on. */
  readonly label: string;
  readonly settings: ConditionSettings;
  readonly text: string;
  readonly delays: boolean;
  readonly #open: (flow: FlowStart) => Condition;

  constructor(hop: string, label: string, settings: ConditionSettings, whole: ConditionSetup) {
    const kind = KINDS[settings.type];
    const setup: ConditionSetup = {
      get random() {
        return whole.random.fork(label);
      },
      timeline: whole.timeline,
    };
    this.hop = hop;
    this.label = label;
    this.settings = settings;
    this.text = textOf(settings);
    this.delays = kind.delays;
    this.#open = narrow(settings, kind.prepare(settings, setup), setup);
  }

  open(flow: PathFlow, openedAt: Millis = flow.createdAt): Condition {
    return this.#open(new Start(flow, openedAt, this.label));
  }
}

/** A condition in its place in a path. */
class Prepared implements PathCondition {
  readonly id: string;
  readonly origin: Origin;

  constructor(id: string, origin: Origin) {
    this.id = id;
    this.origin = origin;
  }

  get type(): ConditionType {
    return this.origin.settings.type;
  }

  get delays(): boolean {
    return this.origin.delays;
  }

  open(flow: PathFlow, openedAt?: Millis): Condition {
    return this.origin.open(flow, openedAt);
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
