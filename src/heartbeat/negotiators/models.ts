import type { WaitingCommand } from "../events.ts";
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
export type ModelName = "windows-mobile" | "windows-mobile-6.1" | "fixed";

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
  const unused = EVERY_SETTING.filter((name) => overrides[name] !== undefined && !model.uses.includes(name));
  const settings = { ...model.defaults, ...overrides };
  const faults = [
    ...unused.map((name) => `${name.replace(/Seconds|Ms/u, "")} is unknown to ${model.name}`),
    ...model.faults(settings),
  ];
  return faults.length === 0 ? { kind: "settings", settings } : { kind: "faults", faults };
}
