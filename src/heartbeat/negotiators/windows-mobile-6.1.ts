import { settingFaults, type NegotiatorSettings, type SettingName } from "./negotiator.ts";

const MINUTE_SETTINGS = [
  "initialSeconds",
  "minimumSeconds",
  "maximumSeconds",
  "incrementSeconds",
] as const satisfies readonly SettingName[];

/**
 * Everything that is wrong with the settings of a device that parks the Sync: its `Wait` counts whole minutes
 * (MS-ASCMD, Wait), so every interval must be a multiple of 60 s. The search itself is that of Windows Mobile.
 */
export function wholeMinuteFaults(settings: NegotiatorSettings): readonly string[] {
  const broken = MINUTE_SETTINGS.filter((name) => Number.isInteger(settings[name]) && settings[name] % 60 !== 0);
  const faults = broken.map((name) => {
    const word = name.replace("Seconds", "");
    return `${word}: found ${settings[name]} s, expected whole minutes, because this device's Sync waits in minutes`;
  });
  return [...settingFaults(settings), ...faults];
}
