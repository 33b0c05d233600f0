/** A condition in a few words, from those that say something. */
export function wordsOf(...words: readonly (string | undefined)[]): string {
  return words.filter((word) => word !== undefined).join(" ");
}
