import { formatDuration } from "../profile/durations.ts";

/** Where progress is shown. */
export interface ProgressLine {
  readonly isTTY: boolean;
  write(text: string): unknown;
}

const BAR_CELLS = 24;

/** How far a run is and how long it may still take, in one line of a terminal; silent elsewhere. */
export class Progress {
  readonly #line: ProgressLine;
  readonly #now: () => number;
  readonly #begunAt: number;
  #shown = "";

  /** @param now the present instant, in ms */
  constructor(line: ProgressLine, now: () => number) {
    this.#line = line;
    this.#now = now;
    this.#begunAt = now();
  }

  /** @param share of the work that is done, 0 to 1 */
  show(share: number): void {
    if (!this.#line.isTTY) return;
    const cells = Math.round(share * BAR_CELLS);
    const bar = `${"#".repeat(cells)}${"-".repeat(BAR_CELLS - cells)}`;
    const text = `[${bar}] ${Math.floor(100 * share)} %${this.#left(share)}`;
    if (text === this.#shown) return;
    this.#shown = text;
    this.#line.write(`\r\u001B[K${text}`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#shown !== "") this.#line.write("\r\u001B[K");
    this.#shown = "";
  }

  #left(share: number): string {
    const leftMs = ((this.#now() - this.#begunAt) * (1 - share)) / Math.max(share, Number.MIN_VALUE);
    if (share >= 1 || !Number.isFinite(leftMs)) return "";
    return `, about ${formatDuration(1000 * Math.ceil(leftMs / 1000))} left`;
  }
}
