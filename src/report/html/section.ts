import { type Child, element, type Markup } from "../markup.ts";
import { figureOf, type Panel } from "../svg/picture.ts";

/** A chapter of a page; `id` is unique there. */
export function section(id: string, title: string, ...children: readonly Child[]): Markup {
  return element("section", { "aria-labelledby": id }, element("h2", { id }, title), ...children);
}

/** Pictures side by side, each of its own id. */
export function pictures(id: string, panels: readonly Panel[]): Markup {
  const figures = panels.map((panel, index) => element("figure", {}, figureOf(panel, `${id}-${index + 1}`)));
  return element("div", { class: "pictures" }, figures);
}

/** A list of sentences; no line breaks between a number and its unit. */
export function sentences(list: readonly string[]): Markup | undefined {
  if (list.length === 0) return undefined;
  return element(
    "ul",
    {},
    list.map((each) => element("li", {}, each.replaceAll(NUMBER_WITH_UNIT, "$1\u00A0$2"))),
  );
}

const NUMBER_WITH_UNIT = /(\d) (%|min|ms|s|h|d|J|KB)(?!\p{L})/gu;
