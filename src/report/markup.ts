/** Text of HTML or SVG that may be written as it is. */
export interface Markup {
  readonly markup: string;
}

/** What an element may hold; texts and numbers are escaped, what is absent is left out. */
export type Child = Markup | string | number | undefined | readonly Child[];

/** An element's attributes; those that are absent are left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Elements of HTML that have no end (HTML, "Void elements"); all others are written with one, which SVG takes as well. */
const VOID = new Set(["meta", "br"]);

/** An element with its attributes and what it holds. */
export function element(name: string, attributes: Attributes = {}, ...children: readonly Child[]): Markup {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${escaped(textOf(value))}"`],
  );
  const end = VOID.has(name) ? "" : `${markupOf(children)}</${name}>`;
  return { markup: `<${name}${written.join("")}>${end}` };
}

/** Children one after the other. */
export function together(...children: readonly Child[]): Markup {
  return { markup: markupOf(children) };
}

/** A text that can't be taken for markup, in HTML and in XML, between tags and in quotes. */
export function escaped(text: string): string {
  return text
    .replaceAll(NOT_XML, "\u{FFFD}")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** What no XML document may hold, not even escaped (XML 1.0, "Characters"). */
const NOT_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

function markupOf(child: Child): string {
  if (child === undefined) return "";
  if (typeof child === "string" || typeof child === "number") return escaped(textOf(child));
  return "markup" in child ? child.markup : child.map(markupOf).join("");
}

/** Coordinates to a hundredth: what is finer can't be seen. */
function textOf(value: string | number): string {
  return typeof value === "string" ? value : String(Math.round(value * 100) / 100);
}
