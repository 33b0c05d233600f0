import { z } from "zod";
import { alertsSchema, networksSchema } from "./bounds-schemas.ts";
import { eventSchema, historySchema } from "./event-schemas.ts";
import { recommendationsSchema } from "./recommendation-schemas.ts";
import * as schemas from "./schemas.ts";
import { looseShapeOf, shapeOf } from "./shape.ts";
import type { ConditionResource, ListenerResource, WrittenProfileResource } from "./types.ts";

/** What is in force may be what no file can hold: Toxiproxy's clients name hops, and add conditions, as they like. */
const condition = z.looseObject({ type: z.string() });
const profile = z.looseObject({ name: z.string(), hops: z.array(z.looseObject({ name: z.string() })) });
const listener = schemas.listenerSchema.extend({ profile });
const placedCondition = schemas.placedConditionSchema.extend({ condition });

/** What the API answers, by what it is of. */
export const SHAPES = {
  about: shapeOf(schemas.aboutSchema),
  description: shapeOf(schemas.openApiSchema),
  profiles: looseShapeOf<{ readonly profiles: readonly WrittenProfileResource[] }>(
    z.object({ profiles: z.array(profile) }),
  ),
  profile: looseShapeOf<WrittenProfileResource>(profile),
  listeners: looseShapeOf<{ readonly listeners: readonly ListenerResource[] }>(
    z.object({ listeners: z.array(listener) }),
  ),
  listener: looseShapeOf<ListenerResource>(listener),
  conditions: looseShapeOf<{ readonly conditions: readonly ConditionResource[] }>(
    z.object({ conditions: z.array(placedCondition) }),
  ),
  condition: looseShapeOf<ConditionResource>(placedCondition),
  flows: shapeOf(schemas.flowsSchema),
  flow: shapeOf(schemas.flowSchema),
  devices: shapeOf(schemas.devicesSchema),
  device: shapeOf(schemas.deviceSchema),
  ended: shapeOf(schemas.endedSchema),
  bounds: shapeOf(networksSchema),
  alerts: shapeOf(alertsSchema),
  recommendations: shapeOf(recommendationsSchema),
  scenario: shapeOf(schemas.scenarioSchema),
  reloaded: shapeOf(schemas.reloadedSchema),
  history: shapeOf(historySchema),
  event: shapeOf(eventSchema),
} as const;
