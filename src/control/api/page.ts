/** Cuts a page off a list; `next` is the page's last entry when more follow. */
export function pageOf<Entry>(
  entries: readonly Entry[],
  limit: number,
): { readonly entries: readonly Entry[]; readonly next: Entry | undefined } {
  const page = entries.slice(0, limit);
  return { entries: page, next: entries.length > limit ? page.at(-1) : undefined };
}
