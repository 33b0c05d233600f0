/**
 * Changes of a profile's conditions, as values: a profile goes in, another comes out, and whoever has it puts it in force.
 *
 * A condition's id is its `name`, or else its hop and type, `carrier/idle-timeout`, the second such one
 * `carrier/idle-timeout-2`. Ids without a name count what is there now, so they move up when an earlier one is removed.
 */
import type { ConditionSettings } from "../path/conditions/index.ts";
import type { Hop, HopKind, Profile } from "../path/hop.ts";
import { identified } from "../path/path-hop.ts";
import type { DocumentPath, ValueFault } from "./document.ts";
import { readProfileValue } from "./reader.ts";
import { counted } from "./words.ts";
import { writeProfile } from "./writer.ts";

/** A condition with its place in a profile. */
export interface PlacedCondition {
  /** Unique in its profile. */
  readonly id: string;
  readonly hop: string;
  /** Among the conditions of its hop, from 0. */
  readonly position: number;
  readonly settings: ConditionSettings;
}

/** A condition to be added. */
export interface Addition {
  /** The name of the hop; one that is not there is made. */
  readonly hop: string;
  /** What a hop that is made is, default `network`; of one that is there, what it is. */
  readonly kind?: HopKind | undefined;
  readonly settings: ConditionSettings;
  /** Among the conditions of its hop, from 0; default behind them all. */
  readonly position?: number | undefined;
}

/** What became of a change. */
export type Edit =
  /** With the place of the condition in question: where it now is, or, removed, where it was. */
  | { readonly kind: "edited"; readonly profile: Profile; readonly hop: string; readonly position: number }
  /** No condition has that id. */
  | { readonly kind: "unknown" }
  /** Another condition has that id. */
  | { readonly kind: "taken"; readonly id: string }
  /** The profile would break rules; paths begin with `condition`, `hop`, `kind` or `position`. */
  | { readonly kind: "faults"; readonly faults: readonly ValueFault[] };

/** Every condition of a profile, in the order in which a segment from the device meets them. */
export function conditionsOf(profile: Profile): readonly PlacedCondition[] {
  return profile.hops.flatMap((hop) =>
    identified(hop).map(([id, settings], position) => ({ id, hop: hop.name, position, settings })),
  );
}

/**
 * Adds a condition. A hop that is not there is made next to the server, before a last hop that is a reverse proxy: that
 * one terminates TLS.
 */
export function addCondition(profile: Profile, { hop, kind, settings, position }: Addition): Edit {
  const taken = takenName(profile, settings);
  if (taken !== undefined) return taken;
  const there = profile.hops.find((each) => each.name === hop);
  if (there !== undefined && kind !== undefined && kind !== there.kind)
    return { kind: "faults", faults: [otherwise(kind, there)] };
  const hops =
    there === undefined ? withHop(profile.hops, { name: hop, kind: kind ?? "network", conditions: [] }) : profile.hops;
  const count = hops.flatMap(({ name: each, conditions }) => (each === hop ? conditions : [])).length;
  const at = position ?? count;
  if (at > count) return { kind: "faults", faults: [beyond(at, count)] };
  return edited(profile, hops.map(inHop(hop, (conditions) => conditions.toSpliced(at, 0, settings))), hop, at);
}

/** Puts a condition in another's place. */
export function changeCondition(profile: Profile, id: string, settings: ConditionSettings): Edit {
  const placed = conditionsOf(profile).find((each) => each.id === id);
  if (placed === undefined) return { kind: "unknown" };
  const taken = takenName(profile, settings, id);
  if (taken !== undefined) return taken;
  const { hop, position } = placed;
  return edited(
    profile,
    profile.hops.map(inHop(hop, (conditions) => conditions.with(position, settings))),
    hop,
    position,
  );
}

/** Takes a condition away, and with the last one of a hop the hop: without conditions it does nothing. */
export function removeCondition(profile: Profile, id: string): Edit {
  const placed = conditionsOf(profile).find((each) => each.id === id);
  if (placed === undefined) return { kind: "unknown" };
  const { hop, position } = placed;
  const hops = profile.hops
    .map(inHop(hop, (conditions) => conditions.toSpliced(position, 1)))
    .filter(({ name, conditions }) => name !== hop || conditions.length > 0);
  return { kind: "edited", profile: { ...profile, hops }, hop, position };
}

/** Says that the name of a condition is another one's id; `ownId` is that of the condition itself, if it is there. */
function takenName(profile: Profile, { name }: ConditionSettings, ownId?: string): Edit | undefined {
  const isFree = name === undefined || name === ownId || conditionsOf(profile).every(({ id }) => id !== name);
  return isFree ? undefined : { kind: "taken", id: name };
}

function withHop(hops: readonly Hop[], hop: Hop): readonly Hop[] {
  const behind = hops.at(-1)?.kind === "reverse-proxy" && hop.kind !== "reverse-proxy" ? 1 : 0;
  return hops.toSpliced(hops.length - behind, 0, hop);
}

function inHop(name: string, change: (conditions: Hop["conditions"]) => Hop["conditions"]): (hop: Hop) => Hop {
  return (hop) => (hop.name === name ? { ...hop, conditions: change(hop.conditions) } : hop);
}

function edited(profile: Profile, hops: readonly Hop[], hop: string, position: number): Edit {
  const next = { ...profile, hops };
  const faults = newFaults(profile, next);
  if (faults.length > 0) return { kind: "faults", faults: faults.map(fromRoot(hops, hop, position)) };
  return { kind: "edited", profile: next, hop, position };
}

/** What the change breaks; a profile in force may have hops that no file can have, such as those of Toxiproxy's toxics. */
function newFaults(before: Profile, after: Profile): readonly ValueFault[] {
  const known = new Set(faultsOf(before).map((fault) => placeOf(fault, before)));
  return faultsOf(after).filter((fault) => !known.has(placeOf(fault, after)));
}

function faultsOf(profile: Profile): readonly ValueFault[] {
  const reading = readProfileValue(writeProfile(profile));
  return reading.kind === "faults" ? reading.faults : [];
}

/** A fault with its place, the hop by its name: a hop that is added moves others. */
function placeOf({ path, message }: ValueFault, { hops }: Profile): string {
  const [list, index, ...rest] = path;
  return JSON.stringify([list, hops[Number(index)]?.name, rest, message]);
}

/**
 * Says a fault of the profile as one of the change: what is wrong with its condition, or else with its hop, where that
 * has no place in the list or breaks another hop.
 */
function fromRoot(hops: readonly Hop[], hop: string, position: number): (fault: ValueFault) => ValueFault {
  const condition = ["hops", hops.findIndex(({ name }) => name === hop), "conditions", position].join("/");
  return (fault) => {
    const own = fault.path.slice(0, 4).join("/") === condition;
    return { ...fault, path: own ? ["condition", ...fault.path.slice(4).map(String)] : ["hop"] };
  };
}

function otherwise(kind: HopKind, there: Hop): ValueFault {
  return { path: ["kind"], message: `found ${kind}, expected ${there.kind}, which the hop ${there.name} is already` };
}

function beyond(at: number, count: number): ValueFault {
  const path: DocumentPath = ["position"];
  return { path, message: `found ${at}, expected ${count} at most: the hop has ${counted(count, "condition")}` };
}
