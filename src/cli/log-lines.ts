import type { ObservedWorkload } from "../sizing/observed-workload.ts";

/** What logs say, in lines for people. */
export function logLines(workload: ObservedWorkload): readonly string[] {
  const { logs, devices, mail, endings, unknown } = workload;
  return [
    ...logs.flatMap(({ name, lines, entries, broken, faults }) => [
      `${name}: ${lines} lines, ${entries} requests of ActiveSync, ${broken} broken lines`,
      ...faults.map((fault) => `  ${fault}`),
      ...(broken > faults.length ? [`  and ${broken - faults.length} more`] : []),
    ]),
    spanLine(workload),
    ...devices.kinds.map(
      ({ model, fixedSeconds, devices: count, reasons }) =>
        `${count} as ${model}${fixedSeconds === undefined ? "" : ` at ${fixedSeconds} s`}: ${reasons.map((each) => `${each.reason} (${each.devices})`).join(", ")}`,
    ),
    ...untoldLines(devices),
    `asked: ${list(workload.intervals.map(({ seconds, count }) => [seconds, count]))}`,
    `longest that held: ${list(workload.longestHeld.map(({ seconds, devices: count }) => [seconds, count]))}`,
    `ended: ${Object.entries(endings)
      .filter(([, count]) => count > 0)
      .map(([ending, count]) => `${count} ${ending}`)
      .join(", ")}`,
    mail.perDay === undefined
      ? "mail: not known; --mail-rate counts"
      : `mail: ${mail.perDay.toFixed(1)} a day and device, by ${mail.signs.map(({ sign, devices: count }) => `${sign} (${count})`).join(", ")}`,
    ...unknown.map((sentence) => `not known: ${sentence}`),
  ];
}

/** What devices count as whose model is not known. */
function untoldLines({ kinds, untold }: ObservedWorkload["devices"]): readonly string[] {
  if (untold === 0) return [];
  return [kinds.length === 0 ? "models: not known; --device counts" : `${untold} not known, split as those are`];
}

function spanLine({ span, devices, pings, parkedSyncs }: ObservedWorkload): string {
  const times = span === undefined ? "" : ` from ${iso(span.firstAt)} to ${iso(span.lastAt)}`;
  return `${devices.count} devices that wait, ${pings} Pings and ${parkedSyncs} waiting Syncs${times}`;
}

function iso(at: number): string {
  return new Date(at).toISOString().replace(".000Z", "Z");
}

/** The commonest eight, the shortest first. */
function list(counts: readonly (readonly [number, number])[]): string {
  const commonest = counts.toSorted(([, one], [, other]) => other - one).slice(0, 8);
  const told = commonest.sort(([one], [other]) => one - other).map(([seconds, count]) => `${seconds} s (${count})`);
  const left = counts.length - told.length;
  return told.length === 0 ? "nothing" : `${told.join(", ")}${left === 0 ? "" : ` and ${left} others`}`;
}
