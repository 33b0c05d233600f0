/** What an emulator must be after calls of its API, told in the plainest way: no code of the program is used here. */
export interface ModelCondition {
  readonly type: string;
  readonly name?: string;
  readonly [setting: string]: unknown;
}

export interface ModelHop {
  readonly name: string;
  readonly kind: string;
  readonly conditions: readonly ModelCondition[];
}

export interface ModelProfile {
  readonly name: string;
  readonly title: string;
  readonly source: string;
  readonly hops: readonly ModelHop[];
}

export interface ModelListener {
  readonly name: string;
  readonly enabled: boolean;
  readonly target: string;
  readonly profile: ModelProfile;
}

const MOST = 16;

/** One condition with its id, as a listener's list shows it. */
export interface ModelPlace {
  readonly id: string;
  readonly hop: string;
  readonly position: number;
  readonly condition: ModelCondition;
}

/** Conditions in their order: an id is the name, or hop and type with a number from the second on. */
export function places({ hops }: ModelProfile): readonly ModelPlace[] {
  return hops.flatMap(({ name: hop, conditions }) => {
    const counts = new Map<string, number>();
    return conditions.map((condition, position) => {
      if (condition.name !== undefined) return { id: condition.name, hop, position, condition };
      const count = (counts.get(condition.type) ?? 0) + 1;
      counts.set(condition.type, count);
      const id = count === 1 ? `${hop}/${condition.type}` : `${hop}/${condition.type}-${count}`;
      return { id, hop, position, condition };
    });
  });
}

/** What becomes of a change: the status, and the profile where there is another one. */
export type ModelEdit = { readonly status: number; readonly profile?: ModelProfile };

export function modelAdd(profile: ModelProfile, hop: string, condition: ModelCondition, position?: number): ModelEdit {
  if (condition.name !== undefined && places(profile).some(({ id }) => id === condition.name)) return { status: 409 };
  const known = profile.hops.find(({ name }) => name === hop);
  const hops = known === undefined ? [...profile.hops, { name: hop, kind: "network", conditions: [] }] : profile.hops;
  const held = known?.conditions ?? [];
  const at = position ?? held.length;
  if (at > held.length || held.length >= MOST || hops.length > MOST) return { status: 422 };
  const conditions = [...held.slice(0, at), condition, ...held.slice(at)];
  return {
    status: 201,
    profile: { ...profile, hops: hops.map((each) => (each.name === hop ? { ...each, conditions } : each)) },
  };
}

export function modelReplace(profile: ModelProfile, wanted: string, condition: ModelCondition): ModelEdit {
  const place = places(profile).find(({ id }) => id === wanted);
  if (place === undefined) return { status: 404 };
  const { name } = condition;
  if (name !== undefined && name !== wanted && places(profile).some(({ id }) => id === name)) return { status: 409 };
  return { status: 200, profile: inPlace(profile, place, [condition]) };
}

export function modelRemove(profile: ModelProfile, wanted: string): ModelEdit {
  const place = places(profile).find(({ id }) => id === wanted);
  if (place === undefined) return { status: 404 };
  const left = inPlace(profile, place, []);
  const hops = left.hops.filter(({ name, conditions }) => name !== place.hop || conditions.length > 0);
  return { status: 204, profile: { ...left, hops } };
}

function inPlace(
  profile: ModelProfile,
  { hop, position }: ModelPlace,
  instead: readonly ModelCondition[],
): ModelProfile {
  const hops = profile.hops.map((each) => {
    if (each.name !== hop) return each;
    const conditions = [...each.conditions.slice(0, position), ...instead, ...each.conditions.slice(position + 1)];
    return { ...each, conditions };
  });
  return { ...profile, hops };
}
