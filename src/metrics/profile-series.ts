import type { EndingName } from "../path/condition.ts";
import { CONDITIONS, type ConditionType } from "../path/conditions/index.ts";
import type { EndCause } from "../path/path-effect.ts";
import type { Hop, Profile } from "../path/hop.ts";
import { ACTIONS, type Series } from "./series.ts";

/** What ends flows: a hop, or an operator, and by what. */
interface Ender {
  readonly hop: string;
  readonly condition: EndCause;
}

/** The series of hops, which come and go with the profiles in force. */
export class ProfileSeries {
  readonly #series: Pick<Series, "expiries" | "cuts" | "idleTimeout">;
  /** Those that are shown, by hop and condition. */
  #shown = new Map<string, Ender>();

  constructor(series: Pick<Series, "expiries" | "cuts" | "idleTimeout">) {
    this.#series = series;
  }

  /** Shows what these profiles set, and what may end flows in them at 0 at least; what no profile has any more goes. */
  use(profiles: readonly Profile[]): void {
    const inForce = new Map([OPERATOR, ...profiles.flatMap(endersOf)].map((ender) => [keyOf(ender), ender]));
    for (const [key, ender] of this.#shown) if (!inForce.has(key)) this.#forget(ender);
    for (const ender of inForce.values()) this.#show(ender);
    this.#shown = inForce;
    this.#showIdleTimeouts(profiles);
  }

  /**
   * Counts a flow that ended. Only the end of a silence that a hop doesn't bear is an expiry. A flow may outlive the
   * profile that it began with: what ends it is shown until other profiles come.
   */
  countEnd(hop: string, condition: EndCause, action: EndingName): void {
    const ender = { hop, condition };
    this.#shown.set(keyOf(ender), ender);
    this.#add(ender, action, 1);
  }

  #showIdleTimeouts(profiles: readonly Profile[]): void {
    this.#series.idleTimeout.reset();
    for (const { name, hops } of profiles) {
      for (const hop of hops) {
        const seconds = idleTimeoutSeconds(hop);
        if (seconds !== undefined) this.#series.idleTimeout.set({ profile: name, hop: hop.name }, seconds);
      }
    }
  }

  #show(ender: Ender): void {
    for (const action of ACTIONS) this.#add(ender, action, 0);
  }

  #add({ hop, condition }: Ender, action: EndingName, count: number): void {
    if (condition === "idle-timeout") this.#series.expiries.inc({ hop, action }, count);
    else this.#series.cuts.inc({ hop, condition, action }, count);
  }

  #forget({ hop, condition }: Ender): void {
    for (const action of ACTIONS) {
      if (condition === "idle-timeout") this.#series.expiries.remove({ hop, action });
      else this.#series.cuts.remove({ hop, condition, action });
    }
  }
}

/** Who ends a flow from outside, as hop and as condition. */
const OPERATOR: Ender = { hop: "operator", condition: "operator" };

function keyOf({ hop, condition }: Ender): string {
  return `${condition} ${hop}`;
}

function endersOf({ hops }: Profile): readonly Ender[] {
  return hops.flatMap((hop) => endingTypes(hop).map((condition) => ({ hop: hop.name, condition })));
}

/** The types of a hop's conditions that end flows: those that hold nothing back. */
function endingTypes({ conditions }: Hop): readonly ConditionType[] {
  return conditions.map(({ type }) => type).filter((type) => !CONDITIONS[type].delays);
}

/** The shortest idle time-out of a hop, which is the one that is felt. */
function idleTimeoutSeconds(hop: Hop): number | undefined {
  const timeouts = hop.conditions
    .filter((condition) => condition.type === "idle-timeout")
    .map((condition) => condition.idleTimeoutMs / 1000);
  return timeouts.length === 0 ? undefined : Math.min(...timeouts);
}
