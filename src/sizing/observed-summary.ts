import type { LoggedEnding } from "../activesync/log-entry.ts";
import type { Millis } from "../core/machine.ts";
import type { ObservedDevice } from "./observed-device.ts";
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
  const mail = mailOf(gathered, waiting);
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

/** All mail over all days that devices were seen; hours that logs leave out are left out of the days, too. */
function mailOf({ mail, firstAt, lastAt }: Gathered, devices: readonly ObservedDevice[]): ObservedMail {
  const { from } = mail;
  const seenMs = devices.reduce((sum, device) => sum + device.lastAt - device.firstAt, 0);
  const days = (seenMs / DAY_MS) * Math.min(1, mail.coveredShare(firstAt, lastAt));
  if (from === "nothing" || days === 0) return { from, perDay: undefined, hours: undefined };
  return { from, perDay: devices.reduce((sum, device) => sum + device[from], 0) / days, hours: mail.shape() };
}

function unknownOf(
  { mail, devices, endings, handedOn, pings }: Gathered,
  waiting: readonly ObservedDevice[],
  nearest: readonly NearestModel[],
  { from, perDay, hours }: ObservedMail,
): readonly string[] {
  const untold = nearest.filter(({ model }) => model === undefined).length;
  const covered = mail.coveredHoursOfDay();
  const unasked = waiting.filter((device) => device.intervals.size === 0).length;
  const sentences: readonly (readonly [boolean, string])[] = [
    [devices.each > 1, `only every ${devices.each}th device was followed; figures of all are estimates`],
    [untold > 0, `${untold * devices.each} devices could not be told: ${topReasons(nearest)}`],
    [unasked > 0, `${unasked * devices.each} devices asked no interval that the log has`],
    [handedOn > 0, `${handedOn} requests were handed on to another server: its log has their intervals`],
    [pings > 0 && endings.unknown > 0, `how ${endings.unknown} requests ended: interval or time-taken is not logged`],
    [from === "changes", "how many messages came: a Ping answered with changes counts as one"],
    [from === "early", "why Pings were answered early: each counts as mail, for the log has no Status"],
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
