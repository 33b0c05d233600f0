import type { ConditionChange } from "../control/api/types.ts";
import { UsageError } from "../errors.ts";
import type { ConditionSettings } from "../path/conditions/index.ts";
import type { Profile } from "../path/hop.ts";
import {
  addCondition,
  type Addition,
  changeCondition,
  conditionsOf,
  type Edit,
  removeCondition,
} from "../profile/edit.ts";
import { type ConditionReading, patchCondition, readCondition } from "../profile/read-condition.ts";
import { anyOf, quoted } from "../profile/words.ts";
import { invalidProfile } from "./profile-from.ts";

/** A profile with one more condition, and that one's id. */
export function added(
  profile: Profile,
  hop: string,
  condition: object,
  place: Pick<Addition, "kind" | "position">,
): { readonly profile: Profile; readonly id: string } {
  const edit = addCondition(profile, { hop, settings: settingsOf(readCondition(condition)), ...place });
  const next = edited(profile, edit, "");
  const placed = conditionsOf(next).find((each) => edit.kind === "edited" && isAt(each, edit));
  return { profile: next, id: placed?.id ?? "" };
}

/** A profile with other settings of a condition. */
export function changed(profile: Profile, id: string, settings: ConditionChange): Profile {
  const placed = conditionsOf(profile).find((each) => each.id === id);
  if (placed === undefined) return edited(profile, { kind: "unknown" }, id);
  return edited(
    profile,
    changeCondition(profile, id, settingsOf(patchCondition(placed.settings, { ...settings }))),
    id,
  );
}

/** A profile without a condition. */
export function removed(profile: Profile, id: string): Profile {
  return edited(profile, removeCondition(profile, id), id);
}

function settingsOf(reading: ConditionReading): ConditionSettings {
  if (reading.kind === "condition") return reading.settings;
  throw invalidProfile(reading.faults);
}

function edited(profile: Profile, edit: Edit, id: string): Profile {
  switch (edit.kind) {
    case "edited":
      return edit.profile;
    case "faults":
      throw invalidProfile(edit.faults);
    case "taken":
      throw invalidProfile([
        {
          path: ["condition", "name"],
          message: `found ${quoted(edit.id)}, which another condition has: expected another name`,
        },
      ]);
    case "unknown": {
      const ids = conditionsOf(profile).map((each) => each.id);
      throw new UsageError(
        "E_USAGE",
        `found no condition ${quoted(id)}, expected ${anyOf(ids) || "one that is there"}`,
      );
    }
  }
}

function isAt(
  one: { readonly hop: string; readonly position: number },
  other: { readonly hop: string; readonly position: number },
): boolean {
  return one.hop === other.hop && one.position === other.position;
}
