/** What a line or a head is found guilty of; the reader makes a fault of it by adding the place in the stream. */
export class Refusal {
  readonly status: number;
  readonly message: string;
  /** Where the fault begins, from the start of the text that was judged. */
  readonly index: number;

  constructor(status: number, message: string, index = 0) {
    this.status = status;
    this.message = message;
    this.index = index;
  }
}

/** A pattern that is only found in faulty lines, and what to say of it. */
export type Flaw = readonly [pattern: RegExp, message: string];

/**
 * What no line of a message may hold (RFC 9112, 2.2; RFC 9110, 5.5), in the order in which it is looked for.
 * A reader that takes a bare LF or CR for a line's end sees other fields than one that does not.
 */
const LINE_FLAWS: readonly Flaw[] = [
  [/(?<!\r)\n/u, "A line ends in LF alone; CR LF is expected."],
  [/\r(?!\n)/u, "A CR stands alone; CR LF is expected."],
  [/[^\t\r\n -~\u0080-\u00ff]/u, "A line holds a control character."],
];

/** Says why a line is refused: for what no line may hold, then for the flaws given, else with the last resort. */
export function refuseLine(line: string, flaws: readonly Flaw[], otherwise: string): Refusal {
  for (const [pattern, message] of [...LINE_FLAWS, ...flaws]) {
    const index = line.search(pattern);
    if (index !== -1) return new Refusal(400, message, index);
  }
  return new Refusal(400, otherwise);
}
