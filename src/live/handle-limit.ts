/** Codes with which the system refuses one more file or connection: of this process, of the machine. */
const LIMITS: ReadonlyMap<string, string> = new Map([
  ["EMFILE", "this process has as many files and connections open as it may: raise its limit (ulimit -n, LimitNOFILE)"],
  ["ENFILE", "this machine has as many files and connections open as it may: raise its limit (fs.file-max)"],
]);

/** Whether a failure with this code is for want of files or connections that may be open. */
export function isHandleLimit(code: string): boolean {
  return LIMITS.has(code);
}

/** How long it is before the same is said again, in real ms. */
const SILENCE_MS = 60_000;

/**
 * Tells that a limit of handles is reached, and not once for each connection that meets it: nobody's server or device is
 * at fault then.
 */
export class HandleLimit {
  readonly #tell: (code: string, sentence: string) => void;
  readonly #now: () => number;
  readonly #toldAt = new Map<string, number>();

  /** @param now real ms */
  constructor(tell: (code: string, sentence: string) => void, now: () => number = () => performance.now()) {
    this.#tell = tell;
    this.#now = now;
  }

  /** Whether a failure with this code is such a limit. */
  takes(code: string | undefined): boolean {
    const sentence = LIMITS.get(code ?? "");
    if (code === undefined || sentence === undefined) return false;
    const now = this.#now();
    if (now - (this.#toldAt.get(code) ?? -Infinity) < SILENCE_MS) return true;
    this.#toldAt.set(code, now);
    this.#tell(code, sentence);
    return true;
  }
}
