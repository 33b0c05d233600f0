import { UsageError } from "../errors.ts";
import { DEVICE_MODELS, deviceModel, type DeviceModel, readSettings } from "../heartbeat/negotiators/models.ts";
import type { NegotiatorSettings } from "../heartbeat/negotiators/negotiator.ts";
import { suggestion } from "../profile/words.ts";
import { durationFrom } from "./duration-option.ts";
import type { Given } from "./options.ts";
import type { OptionTable } from "./settings.ts";

/** Which device negotiates, and with what values of its carrier. */
export const MODEL_OPTIONS = {
  device: {
    type: "string",
    default: "windows-mobile",
    describe: `Device model: ${DEVICE_MODELS.map((model) => model.name).join(", ")}`,
  },
  initial: { type: "string", describe: "Interval asked first, such as 15m" },
  minimum: { type: "string", describe: "Least interval the device falls to" },
  maximum: { type: "string", describe: "Most the device asks" },
  increment: { type: "string", describe: "How far an answer raises the interval, and a failure lowers an Android's" },
  grace: {
    type: "string",
    describe:
      "How long after the interval the device's own timer gives up; 0s is allowed; from 35s on android-2012 sleeps",
  },
} as const satisfies OptionTable;

/** A device model with the values it runs with. */
export interface ChosenModel {
  readonly model: DeviceModel;
  readonly settings: NegotiatorSettings;
}

/**
 * The model that `--device` names, with its values.
 * @throws UsageError E_MODEL_UNKNOWN, E_DURATION_INVALID, or E_USAGE with everything that is wrong with the values
 */
export function modelFrom(args: Given<typeof MODEL_OPTIONS>): ChosenModel {
  const name = args.device ?? MODEL_OPTIONS.device.default;
  const model = deviceModel(name);
  if (model === undefined) {
    const names = DEVICE_MODELS.map((each) => each.name);
    throw new UsageError(
      "E_MODEL_UNKNOWN",
      `--device: found ${JSON.stringify(name)}, expected one of ${names.join(", ")}${suggestion(name, names)}`,
    );
  }
  const reading = readSettings(model, {
    ...seconds("initial", args.initial),
    ...seconds("minimum", args.minimum),
    ...seconds("maximum", args.maximum),
    ...seconds("increment", args.increment),
    ...(args.grace === undefined ? {} : { graceMs: args.grace === "0s" ? 0 : durationFrom("grace", args.grace) }),
  });
  if (reading.kind === "faults")
    throw new UsageError("E_USAGE", reading.faults.map((fault) => `--${fault}`).join("\n"));
  return { model, settings: reading.settings };
}

function seconds(
  option: "initial" | "minimum" | "maximum" | "increment",
  text: string | undefined,
): Partial<NegotiatorSettings> {
  return text === undefined ? {} : { [`${option}Seconds`]: durationFrom(option, text) / 1000 };
}
