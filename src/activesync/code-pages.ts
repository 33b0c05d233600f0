import { CODE_PAGE_TABLES } from "./code-page-tables.ts";
import type { CodePageTable } from "./code-page-tables.ts";

/** One namespace of tags; a tag is a page and a token. */
export interface CodePage {
  readonly number: number;
  readonly name: string;
  /** Names by token, 0x05 to 0x3F. */
  readonly names: ReadonlyMap<number, string>;
  /** Tokens by name. */
  readonly tokens: ReadonlyMap<string, number>;
}

/** Every code page; its index is its number. */
export const CODE_PAGES: readonly CodePage[] = CODE_PAGE_TABLES.map(pageOf);

/** The numbers of the code pages that the codecs here use. */
export const PAGE = {
  airSync: 0,
  email: 2,
  folderHierarchy: 7,
  ping: 13,
  provision: 14,
} as const;

/** Tells the name of a tag; `undefined` for a page or token that is not assigned. */
export function tagName(page: number, token: number): string | undefined {
  return CODE_PAGES[page]?.names.get(token);
}

/** Tells the token of a tag on a page; `undefined` for a name that the page does not know. */
export function tagToken(page: number, name: string): number | undefined {
  return CODE_PAGES[page]?.tokens.get(name);
}

/** Tells a tag as messages name it: `Ping:HeartbeatInterval`, or `page 99, token 0x05` when it is not assigned. */
export function describeTag(page: number, token: number): string {
  const codePage = CODE_PAGES[page];
  const name = codePage?.names.get(token);
  if (codePage === undefined || name === undefined)
    return `page ${page}, token 0x${token.toString(16).padStart(2, "0")}`;
  return `${codePage.name}:${name}`;
}

function pageOf(table: CodePageTable): CodePage {
  const names = new Map(Object.entries(table.rows).flatMap(([first, row]) => namesOf(Number(first), row)));
  const tokens = new Map([...names].map(([token, name]) => [name, token]));
  return { number: table.number, name: table.name, names, tokens };
}

function namesOf(first: number, row: string): readonly (readonly [number, string])[] {
  return row
    .split(" ")
    .map((name, index) => [first + index, name.replaceAll(/[()]/gu, "")] as const)
    .filter(([, name]) => name !== ".");
}
