import { UsageError } from "../errors.ts";
import type { TraceRow } from "../heartbeat/trace.ts";
import type { Ladder, Ladders } from "../report/report.ts";
import { deviceCase } from "../sizing/device-case.ts";
import { runVirtually } from "../sizing/scenario.ts";
import type { SizeResult } from "../sizing/size-result.ts";
import { DAY_MS } from "../sizing/workload.ts";

/** How long a course is shown, in s: long enough for a device to settle on 31 min, short enough to see each request. */
const SHOWN_SECONDS = 4 * 3600;

/** More messages in a day than that leave nothing to see between them. */
const MOST_MAIL_PER_DAY = 1440;

/**
 * The courses of a typical device, of the kind and behind the carrier that most have, under today's time-out and the
 * recommended one: the machines of every run in virtual time, with the same mail in both.
 */
export function laddersOf(result: SizeResult): Ladders {
  const device = largest(result.settings.devices);
  const carrier = largest(result.settings.carriers);
  if (device === undefined || carrier === undefined)
    return { kind: "none", reason: "no device or no carrier is given" };
  try {
    const runs = timeOutsOf(result).map(({ title, seconds }): Ladder => {
      return { title, idleTimeoutSeconds: seconds, ...courseOf(result, { device, carrier, seconds }) };
    });
    const { name, idleTimeoutSeconds } = carrier;
    return { kind: "ladders", device: device.model, carrier: { name, idleTimeoutSeconds }, runs };
  } catch (error) {
    if (error instanceof UsageError) return { kind: "none", reason: error.message };
    throw error;
  }
}

type Settings = SizeResult["settings"];

/** What one course hangs on. */
interface CourseCase {
  readonly device: Settings["devices"][number];
  readonly carrier: Settings["carriers"][number];
  readonly seconds: number;
}

function courseOf(
  { settings }: SizeResult,
  { device, carrier, seconds }: CourseCase,
): Omit<Ladder, "title" | "idleTimeoutSeconds"> {
  const rows: TraceRow[] = [];
  const perDay = Math.min(settings.mail.perDay, MOST_MAIL_PER_DAY);
  const { hops, model, settings: values, server: bounds } = deviceCase(settings, seconds, carrier, device);
  const server = { minimumSeconds: bounds.minimumHeartbeatSeconds, maximumSeconds: bounds.maximumHeartbeatSeconds };
  const scenario = { hops, model, settings: values, deviceCount: 1, mailAt: [], seed: settings.seed, server };
  const open = runVirtually(
    { ...scenario, durationMs: SHOWN_SECONDS * 1000, ...(perDay > 0 && { mailMeanIntervalMs: DAY_MS / perDay }) },
    (row) => rows.push(row),
  );
  return { durationSeconds: SHOWN_SECONDS, rows, open };
}

function timeOutsOf({
  settings,
  recommendation,
}: SizeResult): readonly { readonly title: string; readonly seconds: number }[] {
  const today = settings.firewall.todaySeconds;
  const recommended = recommendation.advisedSeconds;
  if (today === recommended) return [{ title: "Today, and recommended", seconds: recommended }];
  return [
    ...(today === null ? [] : [{ title: "Today", seconds: today }]),
    { title: "Recommended", seconds: recommended },
  ];
}

/** The part with the largest share, the first of several. */
function largest<Part extends { readonly share: number }>(parts: readonly Part[]): Part | undefined {
  return parts.toSorted((one, other) => other.share - one.share)[0];
}
