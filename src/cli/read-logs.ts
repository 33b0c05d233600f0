import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import type { Readable } from "node:stream";
import { UsageError } from "../errors.ts";
import { readLines } from "../live/read-lines.ts";
import { quoted, visible } from "../profile/words.ts";
import { LogObserver, type LogLines } from "../sizing/log-observer.ts";
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
 * @param tell told of a log that begins as one before it
 * @throws UsageError E_FILE_UNREADABLE one can't be read
 * @throws UsageError E_USAGE none of them tells of a device that waits, or one is given twice
 */
export async function readLogs(
  files: readonly string[],
  tell: (text: string) => void,
  stdin: Readable = process.stdin,
): Promise<ObservedWorkload> {
  checkTwice(files);
  const observer = new LogObserver();
  const begun = new Map<string, string>();
  for (const file of files) {
    const name = file === "-" ? "standard input" : visible(file);
    const beginning = new Beginning(observer.begin(name));
    beginning.end(await readLines(file, stdin, beginning));
    const digest = beginning.digest();
    const other = digest === undefined ? undefined : begun.get(digest);
    if (other !== undefined)
      tell(`${name} begins with the same requests as ${other}: if they are one log, all in it counts twice`);
    else if (digest !== undefined) begun.set(digest, name);
  }
  const workload = observer.workload();
  if (workload.devices.count === 0) throw new UsageError("E_USAGE", nothingFound(workload));
  return workload;
}

/** One file by two names, by a link for instance, is given twice as well. */
function checkTwice(files: readonly string[]): void {
  const names = new Map<string, string>();
  for (const file of files) {
    const id = idOf(file);
    const other = names.get(id);
    if (other !== undefined)
      throw new UsageError(
        "E_USAGE",
        `--from-log: found ${quoted(other)} and ${quoted(file)}, which are one, expected each log once`,
      );
    names.set(id, file);
  }
}

/** One that can't be had is told when it is read; a pipe is each time another. */
function idOf(file: string): string {
  try {
    const found = file === "-" ? undefined : statSync(file, { bigint: true });
    return found?.isFile() === true ? `${found.dev}:${found.ino}` : file;
  } catch {
    return file;
  }
}

/** The lines of one log, the first requests of which are kept in a digest. */
class Beginning {
  readonly #lines: LogLines;
  readonly #hash = createHash("sha256");
  #count = 0;

  constructor(lines: LogLines) {
    this.#lines = lines;
  }

  /** Two logs of one digest begin alike; `undefined` where there is no request. To be asked once, at the end. */
  digest(): string | undefined {
    return this.#count === 0 ? undefined : this.#hash.digest("hex");
  }

  line(text: string): void {
    if (this.#count < COMPARED_LINES && !/^#|^\s*$/u.test(text)) {
      this.#hash.update(`${text.trimEnd()}\n`);
      this.#count += 1;
    }
    this.#lines.line(text);
  }

  tooLong(limitBytes: number): void {
    this.#lines.tooLong(limitBytes);
  }

  end(fault: string | undefined): void {
    this.#lines.end(fault);
  }
}

/** Each has an instant: so many alike in two logs are no chance. */
const COMPARED_LINES = 20;

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
