import { EVENT_KINDS, type ApiEvent } from "../control/api/event-schemas.ts";
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
  const fields = rest === undefined ? [] : rest.split(",").map((part) => fieldFrom(part, text));
  return (event) => event.kind === kind && fields.every(([name, value]) => String(Reflect.get(event, name)) === value);
}

function fieldFrom(part: string, text: string): readonly [string, string] {
  const [, name, value] = /^(\w+)=(.*)$/su.exec(part) ?? [];
  if (name === undefined || value === undefined) throw refusal(text, "fields such as outcome=held behind the colon");
  return [name, value];
}

function refusal(text: string, expected: string): UsageError {
  return new UsageError("E_USAGE", `--until: found ${quoted(text)}, expected ${expected}`);
}
