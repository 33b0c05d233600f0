/** A heartbeat interval that devices are known to ask for. */
export interface CommonHeartbeat {
  readonly heartbeatIntervalSeconds: number;
  /** Who asks for it, and where that was read. */
  readonly source: string;
}

/** Heartbeat intervals that devices ask for, the shortest first. */
export const COMMON_HEARTBEATS: readonly CommonHeartbeat[] = [
  {
    heartbeatIntervalSeconds: 480,
    source: "Windows Mobile's minimum (Understanding Direct Push); Android's start from 2013 on (AOSP, EasPing.java)",
  },
  {
    heartbeatIntervalSeconds: 600,
    source: "an iPhone in an IIS log of Exchange, July 2022 (Hb:600; vscode-xp, testHelper.isRawEventXml.test.ts)",
  },
  { heartbeatIntervalSeconds: 720, source: "the interval that settles in Understanding Direct Push" },
  {
    heartbeatIntervalSeconds: 900,
    source: "the first attempt in Understanding Direct Push; Android of 2009 on Wi-Fi (AOSP, commit 9d9f242c)",
  },
  { heartbeatIntervalSeconds: 960, source: "the raise that fails in Understanding Direct Push" },
  { heartbeatIntervalSeconds: 1680, source: "Android's maximum from 2013 on (AOSP, EasPing.java)" },
  { heartbeatIntervalSeconds: 3540, source: "the longest that Exchange grants (MS-ASCMD, HeartbeatInterval)" },
];

/**
 * The common heartbeat intervals, in seconds, that a path with this time-out ends before their answer.
 * An interval of exactly the time-out is one: a silence of that length has expired.
 * @param shortestIdleTimeoutMs of the whole path; `undefined` when it has none
 */
export function brokenHeartbeats(shortestIdleTimeoutMs: number | undefined): readonly number[] {
  if (shortestIdleTimeoutMs === undefined) return [];
  return COMMON_HEARTBEATS.map((each) => each.heartbeatIntervalSeconds).filter(
    (seconds) => seconds * 1000 >= shortestIdleTimeoutMs,
  );
}
