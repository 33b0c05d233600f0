/** Units of panels, in Grafana's words; `*Rate` is per second. */
export const UNITS = {
  seconds: "s",
  bytes: "bytes",
  byteRate: "binBps",
  ratio: "percentunit",
  count: "short",
  rate: "cps",
  /** A point in time, shown as how long ago it was. */
  instant: "dateTimeFromNow",
} as const;

/** One of these. */
export type Unit = (typeof UNITS)[keyof typeof UNITS];
