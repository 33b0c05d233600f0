import { visible } from "../profile/words.ts";

/** Fields that stand elsewhere in a line: its time and level before the text, the stack of an error below it. */
const ELSEWHERE: ReadonlySet<string> = new Set(["time", "level", "err"]);

/** The text of a log line for people: its message, then its fields as `name=value`. */
export function textOf(line: Readonly<Record<string, unknown>>, messageKey: string): string {
  const fields = Object.entries(line).filter(([name]) => name !== messageKey && !ELSEWHERE.has(name));
  return [String(line[messageKey]), ...fields.map(([name, value]) => `${name}=${valueText(value)}`)].join(" ");
}

/** A value that could be taken for more than one, or for another line, stands in quotes. */
function valueText(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return /^[^\s"=\p{C}]+$/u.test(text) ? text : visible(JSON.stringify(text));
}
