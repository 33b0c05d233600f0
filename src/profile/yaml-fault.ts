import { quoted } from "./words.ts";

/** What the YAML package finds wrong with a text. */
export interface YamlIssue {
  readonly code: string;
  /** In the package's words, for programmers. */
  readonly message: string;
  /** Where it begins, in characters from 0. */
  readonly offset: number;
}

/** Says what is wrong with a YAML text to those who write configurations. */
export function yamlFault({ code, message, offset }: YamlIssue, text: string): string {
  const unclosed = /end with a (?<sign>.)$|Missing closing (?<quote>.)/u.exec(message)?.groups;
  const sign = unclosed?.["sign"] ?? unclosed?.["quote"];
  if (sign !== undefined) return `found no closing ${sign}, expected one, indented more than the key before it`;
  const sentence = SENTENCES[code];
  return sentence === undefined
    ? `found what is no YAML: ${message}`
    : sentence(quoted(text.slice(offset).replace(WORD, "$1")));
}

/** A word, a text in quotes or a sign, and what stands behind it. */
const WORD = /^("(?:[^"\\]|\\.)*"|'[^']*'|\\.|[\w!.-]+|.).*$/su;

/** What each code means, about the word that it begins with. */
const SENTENCES: Readonly<Record<string, (word: string) => string>> = {
  DUPLICATE_KEY: (key) => `found the key ${key} again, expected it once in its mapping`,
  MULTIPLE_DOCS: () => "found a second document, expected one",
  BAD_INDENT: () => "found a line that is indented otherwise than those beside it, expected it below them",
  TAB_AS_INDENT: () => "found a tab, expected spaces to indent with",
  BLOCK_AS_IMPLICIT_KEY: (word) =>
    `found a mapping in the line of ${word}, expected it on lines of its own, or quotes around a text that holds ": "`,
  MULTILINE_IMPLICIT_KEY: (word) => `found a key on several lines, from ${word} on, expected KEY: VALUE on one`,
  BAD_SCALAR_START: (sign) => `found a text that begins with ${sign}, expected quotes around it`,
  TAG_RESOLVE_FAILED: (tag) => `found the tag ${tag}, expected none`,
  NON_STRING_KEY: () => "found a key that is no text, expected text",
  BAD_DQ_ESCAPE: (escape) => `found the escape ${escape}, expected one that YAML has, or single quotes`,
  UNEXPECTED_TOKEN: (word) => `found ${word}, which belongs to nothing before it, expected a key or the end`,
  MISSING_CHAR: (word) => `found ${word}, expected KEY: VALUE, with a space behind the colon`,
};
