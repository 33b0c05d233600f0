import { checkSizeSettings } from "./settings-check.ts";
import type { SizeSettings } from "./size-result.ts";

/** A part of the grid that is run by itself: devices of one kind behind one carrier, at one time-out, in one repeat. */
export interface Slice {
  /** Which of the firewall's time-outs, by its place in the settings. */
  readonly point: number;
  /** Which of the repeats, from 0. */
  readonly repeat: number;
  /** Which carrier and which kind of device, by their places in the settings. */
  readonly carrier: number;
  readonly kind: number;
  /** The first device, from 1, and how many. */
  readonly firstDevice: number;
  readonly devices: number;
}

/** The name of what is learned once for all slices that have it: a kind of device behind a carrier at a time-out. */
export function caseName({ point, carrier, kind }: Slice): string {
  return [point, carrier, kind].join();
}

/** So many devices are in a slice at most: enough to pay for what is learned anew in each thread. */
const SLICE_DEVICES = 5000;

/**
 * All slices of a run. A device is of the same kind, and behind the same carrier, at each time-out and in each repeat, so
 * that time-outs are compared over the same devices and the same mail.
 * @throws UsageError E_USAGE settings that can't be run
 */
export function slicesOf(settings: SizeSettings): readonly Slice[] {
  checkSizeSettings(settings);
  const { firewall, repeats } = settings;
  const groups = groupsOf(settings);
  return firewall.idleTimeoutSeconds.flatMap((_, point) =>
    groups.flatMap((group) =>
      Array.from({ length: repeats }, (__, repeat) => repeat).flatMap((repeat) => cut({ point, repeat, ...group })),
    ),
  );
}

function cut(slice: Slice): readonly Slice[] {
  const parts = Math.ceil(slice.devices / SLICE_DEVICES);
  return Array.from({ length: parts }, (_, part) => {
    const before = part * SLICE_DEVICES;
    const devices = Math.min(slice.devices - before, SLICE_DEVICES);
    return { ...slice, firstDevice: slice.firstDevice + before, devices };
  });
}

/** The carriers and kinds of device, by their names, of whose share no device comes about at this number of devices. */
export function absentFrom(settings: SizeSettings): readonly string[] {
  const groups = groupsOf(settings);
  const carriers = settings.carriers.filter((_, carrier) => groups.every((group) => group.carrier !== carrier));
  const kinds = settings.devices.filter((_, kind) => groups.every((group) => group.kind !== kind));
  return [...carriers.map(({ name }) => `carrier ${name}`), ...kinds.map(({ model }) => model)];
}

type Group = Pick<Slice, "carrier" | "kind" | "firstDevice" | "devices">;

/** The devices by carrier and kind: whole numbers that come as near to the shares as their sum allows. */
function groupsOf({ carriers, devices, deviceCount }: SizeSettings): readonly Group[] {
  let [share, firstDevice] = [0, 1];
  const groups: Group[] = [];
  for (const [carrier, { share: ofCarrier }] of carriers.entries()) {
    for (const [kind, { share: ofKind }] of devices.entries()) {
      share += ofCarrier * ofKind;
      const count = Math.round(share * deviceCount) - (firstDevice - 1);
      if (count > 0) groups.push({ carrier, kind, firstDevice, devices: count });
      firstDevice += count;
    }
  }
  return groups;
}
