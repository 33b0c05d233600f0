import { tagName, tagToken } from "./code-pages.ts";

/** One element; its tag is a token on a code page, and has a name when the page assigns one. */
export interface WbxmlElement {
  /** 0 to 255. */
  readonly page: number;
  /** 0x05 to 0x3F. */
  readonly token: number;
  readonly name?: string;
  /** In document order; neighbouring texts stay apart as they were sent. */
  readonly content: readonly WbxmlContent[];
}

/** What an element holds: an element, text, or opaque bytes. */
export type WbxmlContent = WbxmlElement | string | Uint8Array;

/** A document that was read. */
export interface WbxmlDocument {
  readonly root: WbxmlElement;
  /** Where the tag of each element stands in the bytes read, from 0. */
  readonly offsets: ReadonlyMap<WbxmlElement, number>;
}

/** Tokens with one meaning on every page. Source: WBXML 1.3, 7.1. */
export const GLOBAL_TOKEN = {
  switchPage: 0x00,
  end: 0x01,
  entity: 0x02,
  inlineString: 0x03,
  tableString: 0x83,
  opaque: 0xc3,
} as const;

/** The parts of a tag's byte, and the first token of a tag. Source: WBXML 1.3, 5.8.2. */
export const TAG_BYTE = { attributes: 0x80, content: 0x40, token: 0x3f, firstToken: 0x05 } as const;

/** MIBenum of UTF-8. Source: IANA character sets. */
export const UTF_8 = 106;

/**
 * Makes an element of a tag by its number, with the name that its page assigns.
 * @throws RangeError for a page or token that no byte can carry: only a bug can ask for it.
 */
export function elementOf(page: number, token: number, content: readonly WbxmlContent[] = []): WbxmlElement {
  if (!inRange(page, 0, 0xff) || !inRange(token, TAG_BYTE.firstToken, TAG_BYTE.token)) {
    throw new RangeError(`no tag has page ${page} and token ${token}`);
  }
  const name = tagName(page, token);
  return name === undefined ? { page, token, content } : { page, token, name, content };
}

/**
 * Makes an element of a tag by its name.
 * @throws RangeError for a name that the page does not know: only a bug can ask for it.
 */
export function element(page: number, name: string, content: readonly WbxmlContent[] = []): WbxmlElement {
  const token = tagToken(page, name);
  if (token === undefined) throw new RangeError(`page ${page} has no tag ${name}`);
  return { page, token, name, content };
}

function inRange(value: number, low: number, high: number): boolean {
  return Number.isInteger(value) && value >= low && value <= high;
}
