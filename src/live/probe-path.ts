/** The path below which a front answers probes; nothing below it is forwarded. */
export const PROBE_PATH = "/.well-known/idlewall-probe";
