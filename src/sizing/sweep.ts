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
import { caseName, type Slice, slicesOf } from "./slices.ts";
import { mergeTallies, type SliceTally } from "./tally.ts";
import { DAY_MS, mailboxMail, searchDays, settledDays } from "./workload.ts";

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
  let tallies: readonly SliceTally[] = [];
  for (const [index, slice] of slices.entries()) {
    tallies = mergeTallies([...tallies, sizeSlice(settings, slice)]);
    onProgress?.(index + 1, slices.length);
  }
  return rowsOf(settings, tallies);
}

/**
 * Runs one slice of the grid.
 * @throws UsageError E_USAGE settings that can't be run
 */
export function sizeSlice(settings: SizeSettings, slice: Slice): SliceTally {
  const of = caseOf(settings, slice);
  const remembered = rememberedFor(settings, slice, of);
  const ledger = ledgerOf(settings, slice, of);
  for (let device = slice.firstDevice; device < slice.firstDevice + slice.devices; device += 1) {
    ledger.begin(device);
    if (!replay(remembered, mailOf(settings, slice.repeat, device), ledger)) return sizePlainly(settings, slice);
    ledger.end();
  }
  return ledger.tally();
}

/**
 * The same, through the machines themselves for each device, which takes some hundred times longer: for what can't be
 * remembered, and to hold `sizeSlice` to it.
 * @throws UsageError E_USAGE settings that can't be run
 */
export function sizePlainly(settings: SizeSettings, slice: Slice): SliceTally {
  const of = caseOf(settings, slice);
  const ledger = ledgerOf(settings, slice, of);
  for (let device = slice.firstDevice; device < slice.firstDevice + slice.devices; device += 1) {
    ledger.begin(device);
    runPlainly(of, mailOf(settings, slice.repeat, device), ledger);
    ledger.end();
  }
  return ledger.tally();
}

function ledgerOf({ cost, days }: SizeSettings, { point, repeat, kind }: Slice, { model }: DeviceCase): Ledger {
  const { value, low, high } = cost.tail;
  const tailsMs = { value: value * 1000, low: low * 1000, high: high * 1000 };
  const span = {
    searchEndsAt: searchDays(days) === 0 ? -Infinity : searchDays(days) * DAY_MS,
    settledFrom: settledDays(days) * DAY_MS,
    endsAt: days * DAY_MS,
  };
  return new Ledger({ point, repeat, kind, command: model.waitingCommand, tailsMs, ...span });
}

/** The mail of one device, which hangs on the seed, the repeat and its number alone. */
export function mailOf({ mail, days, seed }: SizeSettings, repeat: number, device: number): readonly Millis[] {
  return mailboxMail(mail, days * DAY_MS, new Random(seed + repeat).fork("mail").fork(`device ${device}`));
}

/** What the last slice of a run came to know, which the next one mostly needs as well. */
const LATEST = new WeakMap<SizeSettings, { readonly key: string; readonly remembered: Remembered }>();

function rememberedFor(settings: SizeSettings, slice: Slice, of: DeviceCase): Remembered {
  const key = caseName(slice);
  const latest = LATEST.get(settings);
  if (latest?.key === key) return latest.remembered;
  const remembered = new Remembered(of);
  LATEST.set(settings, { key, remembered });
  return remembered;
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
  let heard = 0;
  for (const moments of course.until(ledger.endsAt)) {
    for (const moment of moments) {
      ledger.take(moment, moment.at);
      for (const mailAt of mail.slice(heard, heard + moment.heard)) ledger.hear(moment.at, moment.at - mailAt);
      heard += moment.heard;
    }
  }
}
