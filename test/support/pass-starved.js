import { readFileSync } from "node:fs";

/**
 * How long this process's main thread has been ready to run and has waited for a processor so far, in ms; 0 where the
 * kernel does not tell. Source: Linux, Documentation/scheduler/sched-stats, /proc/<pid>/schedstat, second figure.
 * @returns {number}
 */
export function starvedMs() {
  try {
    return Number(readFileSync("/proc/self/schedstat", "latin1").split(" ")[1]) / 1e6;
  } catch {
    return 0;
  }
}
