import type { LoggedEnding } from "../activesync/log-entry.ts";
import type { Millis } from "../core/machine.ts";
import { MAIL_SIGNS, type MailSign, type ObservedDevice } from "./observed-device.ts";
import type { ObservedDevices } from "./observed-devices.ts";
import type { MailHours } from "./observed-mail.ts";
import { nearestModel, type NearestModel } from "./observed-model.ts";
import type { ObservedKind, ObservedMail, ObservedWorkload, ReadLog } from "./observed-workload.ts";
import { DAY_MS } from "./workload.ts";

/** What was gathered of logs. */
export interface Gathered {
  readonly devices: ObservedDevices;
  readonly mail: MailHours;
  readonly endings: Readonly<Record<LoggedEnding, number>>;
  readonly intervals: ReadonlyMap<number, number>;
  readonly logs: readonly ReadLog[];
  readonly firstAt: Millis;
  readonly lastAt: Millis;
  readonly pings: number;
  readonly parkedSyncs: number;
  readonly handedOn: number;
}

/** Says of what was gathered what it comes to. */
export function summary(gathered: Gathered): ObservedWorkload {
  const { devices, endings, firstAt, lastAt, pings, parkedSyncs, handedOn } = gathered;
  const waiting = devices.values().filter((device) => device.waits);
  const nearest = waiting.map(nearestModel);
  const mail = mailOf(gathered, waiting, devices.each);
  return {
    logs: gathered.logs,
    span: firstAt <= lastAt ? { firstAt, lastAt } : undefined,
    devices: {
      count: waiting.length * devices.each,
      each: devices.each,
      kinds: kindsOf(nearest, devices.each),
      untold: nearest.filter(({ model }) => model === undefined).length * devices.each,
    },
    pings,
    parkedSyncs,
    endings,
    intervals: inOrder(gathered.intervals).map(([seconds, count]) => ({ seconds, count })),
    longestHeld: longestHeld(waiting, devices.each),
    mail,
    handedOn,
    unknown: unknownOf(gathered, waiting, nearest, mail),
  };
}

function kindsOf(nearest: readonly NearestModel[], each: number): readonly ObservedKind[] {
  const kinds = new Map<string, { of: NearestModel; devices: number; reasons: Map<string, number> }>();
  for (const of of nearest) {
    const key = `${of.model} ${of.fixedSeconds}`;
    const kind = kinds.get(key) ?? { of, devices: 0, reasons: new Map<string, number>() };
    kind.devices += each;
    kind.reasons.set(of.reason, (kind.reasons.get(of.reason) ?? 0) + each);
    kinds.set(key, kind);
  }
  return [...kinds.values()]
    .flatMap(({ of: { model, fixedSeconds }, devices, reasons }) =>
      model === undefined ? [] : [{ model, fixedSeconds, devices, reasons: told(reasons) }],
    )
    .sort((one, other) => other.devices - one.devices);
}

function told(reasons: ReadonlyMap<string, number>): ObservedKind["reasons"] {
  return [...reasons].map(([reason, devices]) => ({ reason, devices }));
}

function longestHeld(devices: readonly ObservedDevice[], each: number): ObservedWorkload["longestHeld"] {
  const counts = new Map<number, number>();
  for (const { longestHeldSeconds: seconds } of devices)
    if (seconds !== undefined) counts.set(seconds, (counts.get(seconds) ?? 0) + each);
  return inOrder(counts).map(([seconds, count]) => ({ seconds, devices: count }));
}

function inOrder(counts: ReadonlyMap<number, number>): readonly (readonly [number, number])[] {
  return [...counts].sort(([one], [other]) => one - other);
}

/** Days of a device, or of several together, from which on it is told how much mail comes: an hour. */
const FEWEST_DAYS = 1 / 24;

/**
 * All mail, of each device by its own surest sign, over all days that devices were seen; hours that logs leave out are
 * left out of the days, too.
 */
function mailOf({ mail, firstAt, lastAt }: Gathered, devices: readonly ObservedDevice[], each: number): ObservedMail {
  const days = (seenMs(devices) / DAY_MS) * Math.min(1, mail.coveredShare(firstAt, lastAt));
  const signs = MAIL_SIGNS.map((sign) => ({ sign, of: devices.filter((device) => device.mailSign === sign) }))
    .filter(({ of }) => of.length > 0)
    .sort((one, other) => other.of.length - one.of.length);
  const [commonest] = signs;
  const known = commonest !== undefined && !isHastened(devices);
  const arrivals = signs.reduce((sum, { sign, of }) => sum + of.reduce((all, device) => all + device[sign], 0), 0);
  return {
    signs: signs.map(({ sign, of }) => ({ sign, devices: of.length * each })),
    perDay: known && days >= FEWEST_DAYS ? arrivals / days : undefined,
    hours: known ? mail.shape(commonest.sign) : undefined,
  };
}

function seenMs(devices: readonly ObservedDevice[]): Millis {
  return devices.reduce((sum, device) => sum + device.lastAt - device.firstAt, 0);
}

/**
 * Whether requests waited far longer than the log's own instants leave room for, a Ping and a Sync at once included: it was
 * written with a time scale, and its instants are real.
 */
function isHastened(devices: readonly ObservedDevice[]): boolean {
  return devices.reduce((sum, { waitedMs }) => sum + waitedMs, 0) > 3 * seenMs(devices);
}

function unknownOf(
  { mail, devices, endings, handedOn, pings }: Gathered,
  waiting: readonly ObservedDevice[],
  nearest: readonly NearestModel[],
  { signs, perDay, hours }: ObservedMail,
): readonly string[] {
  const untold = nearest.filter(({ model }) => model === undefined).length;
  const by = (sign: MailSign): number => signs.find((each) => each.sign === sign)?.devices ?? 0;
  const covered = mail.coveredHoursOfDay();
  const unasked = waiting.filter((device) => device.intervals.size === 0).length;
  const sentences: readonly (readonly [boolean, string])[] = [
    [devices.each > 1, `only every ${devices.each}th device was followed; figures of all are estimates`],
    [untold > 0, `${untold * devices.each} devices could not be told: ${topReasons(nearest)}`],
    [unasked > 0, `${unasked * devices.each} devices asked no interval that the log has`],
    [handedOn > 0, `${handedOn} requests were handed on to another server: its log has their intervals`],
    [pings > 0 && endings.unknown > 0, `how ${endings.unknown} requests ended: interval or time-taken is not logged`],
    [
      by("changes") > 0,
      `how many messages came for ${by("changes")} devices: a Ping answered with changes counts as one`,
    ],
    [
      by("early") > 0,
      `why Pings of ${by("early")} devices were answered early: each counts as mail, as they have no Status`,
    ],
    [
      isHastened(waiting),
      "how fast time ran: requests waited longer than the log's instants allow, as with a time scale",
    ],
    [perDay === undefined, "how much mail came"],
    [perDay !== undefined && hours === undefined, "when in the day mail came: there is too little of it"],
    [covered > 0 && covered < 24, `what happens in ${24 - covered} of the day's hours: the logs leave them out`],
  ];
  return sentences.filter(([holds]) => holds).map(([, sentence]) => sentence);
}

/** The three commonest reasons why a model could not be told. */
function topReasons(nearest: readonly NearestModel[]): string {
  const counts = new Map<string, number>();
  for (const { model, reason } of nearest) if (model === undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const sorted = [...counts].sort(([, one], [, other]) => other - one);
  return sorted
    .slice(0, 3)
    .map(([reason, count]) => `${reason} (${count})`)
    .join(", ");
}
