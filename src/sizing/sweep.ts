import type { Millis } from "../core/machine.ts";
import { Random } from "../core/random.ts";
import { UsageError } from "../errors.ts";
import { type DeviceCase, deviceCase } from "./device-case.ts";
import { DeviceCourse } from "./device-course.ts";
import { Ledger } from "./ledger.ts";
import { Remembered } from "./remembered.ts";
import { replay } from "./replay.ts";
import { rowsOf } from "./rows.ts";
import type { SizeRow, SizeSettings } from "./size-result.ts";
import { type Slice, slicesOf } from "./slices.ts";
import type { SliceTally } from "./tally.ts";
import { DAY_MS, mailboxMail } from "./workload.ts";

/** How a sweep is run. */
export interface SweepOptions {
  /** Told after each slice. */
  readonly onProgress?: (done: number, of: number) => void;
}

/**
 * Runs the whole grid in this thread, and gives a row for each time-out.
 * @throws UsageError E_USAGE settings that can't be run
 */
export function sizeRows(settings: SizeSettings, { onProgress }: SweepOptions = {}): readonly SizeRow[] {
  const slices = slicesOf(settings);
  const tallies = slices.map((slice, index) => {
    const tally = sizeSlice(settings, slice);
    onProgress?.(index + 1, slices.length);
    return tally;
  });
  return rowsOf(settings, tallies);
}

/**
 * Runs one slice of the grid.
 * @throws UsageError E_USAGE settings that can't be run
 */
export function sizeSlice(settings: SizeSettings, slice: Slice): SliceTally {
  const of = caseOf(settings, slice);
  const remembered = new Remembered(of);
  const tally = tallied(settings, slice, of, (mail, ledger) => replay(remembered, mail, ledger));
  return tally ?? sizePlainly(settings, slice);
}

/**
 * The same, through the machines themselves for each device, which takes some hundred times longer: for what can't be
 * remembered, and to hold `sizeSlice` to it.
 * @throws UsageError E_USAGE settings that can't be run
 */
export function sizePlainly(settings: SizeSettings, slice: Slice): SliceTally {
  const of = caseOf(settings, slice);
  const tally = tallied(settings, slice, of, (mail, ledger) => {
    runPlainly(of, mail, ledger);
    return true;
  });
  if (tally === undefined) throw new Error("the machines could not be run");
  return tally;
}

function tallied(
  settings: SizeSettings,
  { point, repeat, firstDevice, devices }: Slice,
  { model }: DeviceCase,
  run: (mail: readonly Millis[], ledger: Ledger) => boolean,
): SliceTally | undefined {
  const { value, low, high } = settings.cost.tail;
  const tailsMs = { value: value * 1000, low: low * 1000, high: high * 1000 };
  const command = model.waitingCommand;
  const ledger = new Ledger({ point, repeat, command, tailsMs, endsAt: settings.days * DAY_MS });
  for (let device = firstDevice; device < firstDevice + devices; device += 1) {
    ledger.begin(device);
    if (!run(mailOf(settings, repeat, device), ledger)) return undefined;
    ledger.end();
  }
  return ledger.tally();
}

/** The mail of one device, which hangs on the seed, the repeat and its number alone. */
export function mailOf({ mail, days, seed }: SizeSettings, repeat: number, device: number): readonly Millis[] {
  return mailboxMail(mail, days * DAY_MS, new Random(seed + repeat).fork("mail").fork(`device ${device}`));
}

function caseOf(settings: SizeSettings, { point, carrier, kind }: Slice): DeviceCase {
  const idleTimeoutSeconds = settings.firewall.idleTimeoutSeconds[point];
  const [carrierShare, deviceShare] = [settings.carriers[carrier], settings.devices[kind]];
  if (idleTimeoutSeconds === undefined || carrierShare === undefined || deviceShare === undefined) {
    throw new UsageError("E_USAGE", "found a slice of another grid");
  }
  return deviceCase(settings, idleTimeoutSeconds, carrierShare, deviceShare);
}

/** Runs a device's whole course through the machines themselves. */
function runPlainly(of: DeviceCase, mail: readonly Millis[], ledger: Ledger): void {
  const course = new DeviceCourse(of, mail);
  let next = 0;
  for (let moments = course.step(ledger.endsAt); moments !== undefined; moments = course.step(ledger.endsAt)) {
    for (const moment of moments) {
      ledger.take(moment, moment.at);
      for (const last = next + moment.heard; next < last; next += 1) ledger.hear(moment.at - (mail[next] ?? NaN));
    }
  }
}
