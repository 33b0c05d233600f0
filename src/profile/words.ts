const LONGEST_SHOWN = 60;

/** A value as a message shows it: JSON, shortened to 60 characters, control characters escaped. */
export function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

/**
 * A text that others wrote, as a terminal may be given it: what moves the cursor, changes colours, hides or turns letters
 * round is escaped.
 */
export function visible(text: string): string {
  return text.replaceAll(/\p{C}/gu, (sign) => `\\u{${Number(sign.codePointAt(0)).toString(16)}}`);
}

/** What a value is, where it is not to be shown: it may hold a password, or have no end. */
export function sortOf(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** The one candidate that a mistyped word most likely means: two letters differ, in long ones a third, in short ones one. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter((each) => each.distance <= furthest(each.candidate))
    .sort((left, right) => left.distance - right.distance);
  return ranked[0]?.candidate;
}

/** The half-sentence that offers the nearest candidate, empty when none is near. */
export function suggestion(word: string, candidates: readonly string[]): string {
  const near = nearest(word, candidates);
  return near === undefined ? "" : `; did you mean ${near}?`;
}

/** Candidates as a list in a sentence: `a, b or c`. */
export function anyOf(candidates: readonly string[]): string {
  return candidates.length < 2
    ? candidates.join("")
    : `${candidates.slice(0, -1).join(", ")} or ${candidates.slice(-1).join("")}`;
}

/** How many there are of something: `1 event`, `2 events`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** What is wrong with a key nobody knows. */
export function unknownKey(key: string, known: readonly string[]): string {
  return `found the unknown key ${quoted(key)}, expected ${anyOf(known)}${suggestion(key, known)}`;
}

function furthest(candidate: string): number {
  return candidate.length < 4 ? 1 : Math.max(2, Math.floor(candidate.length / 3));
}

/** How many letters must be inserted, deleted or replaced to make one word the other (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  let last = to.length;
  for (const [line, letter] of from.split("").entries()) {
    let diagonal = line;
    let left = line + 1;
    const next = row.slice(1).map((above, column) => {
      left = Math.min(diagonal + Number(letter !== to[column]), above + 1, left + 1);
      diagonal = above;
      return left;
    });
    row = [line + 1, ...next];
    last = left;
  }
  return last;
}
