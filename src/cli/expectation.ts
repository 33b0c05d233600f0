import { EVENT_KINDS, type ApiEvent, eventSchema } from "../control/api/event-schemas.ts";
import { UsageError } from "../errors.ts";
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

/** A field that no such event has would be waited for in vain. */
function fieldFrom(part: string, text: string, known: readonly string[]): readonly [string, string] {
  const [, name, value] = /^(\w+)=(.*)$/su.exec(part) ?? [];
  if (name === undefined || value === undefined) throw refusal(text, "fields such as outcome=held behind the colon");
  if (known.includes(name)) return [name, value];
  throw refusal(text, `${anyOf(known)} behind the colon${suggestion(name, known)}`);
}

function fieldsOf(kind: string): readonly string[] {
  return Object.keys(eventSchema.options.find(({ shape }) => shape.kind.value === kind)?.shape ?? {});
}

function refusal(text: string, expected: string): UsageError {
  return new UsageError("E_USAGE", `--until: found ${quoted(text)}, expected ${expected}`);
}
