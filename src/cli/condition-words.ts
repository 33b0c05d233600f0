import type { WrittenConditionResource } from "../control/api/types.ts";
import { UsageError } from "../errors.ts";
import { readDocument } from "../profile/document.ts";
import { quoted } from "../profile/words.ts";

/**
 * A condition from words such as `idle-timeout idleTimeout=5m`; whether it is a good one is for the server to say.
 * @throws UsageError E_USAGE
 */
export function conditionFrom(words: readonly string[]): WrittenConditionResource {
  const [type = "", ...settings] = words;
  if (type.includes("="))
    throw new UsageError("E_USAGE", `found ${quoted(type)}, expected the condition's type before its settings`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the server reads it as it reads any body
  return { type, ...settingsFrom(settings) } as WrittenConditionResource;
}

/**
 * Settings from words such as `idleTimeout=5m`; a value is YAML, so that numbers, lists and mappings can be written.
 * @throws UsageError E_USAGE
 */
export function settingsFrom(words: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(words.map(settingFrom));
}

function settingFrom(word: string): readonly [string, unknown] {
  const [, key = "", text = ""] = /^([A-Za-z]+)=(.*)$/su.exec(word) ?? [];
  if (key === "")
    throw new UsageError("E_USAGE", `found the setting ${quoted(word)}, expected KEY=VALUE, such as idleTimeout=5m`);
  const { value, faults } = readDocument(text);
  const [fault] = faults;
  if (fault !== undefined) throw new UsageError("E_USAGE", `${key}: ${fault.message}`);
  return [key, value];
}
