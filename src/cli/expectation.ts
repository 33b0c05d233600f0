import type { z } from "zod";
import { EVENT_KINDS, type ApiEvent, eventSchema } from "../control/api/event-schemas.ts";
import { UsageError } from "../errors.ts";
import { faultsOf, READING } from "../profile/issues.ts";
import { anyOf, quoted, suggestion } from "../profile/words.ts";

/**
 * Reads what is waited for: a kind, and what some of its fields say, `ended:outcome=held,heartbeatIntervalSeconds=720`.
 * @throws UsageError E_USAGE what was found and what was expected
 */
export function expectationFrom(text: string): (event: ApiEvent) => boolean {
  const [kind = "", rest] = text.split(/:(.*)/su);
  if (!EVENT_KINDS.some((each) => each === kind))
    throw refusal(text, `${anyOf(EVENT_KINDS)} first${suggestion(kind, EVENT_KINDS)}`);
  const known = fieldsOf(kind);
  const fields = rest === undefined ? [] : rest.split(",").map((part) => fieldFrom(part, text, known));
  return (event) => event.kind === kind && fields.every(([name, value]) => String(Reflect.get(event, name)) === value);
}

/** A field that no such event has, or a value that it never has, would be waited for in vain. */
function fieldFrom(part: string, text: string, known: ReadonlyMap<string, z.ZodType>): readonly [string, string] {
  const [, name, value] = /^(\w+)=(.*)$/su.exec(part) ?? [];
  if (name === undefined || value === undefined) throw refusal(text, "fields such as outcome=held behind the colon");
  const schema = known.get(name);
  const names = [...known.keys()];
  if (schema === undefined) throw refusal(text, `${anyOf(names)} behind the colon${suggestion(name, names)}`);
  const fault = valueFault(schema, value);
  if (fault !== undefined) throw new UsageError("E_USAGE", `--until: ${name}: ${fault}`);
  return [name, value];
}

/** Values are compared as texts: a number must be written as it is printed. */
function valueFault(schema: z.ZodType, value: string): string | undefined {
  const read = String(Number(value)) === value ? [Number(value), value] : [value];
  const readings = read.map((each) => schema.safeParse(each, READING));
  if (readings.some(({ success }) => success)) return undefined;
  return faultsOf(readings[0]?.error?.issues ?? [])[0]?.message;
}

function fieldsOf(kind: string): ReadonlyMap<string, z.ZodType> {
  const option = eventSchema.options.find(({ shape }) => shape.kind.value === kind);
  return new Map<string, z.ZodType>(Object.entries(option?.shape ?? {}));
}

function refusal(text: string, expected: string): UsageError {
  return new UsageError("E_USAGE", `--until: found ${quoted(text)}, expected ${expected}`);
}
