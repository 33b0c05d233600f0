/** A condition in a few words, from those that say something: words that are absent or empty are left out. */
export function wordsOf(...words: readonly (string | undefined)[]): string {
  return words.filter((word) => word !== undefined && word !== "").join(" ");
}
