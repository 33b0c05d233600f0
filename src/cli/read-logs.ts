import type { Readable } from "node:stream";
import { UsageError } from "../errors.ts";
import { readLines } from "../live/read-lines.ts";
import { LogObserver } from "../sizing/log-observer.ts";
import type { ObservedWorkload } from "../sizing/observed-workload.ts";

/** Logs that devices, intervals and mail are read from. */
export const FROM_LOG_OPTIONS = {
  "from-log": {
    type: "string",
    array: true,
    describe: "IIS or idlewall log to take devices and mail from, also gzip, - for standard input; may be repeated",
  },
} as const;

/**
 * Reads logs of IIS and of idlewall, one after the other; which of them each is, its lines tell.
 * @throws UsageError E_FILE_UNREADABLE one can't be read
 * @throws UsageError E_USAGE none of them tells of a device that waits
 */
export async function readLogs(files: readonly string[], stdin: Readable = process.stdin): Promise<ObservedWorkload> {
  const observer = new LogObserver();
  for (const file of files) {
    const lines = observer.begin(file);
    lines.end(await readLines(file, stdin, lines));
  }
  const workload = observer.workload();
  if (workload.devices.count === 0) throw new UsageError("E_USAGE", nothingFound(workload));
  return workload;
}

function nothingFound({ logs, handedOn }: ObservedWorkload): string {
  const found = logs.map(
    ({ name, lines, broken, faults }) =>
      `--from-log: found no Ping and no waiting Sync in ${name} (${lines} lines, ${broken} of them broken)${faults.map((fault) => `\n  ${fault}`).join("")}`,
  );
  const expected =
    handedOn > 0
      ? `expected the log of the server that ${handedOn} requests were handed on to`
      : "expected IIS's W3C format with cs-uri-stem and cs-uri-query, or idlewall's log in JSON";
  return `${found.join("\n")}\n${expected}`;
}
