import { UsageError } from "../errors.ts";
import { readMailRate } from "../heartbeat/mail-schedule.ts";
import { PLAIN_ENDINGS } from "../path/condition.ts";
import { anyOf, quoted } from "../profile/words.ts";
import { NETPICULET_CARRIERS } from "../sizing/carriers.ts";
import { costModel, RADIOS } from "../sizing/cost.ts";
import type { Said } from "../sizing/log-settings.ts";
import type { CarrierShare, CostModel, DeviceShare, SizeSettings } from "../sizing/size-result.ts";
import { DAY_MS, EVEN_HOURS, WORKING_HOURS } from "../sizing/workload.ts";
import { withCostFile } from "./cost-file.ts";
import { durationFrom } from "./duration-option.ts";
import { modelFrom } from "./model-options.ts";
import { checkedSeed } from "./seed.ts";
import { gridFrom, timeoutFrom } from "./size-grid.ts";
import { USUAL } from "./size-options.ts";
import { sharesFrom } from "./size-shares.ts";
import { wholeNumber } from "./whole-number.ts";

/** The values of the options of `size`. */
export interface SizeArguments {
  readonly firewall: string;
  readonly carrier: string;
  readonly device?: string | undefined;
  readonly initial?: string | undefined;
  readonly minimum?: string | undefined;
  readonly maximum?: string | undefined;
  readonly increment?: string | undefined;
  readonly "mail-rate"?: string | undefined;
  readonly "mail-shape"?: string | undefined;
  readonly devices?: number | undefined;
  readonly days: number;
  readonly "at-expiry": string;
  readonly "server-minimum": string;
  readonly "server-maximum": string;
  readonly today?: string | undefined;
  readonly gain: string;
  readonly radio: string;
  readonly cost?: string | undefined;
  readonly seed: number;
  readonly repeats: number;
}

/** The longest interval there is, in s, and the shortest (MS-ASCMD, HeartbeatInterval). */
const INTERVALS_SECONDS = [60, 3540] as const;

/**
 * What a run of `size` is asked, whole.
 * @throws UsageError whatever is wrong with an option
 * @throws FileError E_CONFIG_INVALID every fault of the file of costs
 */
export function sizeSettingsFrom(args: SizeArguments): SizeSettings {
  const { device = USUAL.device, devices = USUAL.devices } = args;
  const { "mail-rate": mailRate = USUAL.mailRate, "mail-shape": mailShape = USUAL.mailShape } = args;
  const carriers = carriersFrom(args.carrier);
  const todaySeconds = args.today === undefined ? null : timeoutFrom("today", args.today);
  const within = carriers.map((each) => each.idleTimeoutSeconds).filter((each) => each !== null);
  const always = todaySeconds === null ? [] : [todaySeconds];
  return {
    carriers,
    firewall: {
      idleTimeoutSeconds: gridFrom(args.firewall, { within, always }),
      atExpiry: args["at-expiry"],
      todaySeconds,
    },
    server: serverFrom(args["server-minimum"], args["server-maximum"]),
    devices: sharesFrom("device", device).map(({ word, share }) => deviceShare(args, word, share)),
    deviceCount: wholeNumber("--devices", devices, 1, 10_000_000),
    days: wholeNumber("--days", args.days, 1, 366),
    mail: { perDay: mailPerDay(mailRate), hours: mailShape === "even" ? EVEN_HOURS : WORKING_HOURS },
    seed: checkedSeed(args.seed),
    repeats: wholeNumber("--repeats", args.repeats, 1, 100),
    gain: gainFrom(args.gain),
    cost: costFrom(args.radio, args.cost),
    logs: [],
  };
}

/**
 * Which of the settings that a log can give a person has said: these win.
 * @throws UsageError E_USAGE bounds or steps for models that only the log names
 */
export function saidIn(args: SizeArguments): Said {
  const strange = (["initial", "minimum", "maximum", "increment"] as const).find((name) => args[name] !== undefined);
  if (strange !== undefined && args.device === undefined)
    throw usage(strange, String(args[strange]), "--device beside it: which models there are, --from-log tells");
  return {
    devices: args.device !== undefined,
    deviceCount: args.devices !== undefined,
    perDay: args["mail-rate"] !== undefined,
    hours: args["mail-shape"] !== undefined,
  };
}

function carriersFrom(text: string): readonly CarrierShare[] {
  if (text === "netpiculet") return NETPICULET_CARRIERS;
  return sharesFrom("carrier", text).map(({ word, share }) => carrierFrom(word, share));
}

function carrierFrom(word: string, share: number): CarrierShare {
  const common = { name: word, share, source: "the command line" };
  if (word === "none") return { ...common, idleTimeoutSeconds: null, atExpiry: "drop" };
  const [length = "", atExpiry = "drop", ...more] = word.split(":");
  if (more.length > 0 || !PLAIN_ENDINGS.some((each) => each === atExpiry))
    throw usage("carrier", word, `a time-out as 13m or 13m:reset, with ${anyOf(PLAIN_ENDINGS)}`);
  return { ...common, idleTimeoutSeconds: timeoutFrom("carrier", length), atExpiry };
}

/** What a model that never moves asks first is the most that it asks. */
function deviceShare(args: SizeArguments, name: string, share: number): DeviceShare {
  const { initial, minimum, maximum, increment } = args;
  const { model, settings } = modelFrom({ device: name, initial, minimum, maximum, increment });
  const { initialSeconds, minimumSeconds, incrementSeconds } = settings;
  const maximumSeconds = model.uses.includes("maximumSeconds") ? settings.maximumSeconds : initialSeconds;
  return { model: model.name, share, initialSeconds, minimumSeconds, maximumSeconds, incrementSeconds };
}

function serverFrom(least: string, most: string): SizeSettings["server"] {
  const minimumHeartbeatSeconds = intervalFrom("server-minimum", least);
  const maximumHeartbeatSeconds = intervalFrom("server-maximum", most);
  if (minimumHeartbeatSeconds > maximumHeartbeatSeconds)
    throw usage("server-minimum", least, `at most --server-maximum, ${most}`);
  return { minimumHeartbeatSeconds, maximumHeartbeatSeconds };
}

function intervalFrom(option: string, text: string): number {
  const seconds = durationFrom(option, text) / 1000;
  const [least, most] = INTERVALS_SECONDS;
  if (seconds >= 1 && seconds <= most) return seconds;
  throw usage(option, text, `1s to ${most}s (Exchange: ${least}s to ${most}s)`);
}

/** No mail at all is a rate here: what devices ask then is the least that they ask. */
function mailPerDay(text: string): number {
  if (/^0+(\.0+)?\/(minute|hour|day)$/u.test(text)) return 0;
  const reading = readMailRate(text);
  if (reading.kind === "rate") return DAY_MS / reading.meanIntervalMs;
  throw new UsageError("E_USAGE", `--mail-rate: ${reading.fault}`);
}

function gainFrom(text: string): number {
  const [, digits] = /^(\d+(?:\.\d+)?)%$/u.exec(text) ?? [];
  const percent = Number(digits);
  if (percent > 0 && percent < 100) return percent / 100;
  throw usage("gain", text, "a share as 5%, above 0% and below 100%");
}

function costFrom(name: string, file: string | undefined): CostModel {
  const radio = RADIOS.find((each) => each === name) ?? "lte";
  const model = costModel(radio);
  return file === undefined ? model : withCostFile(model, file);
}

function usage(option: string, found: string, expected: string): UsageError {
  return new UsageError("E_USAGE", `--${option}: found ${quoted(found)}, expected ${expected}`);
}
