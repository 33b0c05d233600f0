import type { Millis } from "../../core/machine.ts";
import type { WaitingCommand } from "../events.ts";
import { Android2009Negotiator, ANDROID_2009_READ_LIMIT_MS, readLimitFaults } from "./android-2009.ts";
import { Android2012Negotiator } from "./android-2012.ts";
import { Android2013Negotiator } from "./android-2013.ts";
import { FixedNegotiator } from "./fixed.ts";
import {
  DEFAULT_GRACE_MS,
  LONGEST_INTERVAL_SECONDS,
  settingFaults,
  type Negotiator,
  type NegotiatorSettings,
  type SettingName,
} from "./negotiator.ts";
import { wholeMinuteFaults } from "./windows-mobile-6.1.ts";
import { WindowsMobileNegotiator } from "./windows-mobile.ts";

/** The name of a device model. */
export type ModelName =
  | "windows-mobile"
  | "windows-mobile-6.1"
  | "android-2009"
  | "android-2012"
  | "android-2013"
  | "fixed";

/** A kind of device: how it waits and how it searches. */
export interface DeviceModel {
  readonly name: ModelName;
  /** What it does, in one plain sentence. */
  readonly summary: string;
  /** What it writes as DeviceType in its requests. */
  readonly deviceType: string;
  readonly protocolVersion: string;
  readonly waitingCommand: WaitingCommand;
  readonly defaults: NegotiatorSettings;
  /** How long it waits for an answer at least, whatever it asked, in ms; absent where that hangs on the interval alone. */
  readonly readLimitMs?: Millis;
  /** The settings that mean something to this model; another one is a fault. */
  readonly uses: readonly SettingName[];
  readonly faults: (settings: NegotiatorSettings) => readonly string[];
  readonly create: (settings: NegotiatorSettings) => Negotiator;
}

/** Settings that can be used, or everything that is wrong with them. */
export type SettingsReading =
  | { readonly kind: "settings"; readonly settings: NegotiatorSettings }
  | { readonly kind: "faults"; readonly faults: readonly string[] };

/**
 * The seed's course: 15 min, then 8, then steps of 4 (Understanding Direct Push). What Windows Mobile has as its maximum
 * is not known; 3540 s is the most that Exchange takes (MS-ASCMD, HeartbeatInterval).
 */
const WINDOWS_MOBILE_DEFAULTS: NegotiatorSettings = {
  initialSeconds: 900,
  minimumSeconds: 480,
  maximumSeconds: 3540,
  incrementSeconds: 240,
  graceMs: DEFAULT_GRACE_MS,
};

/** On mobile networks; 900 s on Wi-Fi. It knows neither bounds nor steps (AOSP, commit 96293e01, EasSyncService.java). */
const ANDROID_2009_DEFAULTS: NegotiatorSettings = {
  initialSeconds: 295,
  minimumSeconds: 295,
  maximumSeconds: 295,
  incrementSeconds: 1,
  graceMs: DEFAULT_GRACE_MS,
};

/** Minutes less 10 s (AOSP, EasSyncService.java, PING_FUDGE_LOW); CyanogenMod had 1790 s as the maximum (cdb25bbd). */
const ANDROID_2012_DEFAULTS: NegotiatorSettings = {
  initialSeconds: 470,
  minimumSeconds: 290,
  maximumSeconds: 1010,
  incrementSeconds: 180,
  graceMs: DEFAULT_GRACE_MS,
};

/** Source: AOSP, EasPing.java. */
const ANDROID_2013_DEFAULTS: NegotiatorSettings = {
  initialSeconds: 480,
  minimumSeconds: 480,
  maximumSeconds: 1680,
  incrementSeconds: 300,
  graceMs: DEFAULT_GRACE_MS,
};

const EVERY_SETTING = [
  "initialSeconds",
  "minimumSeconds",
  "maximumSeconds",
  "incrementSeconds",
  "graceMs",
] as const satisfies readonly SettingName[];

