import type { z } from "zod";
import type * as boundsSchemas from "./bounds-schemas.ts";
import type * as recommendationSchemas from "./recommendation-schemas.ts";
import type * as schemas from "./schemas.ts";

/** What the API answers and takes, as it stands in JSON. */
export type AboutResource = z.input<typeof schemas.aboutSchema>;
export type ListenerResource = z.input<typeof schemas.listenerSchema>;
export type NewListener = z.input<typeof schemas.newListenerSchema>;
export type ListenerChange = z.input<typeof schemas.listenerChangeSchema>;
export type ConditionResource = z.input<typeof schemas.placedConditionSchema>;
export type NewCondition = z.input<typeof schemas.newConditionSchema>;
export type FlowResource = z.input<typeof schemas.flowSchema>;
export type DeviceResource = z.input<typeof schemas.deviceSchema>;
export type BoundsResource = z.input<typeof boundsSchemas.networkSchema>;
export type AlertResource = z.input<typeof boundsSchemas.alertSchema>;
export type RecommendationResource = z.input<typeof recommendationSchemas.recommendationSchema>;
export type NetworkRecommendationResource = z.input<typeof recommendationSchemas.networkRecommendationSchema>;
export type RecommendationsResource = Omit<z.input<typeof recommendationSchemas.recommendationsSchema>, "next">;
export type HopAdviceResource = RecommendationResource["hops"][number];
export type ScenarioResource = z.input<typeof schemas.scenarioSchema>;
export type ProblemResource = z.input<typeof schemas.problemSchema>;

/** A profile as its file spells it. */
export type WrittenProfileResource = ListenerResource["profile"];

/** A condition as a profile spells it. */
export type WrittenConditionResource = ConditionResource["condition"];

/** Which flows a change reaches; default new ones only. */
export interface Reach {
  readonly flows?: "new" | "all";
}

/** Settings of a condition that are to be others, inside mappings too; `null` takes one away. */
export type ConditionChange = Changed<WrittenConditionResource>;

type Changed<Value> = Value extends readonly unknown[]
  ? Value
  : Value extends object
    ? { readonly [Key in keyof Value]?: Changed<Value[Key]> | null }
    : Value;