/** Every device model, in the order in which help lists them. */
export const DEVICE_MODELS: readonly DeviceModel[] = [
  {
    name: "windows-mobile",
    summary: "waits with Ping; an answer raises the interval, no answer undoes the raise or falls to the minimum",
    deviceType: "PocketPC",
    protocolVersion: "12.0",
    waitingCommand: "Ping",
    defaults: WINDOWS_MOBILE_DEFAULTS,
    uses: EVERY_SETTING,
    faults: settingFaults,
    create: (settings) => new WindowsMobileNegotiator(settings),
  },
  {
    name: "windows-mobile-6.1",
    summary: "searches like windows-mobile, but waits with the Sync itself, in whole minutes",
    deviceType: "PocketPC",
    protocolVersion: "12.1",
    waitingCommand: "Sync",
    defaults: WINDOWS_MOBILE_DEFAULTS,
    uses: EVERY_SETTING,
    faults: wholeMinuteFaults,
    create: (settings) => new WindowsMobileNegotiator(settings),
  },
  {
    name: "android-2009",
    summary: "waits with Ping for one interval and learns nothing; it hears of silence after 20 min only",
    deviceType: "Android",
    protocolVersion: "12.0",
    waitingCommand: "Ping",
    defaults: ANDROID_2009_DEFAULTS,
    readLimitMs: ANDROID_2009_READ_LIMIT_MS,
    uses: ["initialSeconds"],
    faults: readLimitFaults,
    create: (settings) => new Android2009Negotiator(settings),
  },
  {
    name: "android-2012",
    summary: "waits with Ping; an answer raises, an RST lowers once and freezes, a FIN or silence makes it forget",
    deviceType: "Android",
    protocolVersion: "14.1",
    waitingCommand: "Ping",
    defaults: ANDROID_2012_DEFAULTS,
    uses: EVERY_SETTING,
    faults: settingFaults,
    create: (settings) => new Android2012Negotiator(settings),
  },
  {
    name: "android-2013",
    summary: "waits with Ping; an answer raises and no answer lowers by the same step, and nothing is remembered",
    deviceType: "Android",
    protocolVersion: "14.1",
    waitingCommand: "Ping",
    defaults: ANDROID_2013_DEFAULTS,
    uses: EVERY_SETTING,
    faults: settingFaults,
    create: (settings) => new Android2013Negotiator(settings),
  },
  {
    name: "fixed",
    summary: "waits with Ping and always asks the same interval, whatever happens",
    deviceType: "SmartPhone",
    protocolVersion: "12.1",
    waitingCommand: "Ping",
    defaults: WINDOWS_MOBILE_DEFAULTS,
    uses: ["initialSeconds", "graceMs"],
    faults: (settings) => settingFaults({ ...settings, minimumSeconds: 1, maximumSeconds: LONGEST_INTERVAL_SECONDS }),
    create: (settings) => new FixedNegotiator(settings),
  },
];

/** The model of that name, `undefined` when there is none. */
export function deviceModel(name: ModelName): DeviceModel;
export function deviceModel(name: string): DeviceModel | undefined;
export function deviceModel(name: string): DeviceModel | undefined {
  return DEVICE_MODELS.find((model) => model.name === name);
}

/** The model's defaults with some of them replaced, or what is wrong with that. */
export function readSettings(model: DeviceModel, overrides: Partial<NegotiatorSettings>): SettingsReading {
  const settings = { ...model.defaults, ...overrides };
  const faults = [...unusedFaults(model, overrides), ...model.faults(settings)];
  return faults.length === 0 ? { kind: "settings", settings } : { kind: "faults", faults };
}

/** A setting that means nothing to a model would be a silent slip. */
function unusedFaults({ name: model, uses }: DeviceModel, overrides: Partial<NegotiatorSettings>): readonly string[] {
  return EVERY_SETTING.flatMap((name) => {
    const value = overrides[name];
    if (value === undefined || uses.includes(name)) return [];
    const found = `${value} ${name === "graceMs" ? "ms" : "s"}`;
    return [`${wordOf(name)}: found ${found}, expected none: ${model} takes only ${uses.map(wordOf).join(" and ")}`];
  });
}

/** A setting's name as options and messages have it. */
function wordOf(name: SettingName): string {
  return name.replace(/Seconds|Ms/u, "");
}
